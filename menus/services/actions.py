"""The action log: what was carried out from the menu, without anything personal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from core.exceptions import DomainError
from menus.models import MenuActionLog
from menus.registry import BY_ID

Metadata = Mapping[str, str | int | bool | None]


def log_action(
    *,
    performer_id: UUID,
    item_id: str,
    duration_ms: int,
    error_code: str = "",
    metadata: Metadata | None = None,
) -> MenuActionLog:
    """Append one line. `metadata` carries ids and small facts, never names or texts. Unknown items are a KeyError."""
    return MenuActionLog.objects.create(
        performer_id=performer_id,
        action=BY_ID[item_id].action or item_id,
        menu_item_id=item_id,
        success=not error_code,
        error_code=error_code,
        duration_ms=duration_ms,
        metadata=dict(metadata or {}),
    )


@contextmanager
def carried_out(performer_id: UUID, item_id: str, metadata: Metadata | None = None) -> Iterator[None]:
    """Log what happens inside, refusals too, and let them go on. Use it outside the action's own transaction."""
    started = time.monotonic()
    code = ""
    try:
        yield
    except DomainError as refusal:
        code = refusal.code
        raise
    except BaseException:
        code = DomainError.code
        raise
    finally:
        elapsed = round((time.monotonic() - started) * 1000)
        log_action(performer_id=performer_id, item_id=item_id, duration_ms=elapsed, error_code=code, metadata=metadata)
