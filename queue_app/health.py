"""How the queue is doing, for the staff's page and for /metrics: what waits, how long it took, what is stuck."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from core.health import LATE_SECONDS
from core.heartbeats import SWEEPER, silent_seconds

#: A hold that belongs to nothing in the queue should not be older than this: it is somebody's money, set aside.
STUCK_SECONDS = 300
#: The last hour is what "now" means for times and rates.
WINDOW_SECONDS = 3600
FIRST = 20

_FIGURES = """
WITH ended AS MATERIALIZED (
  SELECT i.status, i.created_at, i.started_at, i.finished_at, h.resolved_at
  FROM queue_app_queueevent e JOIN queue_app_queueitem i ON i.id = e.item_id JOIN wallet_hold h ON h.id = i.hold_id
  WHERE e.at > statement_timestamp() - make_interval(secs => %(window)s)
    AND e.event IN ('finish', 'pass_through', 'refund', 'cancel')
), begun AS (
  SELECT extract(epoch FROM i.started_at - i.created_at) AS waited
  FROM queue_app_queueevent e JOIN queue_app_queueitem i ON i.id = e.item_id
  WHERE e.at > statement_timestamp() - make_interval(secs => %(window)s) AND e.event = 'start'
)
SELECT
  (SELECT COALESCE(sum(depth), 0) FROM queue_app_performerqueue WHERE depth > 0) AS queue_depth,
  (SELECT COALESCE(max(depth), 0) FROM queue_app_performerqueue WHERE depth > 0) AS queue_depth_max,
  (SELECT count(*) FROM queue_app_queueitem WHERE performer_id IS NULL AND status = 'created') AS queue_unassigned,
  (SELECT COALESCE(extract(epoch FROM statement_timestamp() - min(created_at)), 0) FROM queue_app_queueitem
    WHERE status = 'created' AND deadline_at IS NOT NULL) AS queue_oldest_seconds,
  (SELECT COALESCE(percentile_cont(0.5) WITHIN GROUP (ORDER BY waited), 0) FROM begun) AS queue_wait_seconds_p50,
  (SELECT COALESCE(percentile_cont(0.95) WITHIN GROUP (ORDER BY waited), 0) FROM begun) AS queue_wait_seconds_p95,
  (SELECT COALESCE(percentile_cont(0.95) WITHIN GROUP (
    ORDER BY GREATEST(extract(epoch FROM finished_at - resolved_at), 0)), 0) FROM ended WHERE status = 'finished'
  ) AS queue_settlement_seconds_p95,
  (SELECT count(*) FROM ended) AS queue_ended,
  (SELECT COALESCE(avg((status = 'refunded')::integer), 0) FROM ended) AS queue_refund_rate,
  (SELECT count(*) FROM queue_app_performerqueue WHERE intake_paused) AS queue_paused_intakes
"""

_STUCK = """
SELECT h.id, h.viewer_id, h.performer_id, h.amount, h.created_at, h.expires_at
FROM wallet_hold h
WHERE h.state = 'held' AND h.created_at < statement_timestamp() - make_interval(secs => %(age)s) AND NOT EXISTS (
  SELECT FROM queue_app_queueitem i WHERE i.hold_id = h.id AND i.status IN ('created', 'started'))
ORDER BY h.created_at
"""

_DEEPEST = """
SELECT q.performer_id, p.stage_name, s.state, q.depth, q.mode, q.intake_paused, q.start_by, i.waiting_since
FROM queue_app_performerqueue q
JOIN accounts_performer p ON p.user_id = q.performer_id
LEFT JOIN modelstate_modelstate s ON s.performer_id = q.performer_id
LEFT JOIN LATERAL (
  SELECT min(created_at) AS waiting_since FROM queue_app_queueitem
  WHERE performer_id = q.performer_id AND status = 'created') i ON true
WHERE q.depth > 0 OR q.intake_paused
ORDER BY q.depth DESC, i.waiting_since, q.performer_id
LIMIT %(first)s
"""


# What went wrong a moment ago is not late: it is tried again at its time, and counted.
_SWEEPING = """
WITH due AS (
  SELECT min(deadline_at) AS at FROM queue_app_queueitem
  WHERE deadline_at <= statement_timestamp() AND (retry_at IS NULL OR retry_at <= statement_timestamp())
  UNION ALL
  SELECT min(q.start_by) FROM queue_app_performerqueue q
  WHERE q.start_by <= statement_timestamp() AND NOT EXISTS (
    SELECT FROM queue_app_queueitem head WHERE head.id = q.start_item_id AND head.retry_at > statement_timestamp())
  UNION ALL
  SELECT min(expires_at) FROM wallet_hold WHERE state = 'held' AND expires_at <= statement_timestamp()
)
SELECT
  (SELECT COALESCE(extract(epoch FROM statement_timestamp() - min(at)), 0) FROM due) AS late_seconds,
  (SELECT count(*) FROM queue_app_queueitem
    WHERE deadline_at IS NOT NULL AND retry_at > statement_timestamp()) AS failing
"""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """How the deadlines are kept: seconds since the last sweep, and by which the latest one is late.

    `silent_seconds` is None where nobody ever swept. `failing` ends went wrong and are tried again.
    """

    silent_seconds: float | None
    late_seconds: float
    failing: int

    @property
    def is_late(self) -> bool:
        """Whether somebody must look after the sweeper: the bound of /readyz."""
        return self.silent_seconds is None or max(self.silent_seconds, self.late_seconds) > LATE_SECONDS


@dataclass(frozen=True, slots=True)
class StuckHold:
    """Tokens that are set aside for nothing in the queue, for longer than they should be."""

    id: UUID
    viewer_id: UUID
    performer_id: UUID | None
    tokens: int
    since: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Depth:
    """One performer's queue as the staff see it."""

    performer_id: UUID
    stage_name: str
    state: str | None
    depth: int
    mode: str
    intake_paused: bool
    start_by: datetime | None
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All performers together. Times in seconds, of the last hour; the rate is a share of what ended in it.

    The settlement's time is what passed in the database from the request to the finished item, waiting included.
    """

    queue_depth: int
    queue_depth_max: int
    queue_unassigned: int
    queue_oldest_seconds: float
    queue_wait_seconds_p50: float
    queue_wait_seconds_p95: float
    queue_settlement_seconds_p95: float
    queue_ended: int
    queue_refund_rate: float
    queue_paused_intakes: int


def figures() -> Figures:
    """The figures now, in one statement."""
    return Figures(*_rows(_FIGURES, window=WINDOW_SECONDS)[0])


def gauges() -> dict[str, float]:
    """The figures for /metrics, with the number of stuck holds."""
    read = {name: float(value) for name, value in asdict(figures()).items()}
    return read | {"queue_stuck_holds": float(len(stuck_holds()))}


def sweeping() -> Sweeping:
    """How the sweeper does."""
    late, failing = _rows(_SWEEPING)[0]
    return Sweeping(silent_seconds(SWEEPER), float(late), failing)


def stuck_holds() -> list[StuckHold]:
    """Open holds older than five minutes that nothing in the queue stands for, the oldest first."""
    return [StuckHold(*row) for row in _rows(_STUCK, age=STUCK_SECONDS)]


def deepest() -> list[Depth]:
    """The twenty deepest queues, and those whose intake is paused."""
    return [Depth(*row) for row in _rows(_DEEPEST, first=FIRST)]


def _rows(statement: str, **values: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
