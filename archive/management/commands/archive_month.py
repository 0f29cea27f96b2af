"""Export closed months and mark them archived."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from archive.months import Month
from archive.progress import Bar
from archive.queries import due_months
from archive.services import archive_month
from core.actors import SYSTEM
from core.exceptions import DomainError


class Command(BaseCommand):
    """`manage.py archive_month [YYYY-MM]`: may be run again at any time."""

    help = "Exports closed months to ARCHIVE_DIR, signed; without a month all that are due (ARCHIVE_AFTER_MONTHS)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A month, or none."""
        parser.add_argument("--again", action="store_true", help="export anew a month whose folder is gone")
        parser.add_argument("month", nargs="?", default="", help="YYYY-MM in the business time zone")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - signature of BaseCommand
        """Archive them, the oldest first."""
        try:
            months = [Month.of(options["month"])] if options["month"] else due_months()
            for month in months:
                done = archive_month(by=SYSTEM, month=month, progress=Bar(sys.stderr), again=options["again"])
                self.stdout.write(
                    f"{month} is archived: edition {done.edition}, {done.rows}, manifest {done.manifest_sha256}"
                )
        except DomainError as refusal:
            raise CommandError(f"{refusal.message} ({refusal.code})") from refusal
        if not months:
            self.stdout.write("Nothing is due.")
