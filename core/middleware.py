"""Middleware: request facts, the body limit, refusals of pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException

from core import context, events, htmx
from core.api import BODY_LIMIT, problem_response, refusal_for
from core.exceptions import DomainError, PayloadTooLarge, ValidationFailed
from core.ratelimits import budget_headers, forget_budgets
from core.sql import domain_error

logger = logging.getLogger(__name__)

#: What Django and the database say to a choice of rows that no row can meet.
UNMET = (DataError, IndexError, OverflowError)
READ_BY_MACHINES = ("/api/", "/webhooks/")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestContextMiddleware:
    """Gives each request an id and its facts; the id and the rate budgets go out as headers.

    What it announces goes out before its answer, all at once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        facts = context.enter(request)
        forget_budgets()
        with events.together():
            response = self.get_response(request)
        response.headers["X-Request-Id"] = facts.request_id
        for name, value in budget_headers().items():
            response.headers[name] = value
        if "Cache-Control" not in response.headers and not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response


class BodyLimitMiddleware:
    """Refuses bodies over 256 KiB before anything reads them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            return refusal_response(request, PayloadTooLarge())
        return self.get_response(request)


class RefusalMiddleware:
    """Turns a refusal raised by a page into a page, a fragment or a JSON body."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django's hook for exceptions of views; None leaves the error to Django."""
        refusal = as_refusal(error) or as_wrong_choice(request, error)
        return None if refusal is None else refusal_response(request, refusal)


def as_refusal(error: Exception) -> DomainError | None:
    """The refusal that an exception stands for, if it is one."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
        return PayloadTooLarge()
    if isinstance(error, APIException):
        return refusal_for(error)
    return domain_error(error)


def as_wrong_choice(request: HttpRequest, error: Exception) -> DomainError | None:
    """The refusal where a staff page was asked for what no row can have; Django's own pages let such errors fall.

    Of lists, whoever's pages they are, whatever the address or the chosen rows bring about counts; of all pages, what
    Django's fields refuse to read.
    """
    page = request.resolver_match
    if page is None or page.app_name != "admin":
        return None
    chosen = request.GET or ACTION_CHECKBOX_NAME in request.POST
    of_list = bool(chosen) and str(page.url_name).endswith("_changelist")
    if not isinstance(error, ValidationError) and not (of_list and isinstance(error, UNMET)):
        return None
    logger.warning("a staff page was asked for what no row can have", exc_info=error)
    return ValidationFailed.of("query", "invalid", "No row can be chosen so.")


def refusal_response(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The refusal in the form that the caller reads."""
    if request.path.startswith(READ_BY_MACHINES):
        return problem_response(refusal, request.path)
    return htmx.refusal_response(request, refusal)
