"""The action log: what was carried out from the menu, without anything personal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

import orjson
from django.db import connection

from core.exceptions import DomainError
from core.ids import uuid7
from menus.registry import BY_ID

# Written out: every request that acts ends with it.
_APPEND = """
INSERT INTO menus_menuactionlog
  (id, performer_id, action, menu_item_id, success, error_code, duration_ms, metadata)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
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
    facts = orjson.dumps(dict(metadata or {})).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND, [uuid7(), performer_id, action, item_id, not error_code, error_code, duration_ms, facts]
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
