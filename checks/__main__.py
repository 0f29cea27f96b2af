"""`make check`: everything that can be said about the code without running it. Prints a line for each check."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from checks.environment import ENVIRONMENT, ROOT

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
# Longest first: it runs beside the others.
TYPES = ("types", (str(BIN / "mypy"), "."))
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", (str(BIN / "ruff"), "format", "--check", ".")),
    ("lint", (str(BIN / "ruff"), "check", ".")),
    ("imports run downwards", (str(BIN / "lint-imports"),)),
    ("templates", (sys.executable, "-m", "frontend.lint_templates")),
    ("vendored files", (sys.executable, "-m", "frontend.vendor", "--check")),
    ("lock file", (sys.executable, "-m", "checks.lockfile")),
    ("settings for production", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING")),
    ("no missing migration", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    ("document of the API", (sys.executable, "-m", "checks.openapi")),
    ("diagram of the states", (*MANAGE, "state_diagram", "--check")),
    ("diagram of the queue's items", (*MANAGE, "item_diagram", "--check")),
    ("diagram of the payouts", (*MANAGE, "payout_diagram", "--check")),
)


class Check:
    """One program that is right when it ends with 0."""

    def __init__(self, name: str, command: tuple[str, ...]) -> None:
        self.name = name
        self.began = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the programs are named above
            command,
            cwd=ROOT,
            env=os.environ | ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def passed(self) -> bool:
        """Wait for its end and tell it; what a failed one said is shown."""
        said, _nothing = self.process.communicate()
        good = self.process.returncode == 0
        sys.stdout.write(f"{'ok    ' if good else 'FAILED'} {self.name} ({time.monotonic() - self.began:.1f} s)\n")
        if not good:
            sys.stdout.write(said)
        sys.stdout.flush()
        return good


def main() -> int:
    """Run all, the failing ones too, so that one run shows everything; 1 where one failed."""
    types = Check(*TYPES)
    results = [Check(name, command).passed() for name, command in CHECKS]
    return 0 if all([*results, types.passed()]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
