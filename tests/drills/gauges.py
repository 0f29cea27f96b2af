"""What a running house costs: memory of each program, the database's connections and rubbish, Valkey's keys."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.db import connection

from config.children import descendants
from tests.drills.house import MARKS, House

EVERY_SECONDS = 2.0
IDLE_TOO_LONG = "interval '10 seconds'"
PROGRAMS = {**MARKS, "postgres": b"postgres", "valkey": b"valkey"}
OF_THE_DATABASE: Mapping[str, str] = {
    "connections": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    "idle_in_transaction": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    f" AND state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > {IDLE_TOO_LONG}",
    "dead_rows": "SELECT COALESCE(sum(n_dead_tup), 0) FROM pg_stat_user_tables",
    "live_rows": "SELECT COALESCE(sum(n_live_tup), 0) FROM pg_stat_user_tables",
    "jobs_waiting": "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    " AND COALESCE(scheduled_at, now()) <= now()",
}
Sample = dict[str, float]


@dataclass
class Gauges:
    """Reads them all again and again while it is entered; `samples` begin with the oldest."""

    house: House
    redis_url: str
    samples: list[Sample] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Gauges:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with redis.Redis.from_url(self.redis_url) as keys:
                while not self._over.wait(EVERY_SECONDS):
                    self.samples.append({**self._memory(), **_of_database(), **_of_valkey(keys)})
        except BaseException as error:
            self.failures.append(error)
            raise
        finally:
            connection.close()

    def _memory(self) -> Sample:
        assert self.house.process is not None
        pid = self.house.process.pid
        found: Sample = {f"{name}_mb": 0.0 for name in PROGRAMS} | {"supervisor_mb": own_memory(pid)}
        for child in descendants(pid):
            name = next((name for name, mark in PROGRAMS.items() if mark in _command(child)), None)
            if name is not None:
                found[f"{name}_mb"] += own_memory(child)
        return found


def own_memory(pid: int) -> float:
    """Megabytes that are this process's own; what it shares, as PostgreSQL's buffers, is not. 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")), 0.0)


def _of_database() -> Sample:
    found: Sample = {}
    with connection.cursor() as cursor:
        for name, sql in OF_THE_DATABASE.items():
            cursor.execute(sql)
            found[name] = float(cursor.fetchone()[0])
    return found


def _of_valkey(keys: redis.Redis) -> Sample:
    return {"valkey_keys": float(str(keys.dbsize())), "valkey_used_mb": keys.info("memory")["used_memory"] / 2**20}


def grown(samples: list[Sample], name: str) -> tuple[float, float]:
    """What it was after the warm-up (a third of the time) and what it is at the end, each a median."""
    settled = samples[len(samples) // 3 :]
    part = max(1, len(settled) // 4)
    first, last = settled[:part], settled[-part:]
    return (
        round(statistics.median(sample[name] for sample in first), 1),
        round(statistics.median(sample[name] for sample in last), 1),
    )


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
