"""Plants the demo data."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand

from dashboard.demo import plant


class Command(BaseCommand):
    """`manage.py demo_data`: safe to run again."""

    help = "Makes the demo accounts and menus that are missing; does nothing in a database of other people."

    def handle(self, *_args: object, **_options: object) -> None:
        """Do it and say what was done."""
        self.stdout.write(plant(settings.DATA_DIR))
