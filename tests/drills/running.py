"""Runs a drill's program and reads its line: what the tests call, short or long."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.drills.report import Figures
from tests.support.servers import ROOT


def run_drill(name: str, *words: object, capsys: pytest.CaptureFixture[str], seconds: float) -> Figures:
    """The figures of one drill, shown as they are; what it said where it had none."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.drills.{name}", *map(str, words)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, f"{name} ended with {done.returncode} and no figures:\n{done.stdout}\n{done.stderr}"
    with capsys.disabled():
        sys.stdout.write(f"\n{lines[-1]}\n")
    figures: Figures = json.loads(lines[-1])
    return figures


def broken(figures: Figures) -> Figures:
    """The figures in capitals, which must be zero, where they are not."""
    return {name: number for name, number in figures.items() if name.isupper() and number}
