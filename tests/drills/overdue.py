"""Deadlines that are nobody's business but the sweeper's, and an eye on how late they ever are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, connections

from core.actors import SYSTEM
from core.exceptions import Unavailable
from tests import factories
from wallet.queries import balance_of
from wallet.services import fund, place_hold

LOOK_EVERY = 0.2
DUE_IN = 3
TOKENS = 1_000_000
LATE = """
SELECT COALESCE(max(extract(epoch FROM clock_timestamp() - at)), 0), count(*) FROM (
  SELECT expires_at AS at FROM wallet_hold WHERE state = 'held' AND expires_at IS NOT NULL
  UNION ALL SELECT deadline_at FROM queue_app_queueitem WHERE deadline_at IS NOT NULL
  UNION ALL SELECT start_by FROM queue_app_performerqueue WHERE start_by IS NOT NULL
) AS due WHERE at < clock_timestamp()
"""
FIRED = "SELECT count(*) FROM wallet_hold WHERE viewer_id = %s AND state = 'expired' AND resolved_at > %s"
EARLY = "SELECT count(*) FROM wallet_hold WHERE viewer_id = %s AND resolved_at < expires_at"
NOW = "SELECT clock_timestamp()"


class Deadlines:
    """Places a hold that soon expires again and again, and looks how late the latest deadline of all is."""

    def __init__(self, name: str) -> None:
        self.holder = factories.viewer(name).pk
        fund(by=SYSTEM, owner_id=self.holder, tokens=TOKENS, key=f"{name}-tokens")
        self.placed = 0
        self.latest = 0.0
        self.waiting = 0
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
        moment = self._database_now()

        def fired() -> bool:
            with suppress(InterfaceError, OperationalError), connection.cursor() as cursor:
                cursor.execute(FIRED, [self.holder, moment])
                return bool(cursor.fetchone()[0])
            connections.close_all()
            return False

        return fired

    def all_fired(self) -> bool:
        """Whether nothing that the holder asked for is due any more, and all his tokens are back."""
        balance = balance_of(self.holder)
        return (balance.available, balance.escrow) == (TOKENS, 0)

    def early(self) -> int:
        """Holds of his that ended before their time."""
        with connection.cursor() as cursor:
            cursor.execute(EARLY, [self.holder])
            return int(cursor.fetchone()[0])

    def _database_now(self) -> datetime:
        while True:
            with suppress(InterfaceError, OperationalError), connection.cursor() as cursor:
                cursor.execute(NOW)
                now: datetime = cursor.fetchone()[0]
                return now
            connections.close_all()

    def _watch(self) -> None:
        try:
            while not self._over.wait(LOOK_EVERY):
                try:
                    self._look()
                except (InterfaceError, OperationalError, Unavailable):
                    connections.close_all()
        finally:
            connections.close_all()

    def _look(self) -> None:
        if self.waiting < 3:
            key = f"{self.holder}-{time.monotonic_ns()}"
            place_hold(by=SYSTEM, viewer_id=self.holder, performer_id=None, tokens=1, key=key, expires_seconds=DUE_IN)
            self.placed += 1
        with connection.cursor() as cursor:
            cursor.execute(LATE)
            late, self.waiting = cursor.fetchone()
            self.latest = max(self.latest, float(late))
