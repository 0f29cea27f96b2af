"""Prove the ledger: every invariant, the rows that break one, and an exit code that a watchdog can read."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wallet.invariants import Finding, findings


class Command(BaseCommand):
    """`manage.py reconcile`: exits with 1 where a row breaks an invariant."""

    help = "Recomputes every balance from the transfers and checks the ledger's invariants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - signature of BaseCommand
        """Print what holds and what does not."""
        found = findings()
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), default=str))
        else:
            self.stdout.write("\n".join(line for finding in found for line in as_lines(finding)))
        if any(finding.broken for finding in found):
            sys.exit(1)


def as_json(found: list[Finding]) -> dict[str, Any]:
    """The report for machines."""
    return {
        "ok": not any(finding.broken for finding in found),
        "invariants": [
            {"code": finding.invariant.code, "says": finding.invariant.says, "broken": finding.broken}
            for finding in found
        ],
    }


def as_lines(finding: Finding) -> list[str]:
    """The report for people: a line for each invariant, one more for each row that breaks it."""
    verdict = f"BROKEN by {len(finding.broken)}" if finding.broken else "holds"
    rows = ["   " + ", ".join(f"{name} {value}" for name, value in row.items()) for row in finding.broken]
    return [f"{finding.invariant.code} {verdict}: {finding.invariant.says}", *rows]
