"""OpenAPI: what every operation has in common (refusals, keys, tags) is said once, here."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import Serializer

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
EVERY_OPERATION = {
    "400": "The request is not valid (VALIDATION_ERROR by field, IDEMPOTENCY_KEY_REQUIRED).",
    "401": "Nobody is signed in (NOT_AUTHENTICATED).",
    "403": "Signed in without the permission (PERMISSION_DENIED, FEATURE_DISABLED).",
    "404": "It does not exist, or it is not yours (NOT_FOUND).",
    "406": "The address answers in JSON (NOT_ACCEPTABLE).",
    "429": "Too many attempts (RATE_LIMIT_EXCEEDED, with resetTime).",
    "503": "A part does not answer; nothing was done (LEDGER_UNAVAILABLE).",
}
UNSAFE_OPERATION = {
    "402": "Not enough tokens (INSUFFICIENT_BALANCE, with required and available).",
    "409": "The state or the key is in the way (INVALID_STATE_TRANSITION, QUEUE_FULL, DUPLICATE_IDEMPOTENCY_KEY …).",
    "412": "Changed meanwhile (PRECONDITION_FAILED).",
    "413": "Over 256 KiB (PAYLOAD_TOO_LARGE).",
    "415": "Not application/json (UNSUPPORTED_MEDIA_TYPE).",
}
KEY_WORDS = (
    "1 to 255 visible characters, the same on every retry. The same key with another request is refused with 409; "
    "a repetition gets the first answer with `Idempotency-Replayed: true`."
)


def paging(things: str) -> list[OpenApiParameter]:
    """The parameters of a list that comes in pages (`core.api.CursorPages`)."""
    return [
        OpenApiParameter(
            "cursor",
            {"type": "string", "format": "cursor", "maxLength": 200},
            description="from `next` or `previous` of another page",
        ),
        OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": 100},
            description=f"{things} a page: 20, at most 100",
        ),
    ]


class HouseSchema(AutoSchema):
    """drf-spectacular's schema with the key parameter of **K** operations and a tag a room."""

    def get_override_parameters(self) -> list[OpenApiParameter | Serializer[Any] | type[Serializer[Any]]]:
        """Idempotency-Key, where the view's method takes one."""
        required = getattr(getattr(self.view, self.method.lower(), None), "key_required", None)
        if required is None:
            return []
        return [
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                OpenApiParameter.HEADER,
                required=required,
                description=KEY_WORDS,
            )
        ]

    def get_tags(self) -> list[str]:
        """The first word of the path after the version."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [parts[2] if parts[:2] == ["api", "v1"] and len(parts) > 2 else parts[-1]]


class TextFieldExtension(OpenApiSerializerFieldExtension):
    """Text that must not be blank needs a sign that is no white space."""

    target_class = "core.api.TextField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """The ordinary schema, with that rule."""
        schema: dict[str, Any] = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        has_own_pattern = any(isinstance(check, RegexValidator) for check in self.target.validators)
        if direction == "request" and self.target.trim_whitespace and not (self.target.allow_blank or has_own_pattern):
            schema.setdefault("pattern", r"\S")
        return schema


def add_common_answers(result: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
    """Postprocessing hook: the refusals that any operation may give, as problem+json."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = problem_schema()
    for operations in result["paths"].values():
        for method, operation in operations.items():
            common = EVERY_OPERATION if method == "get" else EVERY_OPERATION | UNSAFE_OPERATION
            for status, words in common.items():
                operation["responses"].setdefault(status, {"description": words, "content": PROBLEM})
            for media in operation.get("requestBody", {}).get("content", {}).values():
                close_objects(media["schema"], result["components"]["schemas"])
    return result


def close_objects(schema: dict[str, Any], components: dict[str, Any]) -> None:
    """Say of a body, and of all inside it, that unknown names are refused (CamelSerializer does)."""
    if "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    if "properties" in schema and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    inner = [*schema.get("properties", {}).values(), *schema.get("allOf", []), *schema.get("oneOf", [])]
    for part in [*inner, schema.get("items")]:
        if isinstance(part, dict):
            close_objects(part, components)


def problem_schema() -> dict[str, Any]:
    """RFC 9457 with our members."""
    text = {"type": "string"}
    field = {
        "type": "object",
        "required": ["attr", "code", "detail"],
        "properties": dict.fromkeys(("attr", "code", "detail"), text),
    }
    members = {name: text for name in ("type", "title", "detail", "instance", "error", "requestId")}
    return {
        "type": "object",
        "required": [*members, "status", "errors"],
        "properties": {
            **members,
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": field},
            "resetTime": {"type": "string", "format": "date-time"},
            "required": {"type": "integer"},
            "available": {"type": "integer"},
        },
        "example": {
            "type": "/problems/insufficient-balance/",
            "title": "Not enough tokens",
            "status": 402,
            "detail": "You do not have enough tokens for this. Nothing was charged.",
            "instance": "/api/v1/public/menu-items/0192…/purchase",
            "error": "INSUFFICIENT_BALANCE",
            "errors": [],
            "requestId": "7f3c2a9e51d84b0c",
            "required": 500,
            "available": 120,
        },
    }
