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


def by_round_trips(viewers: list[str], performers: list[str]) -> Cycle:
    """The same steps one by one, on copies of the same tables, with the same locks in the same order."""

    def cycle(connection: Connection, random: Random) -> None:
        viewer, performer, key = random.choice(viewers), random.choice(performers), str(uuid.uuid4())
        with connection.transaction():
            hold = hold_step_by_step(connection, viewer, performer, key)
        with connection.transaction():
            settle_step_by_step(connection, viewer, hold, key)

    return cycle


def hold_step_by_step(connection: Connection, viewer: str, performer: str, key: str) -> uuid.UUID:
    """Claim the key, lock, look, move, remember."""
    operation = claim(connection, viewer, "place_hold", key)
    earned_account(connection, performer)
    available, escrow, tokens = lock_wallet(connection, viewer)
    if tokens < TOKENS:
        raise RuntimeError("The peer's viewers ran out of tokens")
    hold: uuid.UUID = one(
        connection,
        "INSERT INTO rt_hold (viewer_id, performer_id, amount, expires_at)"
        " VALUES (%s, %s, %s, now() + interval '5 minutes') RETURNING id",
        [viewer, performer, TOKENS],
    )[0]
    post(connection, operation, available, escrow, "hold", hold)
    remember(connection, operation, {"hold_id": str(hold)})
    revision(connection, escrow)
    return hold


def settle_step_by_step(connection: Connection, viewer: str, hold: uuid.UUID, key: str) -> None:
    """Claim the key, lock, look, move, resolve, remember."""
    operation = claim(connection, viewer, "settle_hold", key)
    row = one(connection, "SELECT performer_id, state FROM rt_hold WHERE id = %s FOR UPDATE", [hold])
    if row[1] != "held":
        raise RuntimeError("Settled twice")
    earned = earned_account(connection, row[0])
    _, escrow, _ = lock_wallet(connection, viewer)
    moved = post(connection, operation, escrow, earned, "settle", hold)
    connection.execute(
        "UPDATE rt_hold SET state = 'settled', settled_amount = amount, resolved_by_id = %s, resolved_at = now()"
        " WHERE id = %s",
        [moved, hold],
    )
    remember(connection, operation, {"transfer_id": str(moved)})
    revision(connection, escrow)


def one(connection: Connection, statement: str, values: list[Any]) -> Any:  # noqa: ANN401 - a row
    """The statement's only row."""
    row = connection.execute(statement, values).fetchone()
    if row is None:
        raise RuntimeError(f"No row: {statement}")
    return row


def claim(connection: Connection, viewer: str, verb: str, key: str) -> uuid.UUID:
    """The key, ours from now on."""
    statement = (
        "INSERT INTO rt_operation (actor_id, verb, key, args_hash) VALUES (%s, %s, %s, sha256(%s))"
        " ON CONFLICT DO NOTHING RETURNING id"
    )
    found: uuid.UUID = one(connection, statement, [viewer, verb, key, key.encode()])[0]
    return found


def earned_account(connection: Connection, performer: str) -> uuid.UUID:
    """The performer's account for what she earns."""
    statement = "SELECT id FROM rt_account WHERE owner_id = %s AND kind = 'earned' AND slice = 0"
    found: uuid.UUID = one(connection, statement, [performer])[0]
    return found


def lock_wallet(connection: Connection, viewer: str) -> tuple[uuid.UUID, uuid.UUID, int]:
    """A viewer's available and escrow, locked in the order of their ids, and what is available."""
    rows = connection.execute(
        "SELECT kind, id, balance FROM rt_account WHERE owner_id = %s AND kind IN ('available', 'escrow')"
        " ORDER BY id FOR UPDATE",
        [viewer],
    ).fetchall()
    found = {kind: (account, balance) for kind, account, balance in rows}
    return found["available"][0], found["escrow"][0], int(found["available"][1])


def post(
    connection: Connection, operation: uuid.UUID, debit: uuid.UUID, credit: uuid.UUID, code: str, hold: uuid.UUID
) -> uuid.UUID:
    """The movement's row, and the balances of its live sides."""
    statement = (
        "INSERT INTO rt_transfer (debit_account_id, credit_account_id, amount, code, group_id, hold_id)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
    )
    made: uuid.UUID = one(connection, statement, [debit, credit, TOKENS, code, operation, hold])[0]
    connection.execute(
        "UPDATE rt_account SET balance = balance + CASE WHEN id = %s THEN %s ELSE -%s END, version = version + 1,"
        " revision = revision + (kind = 'escrow')::integer"
        " WHERE id IN (%s, %s) AND kind IN ('available', 'escrow')",
        [credit, TOKENS, TOKENS, debit, credit],
    )
    return made


def revision(connection: Connection, escrow: uuid.UUID) -> None:
    """The wallet's version for the wire."""
    one(connection, "SELECT revision FROM rt_account WHERE id = %s", [escrow])


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
