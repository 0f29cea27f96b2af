"""The JSON door: strict parsing, camelCase, one error shape, keys, ETags, cursor pages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import orjson
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf
from rest_framework import parsers, renderers, serializers
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.exceptions import (
    DomainError,
    FieldError,
    KeyRequired,
    MethodNotAllowed,
    NotAcceptable,
    NotAuthenticated,
    NotFound,
    PayloadTooLarge,
    PermissionDenied,
    PreconditionFailed,
    RateLimitExceeded,
    UnsupportedMediaType,
    ValidationFailed,
)
from core.idempotency import Answer, Claim, checked_key, fingerprint, once
from core.problems import camel, problem_body
from core.sql import domain_error

if TYPE_CHECKING:
    from django.db.models import QuerySet

    # DRF's views read the settings, and the settings name the parser and the renderer in this module.
    from rest_framework.views import APIView

BODY_LIMIT = 256 * 1024
DEEPEST = 32  # levels of lists and objects in a body; the deepest that any address reads has five
TOLERATED_FIELDS = {"modelId", "idempotencyKey"}
View = TypeVar("View", bound="APIView")
Method = TypeVar("Method", bound=Callable[..., Any])
P = ParamSpec("P")


class StrictJSONParser(parsers.JSONParser):
    """JSON and nothing else: no NaN, at most 256 KiB, not nested deeper than we write it."""

    def parse(
        self,
        stream: Any,  # noqa: ANN401 - DRF hands over a request or a stream
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON value
        body = read_limited(stream)
        if not body.strip():
            return {}
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise ValidationFailed.of("body", "malformed", "The body is not valid JSON.") from None
        if body.count(b"[") + body.count(b"{") > DEEPEST and deeper_than(DEEPEST, sent):
            raise ValidationFailed.of("body", "too_deep", f"The body is nested more than {DEEPEST} levels deep.")
        return sent


def deeper_than(levels: int, value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a JSON value has more than so many lists and objects inside each other."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def read_limited(stream: Any) -> bytes:  # noqa: ANN401 - any readable
    """The body's bytes; raises PayloadTooLarge over the limit, however it was sent."""
    try:
        body: bytes = stream.read(BODY_LIMIT + 1)
    except RequestDataTooBig:
        raise PayloadTooLarge() from None
    if len(body) > BODY_LIMIT:
        raise PayloadTooLarge()
    return body


class JSONRenderer(renderers.JSONRenderer):
    """JSON by orjson."""

    charset = None

    def render(
        self,
        data: Any,  # noqa: ANN401 - any JSON value
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)


class CamelSerializer(serializers.Serializer[Any]):
    """A plain serializer whose names are camelCase on the wire and which refuses names it does not know."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The declared fields under their wire names."""
        fields = {}
        for name, field in super().get_fields().items():
            wire = camel(name)
            if wire != name and field.source is None:
                field.source = name
            fields[wire] = field
        return fields

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 - untrusted input
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"body": [drf.ErrorDetail("An object is expected.", "not_an_object")]})
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = [str(name) for name in data if name not in known and name not in TOLERATED_FIELDS]
        if unknown:
            unexpected = [drf.ErrorDetail("This field is not known.", "unknown_field")]
            raise serializers.ValidationError({name: unexpected for name in unknown})
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """A JSON integer, which 12.0 is: no strings, fractions or booleans."""

    def to_internal_value(self, data: Any) -> int:  # noqa: ANN401 - untrusted input
        if isinstance(data, float) and data.is_integer() and abs(data) < 2**53:
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class TextField(serializers.CharField):
    """A JSON string: numbers are not taken for text."""

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 - untrusted input
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class FlagField(serializers.BooleanField):
    """true or false, not "yes" or 1."""

    def to_internal_value(self, data: Any) -> bool:  # noqa: ANN401 - untrusted input
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


def parsed(serializer: type[CamelSerializer], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The request's body, validated; raises ValidationFailed by field. A foreign `modelId` is NotFound."""
    data = request.data
    model_id = data.get("modelId") if isinstance(data, Mapping) else None
    form = serializer(data=data, partial=partial)
    form.is_valid(raise_exception=True)
    if model_id is not None and "modelId" not in form.fields and str(model_id) != str(request.user.pk):
        raise NotFound()
    return dict(form.validated_data)


# --- refusals


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's hook: every refusal as problem+json; None leaves a fault of ours to Django (a 500 without internals)."""
    refusal = refusal_for(error)
    return None if refusal is None else problem_response(refusal, context["request"].path)


def refusal_for(error: Exception) -> DomainError | None:
    """Our refusal for an exception of DRF, Django or the database; None for a fault."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, drf.ValidationError):
        return ValidationFailed(field_errors(error.detail))
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, drf.Throttled):
        return RateLimitExceeded(retry_after=int(getattr(error, "wait", None) or 1))
    for kind, refusal in DRF_REFUSALS.items():
        if isinstance(error, kind):
            return refusal()
    return domain_error(error)


DRF_REFUSALS: dict[type[Exception], Callable[[], DomainError]] = {
    drf.NotAuthenticated: NotAuthenticated,
    drf.AuthenticationFailed: NotAuthenticated,
    drf.PermissionDenied: PermissionDenied,
    DjangoPermissionDenied: PermissionDenied,
    drf.NotFound: NotFound,
    drf.MethodNotAllowed: MethodNotAllowed,
    drf.NotAcceptable: NotAcceptable,
    drf.UnsupportedMediaType: UnsupportedMediaType,
    RequestDataTooBig: PayloadTooLarge,
    drf.ParseError: lambda: ValidationFailed.of("body", "malformed", "The body is not valid JSON."),
}


def field_errors(detail: Any, path: str = "") -> list[FieldError]:  # noqa: ANN401 - DRF's nested detail
    """DRF's nested errors as a flat list, with dotted wire names."""
    if isinstance(detail, Mapping):
        return [error for name, inner in detail.items() for error in field_errors(inner, _join(path, str(name)))]
    if isinstance(detail, list):
        return [
            error
            for index, inner in enumerate(detail)
            for error in field_errors(inner, path if isinstance(inner, str) else _join(path, str(index)))
        ]
    return [FieldError(path or "body", str(getattr(detail, "code", "invalid")), str(detail))]


def _join(path: str, name: str) -> str:
    if name == "non_field_errors":
        return path or "body"
    return f"{path}.{name}" if path else name


def problem_response(refusal: DomainError, path: str) -> HttpResponse:
    """The refusal as problem+json with its headers."""
    body = orjson.dumps(problem_body(refusal, path), default=str)
    response = HttpResponse(body, status=refusal.status, content_type="application/problem+json")
    response.headers["X-Problem-Code"] = refusal.code
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if refusal.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


# --- idempotency keys


def key_of(request: Request) -> str | None:
    """The key in the header or the body; both and different is a refusal."""
    header = request.headers.get("Idempotency-Key")
    data = request.data if isinstance(request.data, Mapping) else {}
    body = data.get("idempotencyKey")
    if body is not None and not isinstance(body, str):
        raise ValidationFailed.of("idempotencyKey", "invalid", "A key is a string.")
    keys = [checked_key(raw) for raw in (header, body) if raw is not None]
    if len(set(keys)) > 1:
        raise ValidationFailed.of("idempotencyKey", "different", "Header and body carry different keys.")
    return keys[0] if keys else None


def claim_of(request: Request) -> Claim | None:
    """What this request claims, or None where it has no key."""
    key = key_of(request)
    if key is None:
        return None
    mark = fingerprint(request.method or "", request.path, request.META.get("QUERY_STRING", ""), request.data)
    return Claim(UUID(str(request.user.pk)), key, mark, request.path)


def claim_required(request: Request) -> Claim:
    """What this request claims; raises KeyRequired where it has no key."""
    claim = claim_of(request)
    if claim is None:
        raise KeyRequired()
    return claim


def takes_key(method: Method, *, required: bool = True) -> Method:
    """Marks a view method that sees to its own claim, so that the OpenAPI document names the header."""
    method.key_required = required  # type: ignore[attr-defined]  # read by the OpenAPI schema
    return method


def keyed(
    method: Callable[Concatenate[View, Request, P], Response], *, required: bool = True
) -> Callable[Concatenate[View, Request, P], Response]:
    """A view method whose effect happens once for its Idempotency-Key."""

    @functools.wraps(method)
    def wrapper(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        claim = claim_required(request) if required else claim_of(request)
        if claim is None:
            return method(view, request, *args, **kwargs)
        return answer_response(once(claim, lambda: as_answer(method(view, request, *args, **kwargs))))

    return takes_key(wrapper, required=required)


def honours_key(
    method: Callable[Concatenate[View, Request, P], Response],
) -> Callable[Concatenate[View, Request, P], Response]:
    """Like `keyed`, for methods where the key may be left out."""
    return keyed(method, required=False)


def as_answer(response: Response) -> Answer:
    """A response's status and JSON as they will be stored."""
    return Answer(response.status_code, orjson.loads(orjson.dumps(response.data, default=str)))


def answer_response(answer: Answer) -> Response:
    """The answer, marked where it is a replay."""
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
    return Response(answer.body, status=answer.status, headers=headers)


# --- conditional requests and pages


def etag_matches(request: HttpRequest | Request, etag: str) -> bool:
    """Whether If-None-Match names this ETag."""
    sent = request.headers.get("If-None-Match", "")
    return any(candidate.strip().removeprefix("W/") in {etag, "*"} for candidate in sent.split(",") if candidate)


def etag_response(request: Request, etag: str, data: Callable[[], Any]) -> Response:
    """304 where the client has it, otherwise the data; `etag` comes with its quotes."""
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    if etag_matches(request, etag):
        return Response(status=304, headers=headers)
    return Response(data(), headers=headers)


def check_if_match(request: Request, etag: str) -> None:
    """Raises PreconditionFailed where If-Match names another version."""
    sent = request.headers.get("If-Match")
    if sent is not None and sent.strip() not in {etag, "*"}:
        raise PreconditionFailed()


class CursorPages(CursorPagination):
    """{results, next, previous}; 20 a page, at most 100."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = "-id"

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """A page of it. Raises ValidationFailed for a cursor that is not what `next` or `previous` held."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (drf.NotFound, DjangoValidationError, ValueError):
            raise self.bad_cursor() from None

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place that the address names: only as we write it. What says nothing would be the first page."""
        cursor = super().decode_cursor(request)
        if cursor is None:
            return None
        written = parse_qs(urlsplit(self.encode_cursor(cursor)).query).get(self.cursor_query_param)
        if written != [request.query_params[self.cursor_query_param]] or "\0" in str(cursor.position):
            raise self.bad_cursor()
        return cursor

    @staticmethod
    def bad_cursor() -> ValidationFailed:
        """The refusal of a place that is none."""
        return ValidationFailed.of("cursor", "invalid", "Take the cursor from `next` or `previous`.")

    def get_page_size(self, request: Request) -> int:
        """`limit`, if it is given. Raises ValidationFailed where it is no number from 1 to 100."""
        sent = request.query_params.get(self.page_size_query_param)
        if sent is None:
            return self.page_size
        if not (sent.isascii() and sent.isdecimal() and len(sent) <= 3 and 1 <= int(sent) <= self.max_page_size):
            raise ValidationFailed.of("limit", "invalid", f"A number from 1 to {self.max_page_size}, please.")
        return int(sent)
