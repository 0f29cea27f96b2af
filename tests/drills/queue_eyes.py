"""What the database says of the queues' model: a few statements, whatever happened, in the model's own words."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from core.events import client, events_in, group_channel

#: So long may an announcement be on its way.
PATIENCE_SECONDS = 2.0

ITEMS = """
SELECT i.id, i.performer_id, i.status, i.version, i.sequence, i.created_at, i.started_at, i.ends_at, i.paused_at,
       i.deadline_step, i.deadline_at, i.settled_tokens, h.state, h.amount, h.settled_amount,
       e.steps, e.times
  FROM queue_app_queueitem i JOIN wallet_hold h ON h.id = i.hold_id
 CROSS JOIN LATERAL (SELECT array_agg(event ORDER BY version) AS steps, array_agg(at ORDER BY version) AS times
                       FROM queue_app_queueevent WHERE item_id = i.id) e
 WHERE i.viewer_id = ANY (%s) ORDER BY i.performer_id, i.sequence
"""
DESKS = """
SELECT s.performer_id, s.state, s.line_ticket, COALESCE(q.depth, 0), COALESCE(q.mode, 'ON'),
       COALESCE(q.intake_paused, false), q.start_item_id, q.start_by, COALESCE(q.start_warned, false),
       (SELECT max(LEAST(l.expires_at, g.ended_at)) FROM presence_lease l JOIN accounts_signin g ON g.id = l.sign_in_id
         WHERE l.owner_id = s.performer_id)
  FROM modelstate_modelstate s LEFT JOIN queue_app_performerqueue q USING (performer_id)
 WHERE s.performer_id = ANY (%s)
"""
TOLD = """
SELECT owner_id, key, (variables ->> 'itemId')::uuid, id::text FROM notices_notice
 WHERE owner_id = ANY (%s) AND key LIKE 'queue.%%'
"""


@dataclass(frozen=True, slots=True)
class SeenItem:
    """An item as it stands, with its hold and its history."""

    id: UUID
    performer: UUID | None
    status: str
    version: int
    sequence: int | None
    created_at: datetime
    started_at: datetime | None
    ends_at: datetime | None
    paused_at: datetime | None
    deadline_step: str
    deadline_at: datetime | None
    settled: int
    hold_state: str
    held: int
    hold_settled: int
    steps: list[str]
    times: list[datetime]

    def resumed_at(self) -> datetime:
        """When it last went on."""
        return max(at for step, at in zip(self.steps, self.times, strict=True) if step == "resume")


@dataclass(frozen=True, slots=True)
class SeenDesk:
    """A performer's state and her queue's row."""

    performer: UUID
    state: str
    ticket: int | None
    depth: int
    mode: str
    intake_paused: bool
    start_item: UUID | None
    start_by: datetime | None
    start_warned: bool
    present_until: datetime | None


def items_of(viewers: Sequence[UUID]) -> dict[UUID, SeenItem]:
    """All they ever bought, in the order of each queue."""
    return {row[0]: SeenItem(*row) for row in _rows(ITEMS, viewers)}


def desks_of(performers: Sequence[UUID]) -> dict[UUID, SeenDesk]:
    """What each performer does."""
    return {row[0]: SeenDesk(*row) for row in _rows(DESKS, performers)}


def told_to(people: Sequence[UUID]) -> tuple[Counter[tuple[UUID, str, UUID | None]], set[str]]:
    """Every notice about an item, by who read it; and their ids."""
    rows = _rows(TOLD, people)
    return Counter(row[:3] for row in rows), {row[3] for row in rows}


class Ear:
    """What the devices are told of notices, as the socket processes hear it."""

    def __init__(self) -> None:
        self.channel = client().pubsub()
        self.channel.subscribe(group_channel())
        assert self.channel.get_message(timeout=5), "Valkey does not answer"
        self.heard: Counter[str] = Counter()

    def missed(self, ids: set[str]) -> set[str]:
        """Those that were announced never, or more than once; what is still on its way is waited for."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self._listen(0):
            pass
        while ids - self.heard.keys() and time.monotonic() < end:
            self._listen(0.1)
        return {each for each in ids if self.heard[each] != 1}

    def _listen(self, seconds: float) -> bool:
        message = self.channel.get_message(timeout=seconds)
        if message is None:
            return False
        for _rooms, frame in events_in(message["data"]):
            if frame["event"] == "notification.created":
                self.heard[frame["data"]["id"]] += 1
        return True

    def close(self) -> None:
        """Listen no longer."""
        self.channel.close()


def _rows(sql: str, ids: Sequence[UUID]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids)])
        return list(cursor.fetchall())
