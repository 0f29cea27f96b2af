"""Prove that the audit log is what was recorded."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from audit.queries import holds_head, verify


class Command(BaseCommand):
    """`manage.py audit_verify`: exit status 1 where the log is not whole."""

    help = "Checks the audit log against its hash chain and names the first row that does not fit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument("--head", default="", help="a head noted earlier, which must still be part of the chain")

    def handle(self, *_args: object, **options: object) -> None:
        """Raises CommandError, which ends the process with status 1, at a break."""
        verdict, head = verify(), str(options["head"])
        if verdict.first_break is not None:
            raise CommandError(f"The audit log is not whole. {verdict.first_break}")
        if head and not holds_head(head):
            raise CommandError(f"The audit log is not whole. No seal has the hash {head}: the chain's end is missing.")
        self.stdout.write(
            f"The audit log is whole: {verdict.seals} seals hold. "
            f"{verdict.unsealed} entries wait for the next one, the oldest for {verdict.oldest_unsealed_seconds:.0f} s."
        )
