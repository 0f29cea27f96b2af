"""With the bare driver: the product's functions, and the same steps one by one in prepared statements."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg

from benchmarks.holds.worker import TOKENS

Connection = psycopg.Connection[Any]


class Functions:
    """The product's functions: one statement each."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def place_hold(self, viewer: str, performer: str, key: str) -> str:
        """Set tokens aside."""
        answer = self._call("SELECT wallet_place_hold(%s, %s, %s, %s, %s, 300)", viewer, key, viewer, performer, TOKENS)
        return str(answer["hold_id"])

    def settle_hold(self, viewer: str, hold: str, key: str) -> None:
        """Pay out."""
        self._call("SELECT wallet_settle_hold(%s, %s, %s, NULL)", viewer, key, hold)

    def refund_hold(self, viewer: str, hold: str, key: str) -> None:
        """Give back."""
        self._call("SELECT wallet_refund_hold(%s, %s, %s, 'user_cancelled')", viewer, key, hold)

    def _call(self, statement: str, *values: object) -> dict[str, Any]:
        answer: dict[str, Any] = one(self.connection, statement, list(values))[0]
        if "refusal" in answer:
            raise RuntimeError(f"Refused: {answer}")
        return answer


class RoundTrips:
    """The same steps one by one, on copies of the same tables, with the same locks in the same order."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def place_hold(self, viewer: str, performer: str, key: str) -> str:
        """Claim the key, lock, look, move, remember."""
        with self.connection.transaction():
            operation = claim(self.connection, viewer, "place_hold", key)
            earned_account(self.connection, performer)
            available, escrow, tokens = lock_wallet(self.connection, viewer)
            if tokens < TOKENS:
                raise RuntimeError("The peer's viewers ran out of tokens")
            hold: uuid.UUID = one(
                self.connection,
                "INSERT INTO wallet_hold (viewer_id, performer_id, amount, expires_at)"
                " VALUES (%s, %s, %s, now() + interval '5 minutes') RETURNING id",
                [viewer, performer, TOKENS],
            )[0]
            post(self.connection, operation, available, escrow, "hold", str(hold))
            remember(self.connection, operation, {"hold_id": str(hold)})
            revision(self.connection, escrow)
        return str(hold)

    def settle_hold(self, viewer: str, hold: str, key: str) -> None:
        """Claim the key, lock, look, move, resolve, remember."""
        with self.connection.transaction():
            operation = claim(self.connection, viewer, "settle_hold", key)
            earned = earned_account(self.connection, lock_hold(self.connection, hold))
            _, escrow, _ = lock_wallet(self.connection, viewer)
            moved = post(self.connection, operation, escrow, earned, "settle", hold)
            resolve(self.connection, hold, moved, "settled", TOKENS)
            remember(self.connection, operation, {"transfer_id": str(moved)})
            revision(self.connection, escrow)

    def refund_hold(self, viewer: str, hold: str, key: str) -> None:
        """The same, back to the viewer."""
        with self.connection.transaction():
            operation = claim(self.connection, viewer, "refund_hold", key)
            lock_hold(self.connection, hold)
            available, escrow, _ = lock_wallet(self.connection, viewer)
            moved = post(self.connection, operation, escrow, available, "refund", hold)
            resolve(self.connection, hold, moved, "refunded", 0)
            remember(self.connection, operation, {"transfer_id": str(moved)})
            revision(self.connection, escrow)


@contextmanager
def functions() -> Iterator[Functions]:
    """The product's way, as the application."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield Functions(connection)


@contextmanager
def round_trips() -> Iterator[RoundTrips]:
    """The peer's way, as the tables' owner, with the peer's tables first."""
    options = "-c search_path=bench_naive,public"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True, options=options) as connection:
        yield RoundTrips(connection)


def one(connection: Connection, statement: str, values: list[Any]) -> Any:  # noqa: ANN401 - a row
    """The statement's only row."""
    row = connection.execute(statement, values).fetchone()
    if row is None:
        raise RuntimeError(f"No row: {statement}")
    return row


def claim(connection: Connection, viewer: str, verb: str, key: str) -> uuid.UUID:
    """The key, ours from now on."""
    statement = (
        "INSERT INTO wallet_operation (actor_id, verb, key, args_hash) VALUES (%s, %s, %s, sha256(%s))"
        " ON CONFLICT DO NOTHING RETURNING id"
    )
    found: uuid.UUID = one(connection, statement, [viewer, verb, key, key.encode()])[0]
    return found


def earned_account(connection: Connection, performer: str) -> uuid.UUID:
    """The performer's account for what she earns."""
    statement = "SELECT id FROM wallet_account WHERE owner_id = %s AND kind = 'earned' AND slice = 0"
    found: uuid.UUID = one(connection, statement, [performer])[0]
    return found


def lock_wallet(connection: Connection, viewer: str) -> tuple[uuid.UUID, uuid.UUID, int]:
    """A viewer's available and escrow, locked in the order of their ids, and what is available."""
    rows = connection.execute(
        "SELECT kind, id, balance FROM wallet_account WHERE owner_id = %s AND kind IN ('available', 'escrow')"
        " ORDER BY id FOR UPDATE",
        [viewer],
    ).fetchall()
    found = {kind: (account, balance) for kind, account, balance in rows}
    return found["available"][0], found["escrow"][0], int(found["available"][1])


def post(
    connection: Connection, operation: uuid.UUID, debit: uuid.UUID, credit: uuid.UUID, code: str, hold: str
) -> uuid.UUID:
    """The movement's row, and the balances of its live sides."""
    statement = (
        "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, hold_id)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
    )
    made: uuid.UUID = one(connection, statement, [debit, credit, TOKENS, code, operation, hold])[0]
    connection.execute(
        "UPDATE wallet_account SET balance = balance + CASE WHEN id = %s THEN %s ELSE -%s END, version = version + 1,"
        " revision = revision + (kind = 'escrow')::integer"
        " WHERE id IN (%s, %s) AND kind IN ('available', 'escrow')",
        [credit, TOKENS, TOKENS, debit, credit],
    )
    return made


def lock_hold(connection: Connection, hold: str) -> str:
    """Lock an open hold; whose it is."""
    row = one(connection, "SELECT performer_id, state FROM wallet_hold WHERE id = %s FOR NO KEY UPDATE", [hold])
    if row[1] != "held":
        raise RuntimeError("Resolved twice")
    return str(row[0])


def resolve(connection: Connection, hold: str, moved: uuid.UUID, state: str, settled: int) -> None:
    """The hold's one resolution."""
    connection.execute(
        "UPDATE wallet_hold SET state = %s, settled_amount = %s, resolved_by_id = %s, resolved_at = now()"
        " WHERE id = %s",
        [state, settled, moved, hold],
    )


def revision(connection: Connection, escrow: uuid.UUID) -> None:
    """The wallet's version for the wire."""
    one(connection, "SELECT revision FROM wallet_account WHERE id = %s", [escrow])


def remember(connection: Connection, operation: uuid.UUID, result: dict[str, str]) -> None:
    """The key's answer."""
    connection.execute(
        "UPDATE wallet_operation SET result = %s WHERE id = %s", [orjson.dumps(result).decode(), operation]
    )
