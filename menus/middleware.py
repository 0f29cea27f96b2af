"""The menu's short way, and the action log of what came over JSON.

The rooms whose services do the work lie below the menu and do not know it. So their log is kept from outside: a request
for an address that is known here, by its URL name, is timed and written down with its outcome. Pages, which know the
menu, wrap their actions in `menus.services.actions.carried_out` instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.access import access_of
from accounts.models import User
from core.exceptions import DomainError
from menus.api.menu import answer, copy_by_token
from menus.services.actions import log_outcome

MENU_PATH = "/api/v1/model/menu"
GetResponse = Callable[[HttpRequest], HttpResponseBase]

_routes: dict[str, str] = {
    "stream-start": "start-stream",
    "stream-stop": "stop-stream",
    "queue-join": "join-queue",
    "queue-leave": "leave-queue",
    "queue-item-start": "start-next",
    "queue-item-finish": "finish-performance",
    "queue-item-abandon": "abandon-performance",
}


def log_actions_of(routes: Mapping[str, str]) -> None:
    """Have the POSTs of more URL names logged as these menu items; call it from `apps.ready`."""
    _routes.update(routes)


class MenuCopyMiddleware:
    """Answers GET /model/menu from this process' copies, before sessions, policies and routes cost anything.

    Only a token that the database vouched for within the last second gets one; everybody else goes the long way.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != MENU_PATH or request.method != "GET":
            return self.get_response(request)
        copy = copy_by_token(request)
        if copy is None:
            return self.get_response(request)
        response = answer(request, copy)
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response


class MenuActionMiddleware:
    """Logs what performers do from the menu; what nobody carried out (a replay, a refusal to sign in) is left out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        response = self.get_response(request)
        item_id = _item_of(request)
        if item_id is not None and "Idempotency-Replayed" not in response.headers:
            performer_id = _performer_of(request)
            if performer_id is not None:
                log_outcome(
                    performer_id=performer_id,
                    item_id=item_id,
                    duration_ms=round((time.monotonic() - started) * 1000),
                    error_code=code_of(response),
                    metadata={"door": "api", "status": response.status_code},
                )
        return response


def _item_of(request: HttpRequest) -> str | None:
    match = request.resolver_match
    return _routes.get(match.view_name) if match is not None and request.method == "POST" else None


def _performer_of(request: HttpRequest) -> UUID | None:
    user = getattr(request, "user", None)
    return access_of(user).performer_id if isinstance(user, User) else None


def code_of(response: HttpResponseBase) -> str:
    """The refusal's code; empty for a success."""
    if response.status_code < 400:
        return ""
    return response.headers.get("X-Problem-Code", DomainError.code)
