"""Technical addresses: health, metrics, problem pages, the API's document, reports of the content policy."""

from __future__ import annotations

import hmac

import orjson
import structlog
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core import gauges, health
from core.context import client_ip
from core.exceptions import REGISTRY, DomainError, NotFound, PermissionDenied, ValidationFailed
from core.middleware import refusal_response
from core.ratelimits import Shield

log = structlog.get_logger(__name__)
REPORTS = Shield("csp.report", limit=60, period_seconds=60)
LOOPBACK = {"127.0.0.1", "::1"}


@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_GET
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 where requests can be served (`degraded` without the cache), 503 otherwise."""
    state = health.check()
    word = "degraded" if state.degraded else "ready" if state.ready else "unavailable"
    parts = {"database": state.database, "migrations": state.migrations, "cache": state.cache, "sweeper": state.sweeper}
    return JsonResponse({"status": word, "checks": parts}, status=200 if state.ready else 503)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for the same host or a bearer of METRICS_TOKEN."""
    if not _may_read_metrics(request):
        raise PermissionDenied()
    state = health.check()
    figures: dict[str, float] = {
        "model_menus_database_up": state.database,
        "model_menus_migrations_applied": state.migrations,
        "model_menus_cache_up": state.cache,
        "model_menus_sweeper_on_time": state.sweeper,
    }
    if state.migrations:
        figures |= gauges.read()
    lines = [f"# TYPE {name} gauge\n{name} {value:g}\n" for name, value in figures.items()]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read_metrics(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode()):
        return True
    return client_ip(request) in LOOPBACK


@require_GET
def problem_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page behind a problem's `type`."""
    kind = REGISTRY.get(slug.upper().replace("-", "_"))
    if kind is None:
        raise NotFound()
    return render(request, "core/problem_type.html", {"kind": kind, "words": kind.default})


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser's report of a blocked load: the directive is logged, nothing else."""
    REPORTS.hit(client_ip(request))
    try:
        report = orjson.loads(request.body).get("csp-report", {})
    except (orjson.JSONDecodeError, AttributeError):
        raise ValidationFailed.of("body", "malformed", "A report is a JSON object.") from None
    directive = report.get("effective-directive", "") if isinstance(report, dict) else ""
    log.warning("csp.violation", directive=str(directive)[:64])
    return HttpResponse(status=204)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document."""


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """The API explorer, under the strict content policy; its own style sheet draws arrows from `data:` addresses."""

    template_name = "core/docs.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    return refusal_response(request, ValidationFailed(message="The request is malformed."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 403, a missing CSRF token included."""
    return refusal_response(request, PermissionDenied())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old."""
    return refusal_response(request, PermissionDenied("This form is too old. Load the page again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404."""
    return refusal_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500: no internals."""
    return refusal_response(request, DomainError())
