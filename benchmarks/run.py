"""`make bench`: the product on its own stack, beside its peers, in three interleaved rounds.

Prints medians, ratios, CPU milliseconds a request (servers, PostgreSQL and Valkey, without the load generator) and the
share of the machine that others used meanwhile; writes `.data/bench.json`. Load goes to 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import django
import orjson

from benchmarks import report
from benchmarks.meter import PROCESSORS
from benchmarks.naive.plant import Planted
from benchmarks.stack import Stack, running_stack
from config.env import BASE_DIR
from config.place import hold_lock

ROUNDS = 3
SECONDS = 2.0
DATA = BASE_DIR / ".data" / "bench"
RESULT = BASE_DIR / ".data" / "bench.json"
NAIVE_VIEWERS, NAIVE_PERFORMERS = 64, 20


def main() -> int:
    """Run the cases; the exit code is 1 where a goal was missed and `--strict` asked to mind it."""
    options = _options()
    began = time.monotonic()
    _allow_many_files()
    _fresh_folder(DATA)
    with running_stack(DATA) as stack:
        rows = _measure(stack, options.rounds, options.seconds, options.only)
    report.write(rows, RESULT)
    say(report.table(rows))
    say(f"\n{time.monotonic() - began:.0f} s in all; written to {RESULT.relative_to(BASE_DIR)}")
    return int(options.strict and any(row.held is False for row in rows))


def say(text: str) -> None:
    """One line for the person who watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures the product beside its peers.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="length of one reading")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a goal is missed")
    return parser.parse_args()


def _measure(stack: Stack, rounds: int, seconds: float, only: str) -> list[report.Row]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from benchmarks.cases import CASES
    from benchmarks.cases.base import Bench

    bench = Bench(stack, _plant_naive(), seconds)
    cases = [case() for case in CASES if only in case.name]
    for case in cases:
        case.prepare(bench)
    others: list[float] = []
    for number in range(1, rounds + 1):
        bench.last_round = number == rounds
        for case in cases:
            usage = case.measure(bench)
            others.append(usage.others_share)
            say(f"round {number}/{rounds} {case.name}: others used {usage.others_share:.0%} of {PROCESSORS} processors")
    rows = [series.row() for case in cases for series in case.series()]
    return [*rows, report.Row("others-share", statistics.median(others), "of CPU", None, None, None, None, machine())]


def machine() -> str:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{PROCESSORS} processors, {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"


def _plant_naive() -> Planted:
    command = [sys.executable, "-m", "benchmarks.naive.plant", str(NAIVE_VIEWERS), str(NAIVE_PERFORMERS)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=BASE_DIR)
    if done.returncode:
        raise RuntimeError(f"The peer could not be set up:\n{done.stderr.decode()[-3000:]}")
    return Planted(**orjson.loads(done.stdout))


def _allow_many_files() -> None:
    """A thousand connections at once need as many open files, here and in the servers we start."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _fresh_folder(data: Path) -> None:
    """Every run begins with an empty database; a run that is still at work is left alone."""
    if data.exists():
        with hold_lock(data):
            shutil.rmtree(data / "postgres", ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
