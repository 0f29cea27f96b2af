"""Prove the ledger: every invariant, the rows that break one, and an exit code that a watchdog can read."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.invariants import Finding
from wallet.proof import Proof, is_genuine, prove, report


class Command(BaseCommand):
    """`manage.py reconcile`: exits with 1 where a row breaks an invariant, or where a report is not genuine."""

    help = "Recomputes every balance, checks all invariants and hash chains, and prints a signed report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two switches."""
        parser.add_argument("--json", action="store_true", help="the signed report as one JSON object, for a file")
        parser.add_argument("--verify", metavar="FILE", default="", help="check such a file's signature (-: stdin)")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - signature of BaseCommand
        """Print what holds and what does not."""
        if options["verify"]:
            self._verify(options["verify"])
            return
        proof = prove()
        if options["json"]:
            self.stdout.write(json.dumps(report(proof)))
        else:
            self.stdout.write("\n".join([*(line for each in proof.findings for line in as_lines(each)), *_end(proof)]))
        if not proof.holds:
            sys.exit(1)

    def _verify(self, name: str) -> None:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        try:
            given = json.loads(text)
        except ValueError as error:
            raise CommandError(f"{name} is no report: {error}") from error
        if not isinstance(given, dict) or not is_genuine(given):
            raise CommandError(f"{name} was not signed with this installation's REPORT_KEY, or was changed since.")
        verdict = "everything held" if given["ok"] else "not everything held"
        self.stdout.write(f"The report is genuine: {verdict} at {given['at']} in {given['database']}.")


def as_lines(finding: Finding) -> list[str]:
    """The report for people: a line for each invariant, one more for each row that breaks it."""
    verdict = f"BROKEN by {len(finding.broken)}" if finding.broken else "holds"
    rows = ["   " + ", ".join(f"{name} {value}" for name, value in row.items()) for row in finding.broken]
    return [f"{finding.invariant.code} {verdict}: {finding.invariant.says}", *rows]


def _end(proof: Proof) -> list[str]:
    signature = report(proof)["signature"]
    heads = [f"Head of {head.chain}: {head.hash or 'nothing sealed yet'} ({head.seals} seals)" for head in proof.heads]
    return [*heads, f"Read at {proof.at.isoformat()} as {proof.read_as}, signed {signature['value']}"]
