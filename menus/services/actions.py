"""The action log: what was carried out from the menu, without anything personal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from core.exceptions import DomainError, Unavailable
from core.idempotency import Answer
from core.ids import uuid7
from core.sql import call_value
from menus.registry import BY_ID

log = structlog.get_logger(__name__)

Metadata = Mapping[str, str | int | bool | None]


def log_action(
    *,
    performer_id: UUID,
    item_id: str,
    duration_ms: int,
    error_code: str = "",
    metadata: Metadata | None = None,
) -> None:
    """Append one line. `metadata` carries ids and small facts, never names or texts. Unknown items are a KeyError."""
    action = BY_ID[item_id].action or item_id
    call_value(
        "menus_log_action",
        id=uuid7(),
        performer=performer_id,
        action=action,
        item=item_id,
        error=error_code,
        duration=duration_ms,
        metadata=dict(metadata or {}),
        # Only where the line is all that its transaction holds.
        lazily=not connection.in_atomic_block,
    )


def log_outcome(
    *, performer_id: UUID, item_id: str, duration_ms: int, error_code: str, metadata: Metadata | None = None
) -> None:
    """The action is done or refused already: a line that cannot be written is told and changes nothing of that."""
    try:
        log_action(
            performer_id=performer_id,
            item_id=item_id,
            duration_ms=duration_ms,
            error_code=error_code,
            metadata=metadata,
        )
    except (DatabaseError, Unavailable) as error:
        log.warning("menus.action_not_logged", item=item_id, error=type(error).__name__)


def carried_out(
    performer_id: UUID, item_id: str, act: Callable[[], Answer], metadata: Metadata | None = None
) -> Answer:
    """Do it, log what came of it, refusals too, and hand that on; what was answered before (a replay) is left out.

    Use it outside the action's own transaction.
    """
    started = time.monotonic()
    code, again = "", False
    try:
        answer = act()
        again = answer.replayed
        return answer
    except DomainError as refusal:
        code, again = refusal.code, refusal.replayed
        raise
    except BaseException:
        code = DomainError.code
        raise
    finally:
        if not again:
            elapsed = round((time.monotonic() - started) * 1000)
            log_outcome(
                performer_id=performer_id, item_id=item_id, duration_ms=elapsed, error_code=code, metadata=metadata
            )
