"""One client process of the hold-and-settle comparison.

`python -m benchmarks.holds_worker function|round_trips SECONDS`

Reads from its standard input whose tokens to move, works with four threads until the time is over, and writes how many
cycles it finished. A cycle is a hold, committed, and its settlement, committed.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

import orjson
import psycopg

THREADS = 4
TOKENS = 5
Connection = psycopg.Connection[Any]
Cycle = Callable[[Connection, Random], None]


def by_function(viewers: list[str], performers: list[str]) -> Cycle:
    """The product's functions: one statement each."""

    def cycle(connection: Connection, random: Random) -> None:
        viewer, performer = random.choice(viewers), random.choice(performers)
        key = str(uuid.uuid4())
        placed = connection.execute(
            "SELECT wallet_place_hold(%s, %s, %s, %s, %s, 300)", [viewer, key, viewer, performer, TOKENS]
        ).fetchone()
        hold = placed[0]["hold_id"] if placed else None
        settled = connection.execute("SELECT wallet_settle_hold(%s, %s, %s, NULL)", [viewer, key, hold]).fetchone()
        if not settled or "refusal" in settled[0]:
            raise RuntimeError(f"Refused: {settled}")

    return cycle


def by_round_trips(_viewers: list[str], _performers: list[str]) -> Cycle:
    """The same steps one by one, on the peer's tables, with the same locks in the same order."""

    def cycle(connection: Connection, random: Random) -> None:
        viewer, performer, key = random.randint(1, 100), random.randint(1, 100), str(uuid.uuid4())
        with connection.transaction():
            hold = hold_step_by_step(connection, viewer, performer, key)
        with connection.transaction():
            settle_step_by_step(connection, viewer, hold, key)

    return cycle


def hold_step_by_step(connection: Connection, viewer: int, performer: int, key: str) -> uuid.UUID:
    """Claim the key, lock, look, move, remember."""
    operation = claim(connection, viewer, "place_hold", key)
    available, escrow = lock_wallet(connection, viewer)
    if available[1] < TOKENS:
        raise RuntimeError("The peer's viewers ran out of tokens")
    hold = one(
        connection,
        "INSERT INTO rt_hold (viewer, performer, amount, expires_at)"
        " VALUES (%s, %s, %s, now() + interval '5 minutes') RETURNING id",
        [viewer, performer, TOKENS],
    )[0]
    transfer(connection, operation, available[0], escrow[0], "hold", hold)
    move(connection, available[0], -TOKENS)
    move(connection, escrow[0], TOKENS)
    remember(connection, operation, {"hold": str(hold)})
    return uuid.UUID(str(hold))


def settle_step_by_step(connection: Connection, viewer: int, hold: uuid.UUID, key: str) -> None:
    """Claim the key, lock, look, move, resolve, remember."""
    operation = claim(connection, viewer, "settle_hold", key)
    row = one(connection, "SELECT performer, amount, state FROM rt_hold WHERE id = %s FOR UPDATE", [hold])
    if row[2] != "held":
        raise RuntimeError("Settled twice")
    _, escrow = lock_wallet(connection, viewer)
    earned = one(connection, "SELECT id FROM rt_account WHERE owner = %s AND kind = 'earned'", [row[0]])
    moved = transfer(connection, operation, escrow[0], earned[0], "settle", hold)
    move(connection, escrow[0], -TOKENS)
    connection.execute(
        "UPDATE rt_hold SET state = 'settled', settled_amount = amount, resolved_by = %s, resolved_at = now()"
        " WHERE id = %s",
        [moved, hold],
    )
    remember(connection, operation, {"transfer": str(moved)})


def one(connection: Connection, statement: str, values: list[Any]) -> Any:  # noqa: ANN401 - a row
    """The statement's only row."""
    row = connection.execute(statement, values).fetchone()
    if row is None:
        raise RuntimeError(f"No row: {statement}")
    return row


def claim(connection: Connection, viewer: int, verb: str, key: str) -> uuid.UUID:
    """The key, ours from now on."""
    row = one(
        connection,
        "INSERT INTO rt_operation (actor, verb, key, args_hash) VALUES (%s, %s, %s, sha256(%s))"
        " ON CONFLICT DO NOTHING RETURNING id",
        [viewer, verb, key, key.encode()],
    )
    return uuid.UUID(str(row[0]))


def lock_wallet(connection: Connection, viewer: int) -> list[tuple[int, int]]:
    """A viewer's two accounts, locked in the order of their ids: available, escrow."""
    rows = connection.execute(
        "SELECT id, balance FROM rt_account WHERE owner = %s AND kind IN ('available', 'escrow')"
        " ORDER BY id FOR UPDATE",
        [viewer],
    ).fetchall()
    return [(int(row[0]), int(row[1])) for row in rows]


def transfer(
    connection: Connection, operation: uuid.UUID, debit: int, credit: int, code: str, hold: uuid.UUID
) -> uuid.UUID:
    """The movement's row."""
    statement = (
        "INSERT INTO rt_transfer (debit, credit, amount, code, operation, hold)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
    )
    return uuid.UUID(str(one(connection, statement, [debit, credit, TOKENS, code, operation, hold])[0]))


def move(connection: Connection, account: int, tokens: int) -> None:
    """Change a balance."""
    connection.execute(
        "UPDATE rt_account SET balance = balance + %s, version = version + 1 WHERE id = %s", [tokens, account]
    )


def remember(connection: Connection, operation: uuid.UUID, result: dict[str, str]) -> None:
    """The key's answer."""
    connection.execute("UPDATE rt_operation SET result = %s WHERE id = %s", [orjson.dumps(result).decode(), operation])


def work(url: str, cycle: Cycle, until: float, counts: list[int]) -> None:
    """One thread: cycles until the time is over."""
    done = 0
    with psycopg.connect(url, autocommit=True, options="-c search_path=public,bench_naive") as connection:
        random = Random()
        while time.monotonic() < until:
            cycle(connection, random)
            done += 1
    counts.append(done)


def main() -> None:
    """Run the threads and tell the number of cycles."""
    told = orjson.loads(sys.stdin.buffer.read())
    kind = {"function": by_function, "round_trips": by_round_trips}[sys.argv[1]]
    url = os.environ["DATABASE_URL" if sys.argv[1] == "function" else "DATABASE_OWNER_URL"]
    cycle, counts = kind(told["viewers"], told["performers"]), list[int]()
    until = time.monotonic() + float(sys.argv[2])
    threads = [threading.Thread(target=work, args=(url, cycle, until, counts)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) < THREADS:
        raise SystemExit("A thread failed")
    sys.stdout.write(str(sum(counts)))


if __name__ == "__main__":
    main()
