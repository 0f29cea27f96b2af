"""Refusals: each a type with a stable code, a status and words fit for a tooltip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

REGISTRY: dict[str, type[DomainError]] = {}
CONSTRAINTS: dict[str, type[DomainError]] = {}


class DomainError(Exception):
    """A refusal the user may read. `details` become members of the JSON body, in camelCase."""

    code: ClassVar[str] = "SYSTEM_ERROR"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    default: ClassVar[str] = "Something went wrong on our side. Nothing was charged."
    constraints: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - signature of the hook
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            if cls.code in REGISTRY:
                raise TypeError(f"{cls.code} is {REGISTRY[cls.code].__name__}'s already: one code, one class")
            REGISTRY[cls.code] = cls
        for name in cls.__dict__.get("constraints", ()):
            CONSTRAINTS[name] = cls

    def __init__(self, message: str = "", **details: object) -> None:
        self.message = message or self.default
        self.details = details
        self.replayed = False
        self.stored_body: dict[str, Any] | None = None
        super().__init__(self.message)

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait before another try, where that is known."""
        value = self.details.get("retry_after")
        return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: its name on the wire, a code, words."""

    attr: str
    code: str
    detail: str


class ValidationFailed(DomainError):
    """The input is wrong, field by field."""

    code = "VALIDATION_ERROR"
    status = 400
    title = "The request is not valid"
    default = "Please correct the fields named below."

    def __init__(self, errors: list[FieldError] | None = None, message: str = "", **details: object) -> None:
        super().__init__(message, **details)
        self.errors = errors or []

    @classmethod
    def of(cls, attr: str, code: str, detail: str) -> ValidationFailed:
        """A refusal of one field."""
        return cls([FieldError(attr, code, detail)])


class KeyRequired(DomainError):
    """A money or queue action came without its idempotency key."""

    code = "IDEMPOTENCY_KEY_REQUIRED"
    status = 400
    title = "Idempotency key required"
    default = "Send an Idempotency-Key header with this request."


class NotAuthenticated(DomainError):
    """Nobody is signed in, or the token is not good."""

    code = "NOT_AUTHENTICATED"
    status = 401
    title = "Sign in first"
    default = "Sign in to go on."


class InsufficientBalance(DomainError):
    """Fewer tokens than needed; details: required, available."""

    code = "INSUFFICIENT_BALANCE"
    status = 402
    title = "Not enough tokens"
    default = "You do not have enough tokens for this. Nothing was charged."


class PermissionDenied(DomainError):
    """Signed in, but without the permission."""

    code = "PERMISSION_DENIED"
    status = 403
    title = "Not allowed"
    default = "You do not have permission to do this."


class FeatureDisabled(DomainError):
    """The feature is not open for this account."""

    code = "FEATURE_DISABLED"
    status = 403
    title = "Not open yet"
    default = "This feature is not open for your account."


class NotFound(DomainError):
    """It does not exist, or it is not yours."""

    code = "NOT_FOUND"
    status = 404
    title = "Not found"
    default = "We could not find that."


class MethodNotAllowed(DomainError):
    """The address exists, the method does not."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    title = "Method not allowed"
    default = "This address does not answer to that method."


class NotAcceptable(DomainError):
    """The client wants a format we do not speak."""

    code = "NOT_ACCEPTABLE"
    status = 406
    title = "Not acceptable"
    default = "This address answers in JSON."


class DuplicateKey(DomainError):
    """The key was used for another request."""

    code = "DUPLICATE_IDEMPOTENCY_KEY"
    status = 409
    title = "Key used already"
    default = "This idempotency key belongs to another request. Use a new one."


class RequestInProgress(DomainError):
    """The first request with this key has not ended."""

    code = "REQUEST_IN_PROGRESS"
    status = 409
    title = "Still working"
    default = "The same request is still being worked on. Try again in a moment."

    def __init__(self, message: str = "", **details: object) -> None:
        super().__init__(message, **{"retry_after": 1, **details})


class AlreadyDecided(DomainError):
    """Somebody else decided it first."""

    code = "ALREADY_DECIDED"
    status = 409
    title = "Decided already"
    default = "This was decided already. Load it again to see how."


class PreconditionFailed(DomainError):
    """If-Match names an older version."""

    code = "PRECONDITION_FAILED"
    status = 412
    title = "Changed meanwhile"
    default = "This was changed meanwhile. Load it again, then repeat your change."


class PayloadTooLarge(DomainError):
    """The body is over the limit."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413
    title = "Too large"
    default = "The request is too large: 256 KiB at most."


class UnsupportedMediaType(DomainError):
    """The body's type is not one we read."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    title = "Unsupported media type"
    default = "Send the body as application/json."


class RateLimitExceeded(DomainError):
    """Too many attempts; details: reset_time (aware datetime), retry_after (seconds)."""

    code = "RATE_LIMIT_EXCEEDED"
    status = 429
    title = "Too many attempts"
    default = "Too many attempts. Try again later."

    @classmethod
    def until(cls, reset_time: datetime, retry_after: int) -> RateLimitExceeded:
        """A refusal that says when the next attempt counts again."""
        return cls(
            f"Too many attempts. Try again on {reset_time:%Y-%m-%d at %H:%M} UTC.",
            reset_time=reset_time,
            retry_after=retry_after,
        )


class Unavailable(DomainError):
    """A part we need does not answer; nothing was done."""

    code = "LEDGER_UNAVAILABLE"
    status = 503
    title = "Not available for a moment"
    default = "This is not available for a moment. Nothing was charged. Try again shortly."

    def __init__(self, message: str = "", **details: object) -> None:
        super().__init__(message, **{"retry_after": 2, **details})


def error_for_code(code: str, message: str = "", **details: object) -> DomainError:
    """The refusal that a stored answer or an SQL function names."""
    kind = REGISTRY.get(code)
    if kind is None:
        raise LookupError(f"No exception is registered for the code {code}")
    if issubclass(kind, ValidationFailed):
        return _validation(details, message)
    return kind(message, **details)


def _validation(details: dict[str, object], message: str) -> ValidationFailed:
    if "attr" not in details:
        return ValidationFailed(message=message)
    attr, code = str(details["attr"]), str(details.get("reason", "invalid"))
    return ValidationFailed([FieldError(attr, code, str(details.get("detail", message or "Not valid.")))])
