"""Check an archive: the signature, and every byte of every file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from archive import manifest
from archive.exceptions import ArchiveDamaged


class Command(BaseCommand):
    """`manage.py archive_verify DIR`: exits with 1 and names file and lines where anything was changed."""

    help = "Verifies an archived month against its signed manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - signature of BaseCommand
        """Say what holds, or what does not."""
        try:
            archive = manifest.verify(options["folder"])
        except ArchiveDamaged as damaged:
            raise CommandError(damaged.message.replace("; ", "\n")) from damaged
        for part in archive.parts.values():
            self.stdout.write(f"{part.file}: {part.rows} rows, {part.tokens} tokens, {part.bytes} bytes")
        self.stdout.write(f"{archive.facts['month']} holds: manifest {archive.sha256}")
