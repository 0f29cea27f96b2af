"""The sweeper: a process of its own that depends on no job, no worker and no cache."""

from __future__ import annotations

import time
from threading import Event

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from procrastinate.exceptions import ConnectorException

from core.exceptions import Unavailable
from core.heartbeats import SWEEPER, beat
from core.jobs import rescue_stalled
from core.sql import call_value
from presence.services import forget_old_leases
from queue_app.sweeping import sweep

log = structlog.get_logger(__name__)

RESCUE_EVERY_SECONDS = 10


class Sweeper:
    """Works off what is due, round after round, until it is asked to stop."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop
        self.knows_limits = False
        self.rescue_at = 0.0

    def run(self) -> None:
        """Rounds without a rest while there is work, else one every SWEEP_SECONDS."""
        while not self.stop.is_set():
            if not self.turn():
                self.stop.wait(settings.SWEEP_SECONDS)

    def turn(self) -> bool:
        """One round; whether there may be more to do at once. A database that is away is waited for."""
        try:
            return self._turn()
        except (DatabaseError, ConnectorException, Unavailable) as error:
            log.warning("sweeper.waits", error=type(error).__name__)
            connection.close()
            return False

    def _turn(self) -> bool:
        if not self.knows_limits:
            call_value("queue_app_set_limits", limits=settings.QUEUE_LIMITS)
            self.knows_limits = True
        swept = sweep()
        beat(SWEEPER)
        if time.monotonic() >= self.rescue_at:
            self.rescue_at = time.monotonic() + RESCUE_EVERY_SECONDS
            rescue_stalled()
            forget_old_leases()
        return swept.done > 0
