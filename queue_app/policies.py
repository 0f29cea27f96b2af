"""Who may move an item, and what may be said of it. *When* it may move the SQL functions say, under their locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from core.actors import Actor
from core.exceptions import FieldError, NotFound, ValidationFailed
from core.personal import metadata_errors, text_errors
from core.plain import is_one_line
from queue_app.exceptions import InvalidMode
from queue_app.intake import QueueIntake
from queue_app.states import MAX_DURATION_SECONDS, MAX_REQUESTS_EACH, RefundReason

#: Under these names callers have tried to choose whether an item waits.
MODE_FIELDS = frozenset({"mode", "queueMode", "passThrough", "passThroughMode"})
#: Reasons a person may give; `partial_performance` belongs to a finish.
GIVEN_REASONS = tuple(reason for reason in RefundReason if reason is not RefundReason.PARTIAL_PERFORMANCE)
#: What a performer may say of herself; the others would put it on her viewer or on the staff.
HER_REASONS = (RefundReason.PERFORMER_DECLINED, RefundReason.PERFORMER_DISCONNECTED, RefundReason.TECHNICAL_ERROR)

SHARE_TAKEN = "You already have five requests waiting. Nothing was charged."


def owner_of(by: Actor) -> UUID | None:
    """Whose an item must be for this actor: None, anybody's, for staff and the product itself."""
    if by.is_staff:
        return None
    if by.id is None:
        raise NotFound()
    return by.id


def check_somebody_waits(somebody_waits: bool) -> None:
    """Pass where there is an item to be started next."""
    if not somebody_waits:
        raise NotFound("No one is waiting.")


def split(tokens: int, settled: int | None, refunded: int | None) -> int | None:
    """How many tokens a finish settles; None means all. Raises ValidationFailed where the parts are not the whole."""
    if settled is None and refunded is None:
        return None
    part = settled if settled is not None else tokens - (refunded or 0)
    if not 1 <= part <= tokens:
        attr = "settled" if settled is not None else "refunded"
        raise ValidationFailed.of(attr, "out_of_range", f"Settle 1 to {tokens} tokens; else abandon or refund.")
    if refunded is not None and part + refunded != tokens:
        raise ValidationFailed.of("refunded", "not_the_rest", f"Settled and refunded must add up to {tokens}.")
    return part


def refund_reason(given: str | None, by: Actor) -> str:
    """The reason to write down: the one given, or the actor's usual one. Raises ValidationFailed for an unknown one."""
    if given is None:
        return RefundReason.ADMIN_REFUND if by.is_staff else RefundReason.PERFORMER_DECLINED
    allowed = HER_REASONS if by.kind == "performer" else GIVEN_REASONS
    if given not in allowed:
        raise ValidationFailed.of("reason", "invalid_choice", f"One of {', '.join(allowed)}.")
    return given


def check_no_mode(sent: object) -> None:
    """Raise InvalidMode where a caller sends a mode with any call: it is the stored setting of the performer."""
    if isinstance(sent, Mapping) and MODE_FIELDS & sent.keys():
        raise InvalidMode()


def check_request(*, tokens: int, title: str, duration_seconds: int | None) -> None:
    """What a viewer asks of whoever is next; raises ValidationFailed naming each bad field."""
    _refuse(
        ("tokens", 1 <= tokens <= 10**9, "Whole tokens, 1 or more."),
        ("title", 1 <= len(title.strip()) <= 100, "A title has 1 to 100 characters."),
        ("title", is_one_line(title), "One line of plain text, please."),
        ("durationSeconds", _fits(duration_seconds), f"1 to {MAX_DURATION_SECONDS} seconds, or none."),
        more=text_errors("title", title),
    )


def share_refusal(own_waiting: int) -> str:
    """Why a viewer may not ask for whoever is next once more, as `queue_app_admit_next` says it; else empty."""
    return SHARE_TAKEN if own_waiting >= MAX_REQUESTS_EACH else ""


def check_intake(intake: QueueIntake) -> None:
    """Every field within its bounds, no personal data in texts and metadata; raises ValidationFailed by field."""
    _refuse(
        ("idempotencyKey", _is_key(intake.idempotency_key), "A key has 1 to 255 visible characters."),
        ("sourceFeature", 1 <= len(intake.source_feature) <= 40, "A feature has 1 to 40 characters."),
        ("sourceEventId", 1 <= len(intake.source_event_id) <= 100, "An event has 1 to 100 characters."),
        ("tokens", 1 <= intake.tokens <= 10**9, "Whole tokens, 1 or more."),
        ("title", 1 <= len(intake.title) <= 100, "A title has 1 to 100 characters."),
        ("description", len(intake.description) <= 500, "A description has at most 500 characters."),
        ("title", is_one_line(intake.title), "One line of plain text, please."),
        ("durationSeconds", _fits(intake.duration_seconds), f"1 to {MAX_DURATION_SECONDS} seconds, or none."),
        more=[
            *text_errors("title", intake.title),
            *text_errors("description", intake.description),
            *metadata_errors("metadata", intake.metadata),
        ],
    )


def _refuse(*checks: tuple[str, bool, str], more: Iterable[FieldError] = ()) -> None:
    errors = [FieldError(attr, "out_of_range", words) for attr, fits, words in checks if not fits] + list(more)
    if errors:
        raise ValidationFailed(errors)


def _is_key(key: str) -> bool:
    return 1 <= len(key) <= 255 and all("!" <= sign <= "~" for sign in key)


def _fits(duration: int | None) -> bool:
    return duration is None or 1 <= duration <= MAX_DURATION_SECONDS
