"""Seal what was recorded."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from audit.services import seal


class Command(BaseCommand):
    """`manage.py audit_seal`; the worker does it every minute anyway."""

    help = "Seals the audit log's finished entries into the next block of its hash chain and prints the chain's head."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument(
            "--new-epoch",
            action="store_true",
            help="once after a restore, while nobody writes: transaction ids begin anew in the restored database",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Seal, and say so."""
        sealed = seal(new_epoch=bool(options["new_epoch"]))
        self.stdout.write(f"Sealed {sealed.entries} entries. Head of the chain: {sealed.head}")
