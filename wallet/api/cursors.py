"""Cursors of the history: opaque words for a place in the list."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

from core.exceptions import ValidationFailed
from wallet.queries.statements import Mark


def to_cursor(mark: Mark) -> str:
    """The mark as a word that fits into an address."""
    text = f"{'n' if mark.newer else 'o'}|{mark.created_at.isoformat()}|{mark.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> Mark:
    """The mark that a cursor stands for. Raises ValidationFailed where it is none of ours."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        direction, instant, number = text.split("|")
        created_at = datetime.fromisoformat(instant)
        if direction not in {"n", "o"} or created_at.tzinfo is None:
            raise ValueError(direction)
        return Mark(created_at.astimezone(UTC), UUID(number), newer=direction == "n")
    except (ValueError, OverflowError):
        raise ValidationFailed.of("cursor", "invalid", "This cursor is not one of ours.") from None
