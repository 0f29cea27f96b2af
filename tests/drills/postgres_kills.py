"""SIGKILL for PostgreSQL and all its processes at once, again and again, under load: nothing that was said is unsaid.

`python -m tests.drills.postgres_kills --kills 20`; with `--careless` the same on a server that confirms before it has
written (`synchronous_commit = off`): then the books must show losses, else they could not show any.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from random import Random

import psycopg
from psycopg import sql

from tests.drills.place import Servers, close_connections, own_database, own_servers
from tests.drills.report import Figures, keep, percentiles, tell

SERVER = "PostgreSQL"
VIEWERS, PERFORMERS = 20, 4


def main() -> int:
    """Run it; 1 where something was lost, or, careless, where nothing was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--careless", action="store_true")
    asked = parser.parse_args()
    with own_servers("postgres-kills") as servers, own_database("kills", connections=asked.threads + 2):
        confirm_when_written(servers, yes=not asked.careless)
        try:
            figures = storm(servers, asked.kills, asked.threads)
        finally:
            confirm_when_written(servers, yes=True)
    figures["synchronous_commit"] = "off" if asked.careless else "on"
    tell(figures)
    return int(not figures["LOST"]) if asked.careless else int(any(figures[name] for name in figures if name.isupper()))


def confirm_when_written(servers: Servers, *, yes: bool) -> None:
    """Whether the application's sessions wait for the disk before they say that something is done."""
    with psycopg.connect(servers.postgres.url("superuser", "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER ROLE app SET synchronous_commit = {}").format(sql.Literal("on" if yes else "off"))
        )


def storm(servers: Servers, kills: int, threads: int) -> Figures:
    """Clients at work while the server dies under them; then the books."""
    from tests.drills.books import judge
    from tests.drills.traffic import Client, crowd, endow, populate

    town = populate(VIEWERS, PERFORMERS)
    clients = [Client(number, town) for number in range(threads)]
    endow(clients[0])
    over = threading.Event()
    failures: list[BaseException] = []
    load = threading.Thread(target=lambda: failures.extend(crowd(clients, lambda: not over.is_set())))
    load.start()

    def acknowledged() -> int:
        return sum(len(client.deeds) for client in clients)

    restarts, silences = [], []
    try:
        for number in range(kills):
            restart, silence = kill_once(servers, acknowledged, Random(number))
            restarts.append(restart)
            silences.append(silence)
    finally:
        over.set()
        load.join()
    close_connections()
    deeds = [deed for client in clients for deed in client.deeds]
    return {
        "drill": "postgres_kills",
        "kills": kills,
        "threads": threads,
        "acknowledged": len(deeds),
        "asked_again": sum(deed.tries > 1 for deed in deeds),
        "connection_errors": sum(client.errors for client in clients),
        "restart_seconds": percentiles(restarts),
        "silence_seconds": percentiles(silences),
        **judge(deeds, [*town.viewers, *town.performers]).figures(),
        "ANSWERS_WRONG": sum(len(client.wrong) for client in clients),
        "FAILURES": len(failures),
        "history": keep("postgres_kills", deeds),
    }


def kill_once(servers: Servers, acknowledged: Callable[[], int], chance: Random) -> tuple[float, float]:
    """Let a random number of deeds through, kill, start again; how long the start and the clients' silence took."""
    until_more(acknowledged, chance.randint(150, 600))
    before, killed = acknowledged(), time.monotonic()
    servers.kill(SERVER)
    restart = servers.start(SERVER)
    until_more(acknowledged, 1, since=before)
    return restart, time.monotonic() - killed


def until_more(count: Callable[[], int], more: int, *, since: int | None = None) -> None:
    """Wait until the clients have heard of so many more deeds."""
    goal, deadline = (count() if since is None else since) + more, time.monotonic() + 60
    while count() < goal:
        assert time.monotonic() < deadline, "the clients are stuck"
        time.sleep(0.005)


if __name__ == "__main__":
    raise SystemExit(main())
