"""Prove that the audit log and the transfers are what was recorded."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from audit.chains import CHAINS, Chain
from audit.queries import holds_head, verify


class Command(BaseCommand):
    """`manage.py audit_verify`: exit status 1 where a chain is not whole."""

    help = "Checks the audit log and the transfers against their hash chains and names the first row that does not fit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument("--head", default="", help="a head noted earlier, which must still be part of the chain")

    def handle(self, *_args: object, **options: object) -> None:
        """Raises CommandError, which ends the process with status 1, at a break."""
        head = str(options["head"])
        for chain in CHAINS:
            self._verify(chain)
        if head and not holds_head(head):
            raise CommandError(f"The logs are not whole. No seal has the hash {head}: the chain's end is missing.")

    def _verify(self, chain: Chain) -> None:
        verdict, name = verify(chain), f"{chain.says[0].upper()}{chain.says[1:]}"
        if verdict.first_break is not None:
            raise CommandError(f"{name} are not whole. {verdict.first_break}")
        self.stdout.write(
            f"{name} are whole: {verdict.seals} seals hold. "
            f"{verdict.unsealed} entries wait for the next one, the oldest for {verdict.oldest_unsealed_seconds:.0f} s."
        )
