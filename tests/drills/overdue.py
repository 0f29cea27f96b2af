"""Deadlines that are nobody's business but the sweeper's, and an eye on when each of them fires."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, connections, transaction

from accounts.models import Performer
from core.actors import SYSTEM
from core.exceptions import Unavailable
from modelstate.models import StateChange
from modelstate.states import Event
from queue_app.exceptions import PerformerUnavailable
from queue_app.models import QueueEvent
from queue_app.states import NEEDS_VIEWER
from tests import factories
from tests.queue_app.support import bought
from wallet.models import Hold
from wallet.queries import balance_of
from wallet.services import fund, place_hold

LOOK_EVERY = 0.2
DUE_IN = 3
TOKENS = 1_000_000
PENDING = """
SELECT 'hold', id::text, expires_at, clock_timestamp()
  FROM wallet_hold WHERE state = 'held' AND expires_at IS NOT NULL
UNION ALL SELECT deadline_step, id::text, deadline_at, clock_timestamp()
            FROM queue_app_queueitem WHERE deadline_at IS NOT NULL
UNION ALL SELECT CASE WHEN start_warned THEN 'start' ELSE 'start_warning' END, start_item_id::text, start_by,
                 clock_timestamp()
            FROM queue_app_performerqueue WHERE start_by IS NOT NULL
UNION ALL SELECT 'rope_drop', id::text,
                 GREATEST(presence_until(performer_id), started_at) + queue_app_limit('rope_drop'), clock_timestamp()
            FROM queue_app_queueitem WHERE status = 'started' AND paused_at IS NULL
UNION ALL SELECT 'absence', performer_id || ' ' || version + 1,
                 GREATEST(presence_until(performer_id), last_change) + queue_app_limit('absence'), clock_timestamp()
            FROM modelstate_modelstate WHERE state IN ('IDLE', 'STREAMING', 'IN_QUEUE', 'STREAM_IN_QUEUE')
UNION ALL SELECT 'keep_place', i.id::text, s.last_change + queue_app_limit('keep_place'), clock_timestamp()
            FROM queue_app_queueitem i JOIN modelstate_modelstate s USING (performer_id)
           WHERE i.status = 'created' AND s.state = 'OFFLINE'
UNION ALL SELECT 'viewer_absence', id::text,
                 GREATEST(presence_until(viewer_id), created_at) + queue_app_limit('viewer_absence'), clock_timestamp()
            FROM queue_app_queueitem WHERE status = 'created' AND metadata @> '{"presenceRequired": true}'
"""
# What a deadline leaves in its item's history when it fires: the step, its reason, and what the item was before.
FIRES = {
    "lifetime": ("refund", "timeout", "created"),
    "start": ("abandon", "timeout", "created"),
    "rope_drop": ("pause", "", "started"),
    "return": ("abandon", "performer_disconnected", "started"),
    "duration": ("warn", "", "started"),
    "maximum": ("abandon", "timeout", "started"),
    "keep_place": ("refund", "performer_disconnected", "created"),
    "viewer_absence": ("refund", "user_cancelled", "created"),
}
#: Every kind of deadline that there is.
KINDS = {"hold", "absence", *FIRES}
ENDINGS = {"lifetime", "start", "return", "maximum", "keep_place", "viewer_absence"}
NOW = "SELECT clock_timestamp()"
FIRED = "SELECT EXISTS (SELECT FROM wallet_hold WHERE viewer_id = %s AND state = 'expired' AND resolved_at > %s)"
SWEPT = "SELECT EXISTS (SELECT FROM core_heartbeat WHERE name = 'sweeper' AND at > %s)"
WORKERS = "SELECT COALESCE(max(id), 0) FROM procrastinate_workers"


@dataclass
class Fired:
    """What became of the deadlines that were seen: how many fired by kind, the latest, how many before their time."""

    count: Counter[str] = field(default_factory=Counter)
    latest: float = 0.0
    early: int = 0

    def note(self, step: str, seconds: float, *, final: bool) -> None:
        """One fired, so many seconds after its time. Before it counts where it is the end: others may be put off."""
        if seconds < 0:
            self.early += final
            return
        self.count[step] += 1
        self.latest = max(self.latest, seconds)


class Deadlines:
    """Places a hold that soon expires again and again, and remembers every deadline that stands in the tables.

    Where a performer is named who never starts anything, what the holder, who is not there, buys from her needs him.
    """

    def __init__(self, name: str, performer: Performer | None = None) -> None:
        self.viewer, self.performer = factories.viewer(name), performer
        self.holder = self.viewer.pk
        fund(by=SYSTEM, owner_id=self.holder, tokens=TOKENS, key=f"{name}-tokens")
        self.placed = 0
        self.latest = 0.0
        self.overdue = 0
        self.failures: list[BaseException] = []
        # What a drill before this one left was due while nobody was there.
        self.began: datetime = self._patiently(NOW, [])
        self.seen: dict[tuple[str, str], datetime] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Deadlines:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def fires_again(self) -> Callable[[], bool]:
        """Whether a deadline has been worked off since now, by the database's clock; for asking again and again."""
        moment = self._patiently(NOW, [])
        return lambda: bool(_asked(FIRED, [self.holder, moment]))

    def each_kind_fired(self) -> bool:
        """Whether each kind there is has fired; no, too, where the database does not answer now."""
        try:
            return set(self.fired().count) >= KINDS
        except (InterfaceError, OperationalError, Unavailable):
            connections.close_all()
            return False

    def swept_again(self) -> Callable[[], bool]:
        """Whether the sweeper has done a round since now; for asking again and again."""
        moment = self._patiently(NOW, [])
        return lambda: bool(_asked(SWEPT, [moment]))

    def worker_came(self) -> Callable[[], bool]:
        """Whether a worker has begun its service since now; for asking again and again."""
        last = self._patiently(WORKERS, [])
        return lambda: (_asked(WORKERS, []) or 0) > last

    def all_fired(self) -> bool:
        """Whether nothing that the holder asked for is due any more, and all his tokens are back."""
        balance = balance_of(self.holder)
        return (balance.available, balance.escrow) == (TOKENS, 0)

    def fired(self) -> Fired:
        """What the history says of each deadline that was seen: when it fired, by the database's clock."""
        found = Fired(latest=self.latest)
        ended = {str(key): at for key, at in Hold.objects.filter(state="expired").values_list("id", "resolved_at")}
        for (step, key), due in list(self.seen.items()):
            at = ended.get(key) if step == "hold" else _first(key, step, due)
            if at is not None:
                found.note(step, (at - due).total_seconds(), final=step == "hold" or step in ENDINGS)
        return found

    def _patiently(self, sql: str, given: list[Any]) -> Any:  # noqa: ANN401 - whatever the column holds
        while True:
            answer = _asked(sql, given)
            if answer is not None:
                return answer

    def _watch(self) -> None:
        try:
            while not self._over.wait(LOOK_EVERY):
                try:
                    self._look()
                except (InterfaceError, OperationalError, Unavailable):
                    connections.close_all()
        except BaseException as error:
            self.failures.append(error)
            raise
        finally:
            connections.close_all()

    def _look(self) -> None:
        if self.overdue < 3:
            key = f"{self.holder}-{time.monotonic_ns()}"
            place_hold(by=SYSTEM, viewer_id=self.holder, performer_id=None, tokens=1, key=key, expires_seconds=DUE_IN)
            self.placed += 1
            self._buy_what_needs_him()
        with connection.cursor() as cursor:
            cursor.execute(PENDING)
            rows = [row for row in cursor.fetchall() if row[2] >= self.began]
        late = [(now - due).total_seconds() for _step, _id, due, now in rows if due < now]
        self.overdue, self.latest = len(late), max([self.latest, *late])
        for step, key, due, _now in rows:
            self.seen[step, key] = due
            if step == "start_warning":  # she has all of her time again: what was seen before is no deadline any more
                self.seen.pop(("start", key), None)

    def _buy_what_needs_him(self) -> None:
        if self.performer is not None:
            with suppress(PerformerUnavailable), transaction.atomic():
                bought(self.viewer, self.performer, tokens=1, metadata={NEEDS_VIEWER: True})


def _first(key: str, step: str, due: datetime) -> datetime | None:
    """When it fired: the first time after it was due, for an end the only time. None: it never did, or had no need."""
    if step == "absence":
        performer, version = key.split()
        changes = StateChange.objects.filter(
            performer_id=UUID(performer), version=version, event=Event.DISCONNECT_TIMEOUT
        )
        return changes.values_list("at", flat=True).first()
    if step not in FIRES:
        return None
    event, reason, before = FIRES[step]
    events = QueueEvent.objects.filter(
        item_id=UUID(key), event=event, reason=reason, from_status=before, actor_id__isnull=True
    )
    if step not in ENDINGS:
        events = events.filter(at__gte=due)
    return events.order_by("at").values_list("at", flat=True).first()


def _asked(sql: str, given: list[Any]) -> Any:  # noqa: ANN401 - whatever the column holds
    """The one value; None where nobody answers now."""
    with suppress(InterfaceError, OperationalError, Unavailable), connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchone()[0]
    connections.close_all()
    return None
