"""`manage.py sweep`: the process that works off deadlines."""

from __future__ import annotations

import signal
from threading import Event

from django.core.management.base import BaseCommand

from queue_app.sweeper import Sweeper


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT, and finishes its round first."""

    help = "Works off deadlines: starts, pauses, lifetimes, absences, holds. Runs until it is told to stop."

    def handle(self, *args: object, **options: object) -> None:
        """Sweep."""
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        Sweeper(stop).run()
