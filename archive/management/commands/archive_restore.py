"""Restore an archived month into a staging database and compare it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from archive.progress import Bar
from archive.restore import restore
from core.exceptions import DomainError


class Command(BaseCommand):
    """`manage.py archive_restore DIR --database URL`: whole or not at all."""

    help = "Loads an archived month into an empty, migrated database and compares counts, sums and balances."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and where to."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--database", required=True, help="postgres:// address of the staging database's owner")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - signature of BaseCommand
        """Load, compare, print one JSON line."""
        try:
            done = restore(options["folder"], options["database"], Bar(sys.stderr))
        except DomainError as refusal:
            raise CommandError(f"{refusal.message} ({refusal.code})") from refusal
        self.stdout.write(json.dumps(asdict(done)))
