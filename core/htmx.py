"""Pages and fragments: keys of forms, refusals with the API's codes, toasts, versions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.exceptions import DomainError, KeyRequired
from core.idempotency import Answer, Claim, checked_key, fingerprint, once
from core.problems import problem_body

ToastKind = Literal["ok", "info", "warn", "error"]
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: The language of every page.
PAGES = "en"


def fresh_key() -> str:
    """A key for one control, made when the form is rendered."""
    return str(uuid4())


def key_from_form(request: HttpRequest) -> str:
    """The key that the control was rendered with."""
    raw = request.headers.get("Idempotency-Key") or request.POST.get("idempotencyKey", "")
    if not raw:
        raise KeyRequired()
    return checked_key(raw)


def page_once(request: HttpRequest, actor_id: UUID, effect: Callable[[], Mapping[str, Any] | None]) -> Answer:
    """Run a form's effect once for its key; refusals behave as in the API."""
    return once(claim_from_form(request, actor_id), lambda: Answer(200, dict(effect() or {})))


def claim_from_form(request: HttpRequest, actor_id: UUID) -> Claim:
    """A form's key and what the form stands for; for services that claim the key in their own statement."""
    form = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    mark = fingerprint(request.method or "POST", request.path, "", form)
    return Claim(actor_id, key_from_form(request), mark, request.path)


def is_htmx(request: HttpRequest) -> bool:
    """Whether the request wants a fragment."""
    return request.headers.get("HX-Request") == "true"


def refusal_response(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """A fragment for htmx, a page otherwise: the same words, status and code as the API's."""
    problem = problem_body(refusal, request.path)
    template = "core/refusal.html" if is_htmx(request) else "core/problem_page.html"
    fields = [(field["attr"], field_words(field["attr"]), field["detail"]) for field in problem.get("errors", ())]
    context = {"problem": problem, "refusal": refusal, "fields": fields}
    response = render(request, template, context, status=refusal.status)
    response.headers["X-Problem-Code"] = refusal.code
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def field_words(attr: str) -> str:
    """A field's name on the wire as people read it: durationSeconds is "Duration seconds"."""
    return HUMP.sub(" ", attr).replace("_", " ").replace(".", " ").lower().capitalize()


def trigger(response: HttpResponseBase, name: str, detail: object = None) -> None:
    """Add an event to HX-Trigger."""
    triggers = json.loads(response.headers.get("HX-Trigger") or "{}")
    triggers[name] = detail
    response.headers["HX-Trigger"] = json.dumps(triggers)


def toast(response: HttpResponseBase, kind: ToastKind, message: str, language: str = PAGES) -> None:
    """Say something in a toast; in another language than the page's own the toast says which (WCAG 3.1.2)."""
    said = {"kind": kind, "msg": message}
    trigger(response, "toast", said if language == PAGES else {**said, "lang": language})


def versions(response: HttpResponseBase, things: Mapping[str, int | None]) -> None:
    """Tell the client which versions this answer already shows, so that it drops the events it has."""
    known = [f"{thing}={version}" for thing, version in things.items() if version is not None]
    response.headers["X-Versions"] = ", ".join(known)
