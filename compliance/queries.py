"""Every read of the limits: typed, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.sql import call


@dataclass(frozen=True, slots=True)
class Pending:
    """A raise that waits: the limit to come (None: no limit), and from when on it holds."""

    tokens: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """One of a viewer's own limits in tokens, None where he has set none; what he has spent of the period so far."""

    tokens: int | None
    pending: Pending | None
    spent: int
    reset_time: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """What a viewer may spend, as it holds now."""

    daily: Limit
    weekly: Limit
    excluded_until: datetime | None


def limits_of(viewer_id: UUID) -> Limits:
    """His limits; none where he has set nothing. One statement."""
    return limits_from(call("compliance_status", viewer=viewer_id))


def limits_from(answer: dict[str, Any]) -> Limits:
    """What `compliance_status` answered."""
    return Limits(_limit(answer["daily"]), _limit(answer["weekly"]), _instant(answer["excluded_until"]))


def _limit(part: dict[str, Any]) -> Limit:
    since = _instant(part["next_at"])
    return Limit(
        tokens=part["limit"],
        pending=None if since is None else Pending(part["next"], since),
        spent=part["spent"],
        reset_time=datetime.fromisoformat(part["reset_time"]),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
