"""Seal what was recorded."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import connections

from audit.chains import CHAINS, Chain
from audit.services import Sealed, begin_epoch, seal
from core.management.commands.prepare_database import owner_alias


class Command(BaseCommand):
    """`manage.py audit_seal`; the worker does it every minute anyway."""

    help = "Seals what is finished into the next blocks of the hash chains and prints their heads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument(
            "--new-epoch",
            action="store_true",
            help="once after a restore, while nobody writes: transaction ids begin anew in the restored database",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Seal every chain, and say so."""
        for chain in CHAINS:
            sealed = self._new_epoch(chain) if options["new_epoch"] else seal(chain)
            self.stdout.write(f"Sealed {sealed.entries} entries. Head of the chain: {sealed.head} ({chain.rows})")

    @staticmethod
    def _new_epoch(chain: Chain) -> Sealed:
        owner = connections[owner_alias()]
        try:
            return begin_epoch(chain, owner)
        finally:
            owner.close()
