"""RFC 9457 problem bodies: one shape for every refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from core.context import current
from core.exceptions import DomainError, ValidationFailed

INTERNAL = {"retry_after"}


def camel(name: str) -> str:
    """snake_case to camelCase."""
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def problem_type(code: str) -> str:
    """The address of the page that explains a code."""
    return f"/problems/{code.lower().replace('_', '-')}/"


def problem_body(error: DomainError, instance: str = "") -> dict[str, Any]:
    """The members type, title, status, detail, instance, error, errors, requestId and the refusal's details."""
    if error.stored_body is not None:
        return error.stored_body
    body: dict[str, Any] = {
        "type": problem_type(error.code),
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "instance": instance,
        "error": error.code,
        "errors": _field_errors(error),
        "requestId": current().request_id,
    }
    body |= {camel(key): _plain(value) for key, value in error.details.items() if key not in INTERNAL}
    return body


def _field_errors(error: DomainError) -> list[dict[str, str]]:
    if not isinstance(error, ValidationFailed):
        return []
    return [{"attr": field.attr, "code": field.code, "detail": field.detail} for field in error.errors]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | UUID):
        return str(value)
    return value
