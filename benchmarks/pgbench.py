"""pgbench, bare: the product's SQL functions without any HTTP, as fast as this PostgreSQL runs them here."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from config import embedded

TPS = re.compile(r"^tps = ([0-9.]+) \(without initial connection time\)", re.MULTILINE)
DONE = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What pgbench tells."""

    rate: float
    done: int


def pgbench(script: str, *, clients: int, seconds: int) -> Run:
    """Run a script as the application's role, prepared, each transaction durably committed."""
    command = [os.fspath(embedded.POSTGRES_BINARIES / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={clients}", "--jobs=2", f"--time={seconds}"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [*command, f"--file={file.name}", os.environ["DATABASE_URL"]], capture_output=True, text=True, check=False
        )
    failed = FAILED.search(done.stdout)
    if done.returncode or (failed and failed[1] != "0"):
        raise RuntimeError(f"pgbench failed:\n{done.stdout}\n{done.stderr[-2000:]}")
    return Run(rate=_number(TPS, done.stdout), done=int(_number(DONE, done.stdout)))


def uuid_array(ids: list[str]) -> str:
    """Ids as an SQL array, from which a script picks by number."""
    return "(ARRAY[" + ",".join(f"'{found}'" for found in ids) + "]::uuid[])"


def _number(pattern: re.Pattern[str], text: str) -> float:
    found = pattern.search(text)
    if found is None:
        raise RuntimeError(f"pgbench said something else:\n{text}")
    return float(found[1])
