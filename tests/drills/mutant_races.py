"""Two sessions at once: the second begins while the first is not over, and must end as if it had come afterwards."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.support.database import open_url

PATIENCE_SECONDS = 10.0
LIMITS = "-c lock_timeout=4000 -c house.zone=UTC"
NO_WAIT = "does not wait"
# Who waits for a lock now, and which advisory locks he has got by then.
WAITS = """
SELECT 'waits with ' || (SELECT count(*) FROM pg_locks AS l
                          WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted) || ' advisory locks'
  FROM pg_stat_activity AS a WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' LIMIT 1
"""
Call = tuple[str, tuple[Any, ...]]
Outcome = tuple[Any, ...]
# What differs from run to run and says nothing: ids, times, hashes.
PASSING = {"head", "horizon", "at", "createdAt", "reset_time"}


class World:
    """People made as they are needed, and the ledger's functions, in one database."""

    def __init__(self, url: str) -> None:
        self.db = open_url(url)
        self.db.execute("SET house.zone = 'UTC'")

    def close(self) -> None:
        """Leave the database."""
        self.db.close()

    def one(self, sql: str, *params: Any) -> Any:  # noqa: ANN401 - whatever it selects
        """The one value of a statement."""
        row = self.db.execute(sql, params).fetchone()
        return row[0] if row else None

    def person(self, kind: str, **columns: Any) -> UUID:  # noqa: ANN401 - values of columns
        """A new account with its profile and its wallet."""
        number = uuid4()
        self.db.execute(
            "INSERT INTO accounts_user (id, password, is_superuser, username, first_name, last_name, email, is_staff,"
            " is_active, date_joined) VALUES (%s, '', false, %s, '', '', '', false, true, now())",
            [number, str(number)],
        )
        names = {"viewer": ("alias", "country"), "performer": ("stage_name",)}[kind]
        given = dict.fromkeys(names, "") | columns
        self.db.execute(
            f"INSERT INTO accounts_{kind} (user_id, {', '.join(given)}) VALUES (%s{', %s' * len(given)})",
            [number, *given.values()],
        )
        return number

    def viewer(self, tokens: int = 0) -> UUID:
        """A viewer with this much."""
        viewer = self.person("viewer")
        self.one("SELECT wallet_open_accounts(%s)", viewer)
        if tokens:
            self.one("SELECT wallet_fund(NULL, %s, %s, %s)", str(uuid4()), viewer, tokens)
        return viewer

    def performer(self, earned: int = 0) -> UUID:
        """A verified performer who has earned this much."""
        performer = self.person("performer", verified_at="2026-01-01")
        self.one("SELECT wallet_open_accounts(%s)", performer)
        if earned:
            self.settled(self.viewer(earned), performer, earned)
        return performer

    def hold(self, viewer: UUID, performer: UUID | None, tokens: int, seconds: int = 300) -> UUID:
        """Tokens set aside."""
        placed = self.one(
            "SELECT wallet_place_hold(NULL, %s, %s, %s, %s, %s)", str(uuid4()), viewer, performer, tokens, seconds
        )
        return UUID(placed["hold_id"])

    def settled(self, viewer: UUID, performer: UUID, tokens: int) -> UUID:
        """The transfer of a settlement."""
        held = self.hold(viewer, performer, tokens)
        done = self.one("SELECT wallet_settle_hold(NULL, %s, %s)", str(uuid4()), held)
        return UUID(done["transfer_id"])

    def balances(self, people: tuple[UUID, ...]) -> tuple[Any, ...]:
        """What they all have, by kind, in the order given."""
        return tuple(
            tuple(
                self.db.execute(
                    "SELECT kind, CASE WHEN kind IN ('earned', 'receivable') THEN wallet_summed_balance(id)"
                    " ELSE balance END FROM wallet_account WHERE owner_id = %s ORDER BY kind",
                    [person],
                ).fetchall()
            )
            for person in people
        )

    def let_horizon_pass(self) -> None:
        """Until every transaction that has begun so far, on the whole server, is over."""
        mark = self.one("SELECT pg_current_xact_id()::text::bigint")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while int(self.one("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")) <= mark:
            assert time.monotonic() < deadline, "an old transaction runs somewhere on this server"
            time.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two calls that meet, and the people whose balances tell the end; `then`: what the first goes on to do."""

    first: Call
    second: Call
    people: tuple[UUID, ...] = ()
    then: Call | None = None
    patience_ms: int = 8000


Race = Callable[[World], Meeting]


def call(function: str, *params: Any) -> Call:  # noqa: ANN401 - whatever psycopg adapts
    """A call of a function as a statement."""
    return f"SELECT {function}({', '.join(['%s'] * len(params))})", params


def one_after_the_other(world: World, url: str, race: Race) -> Outcome:
    """How it should end."""
    meeting = race(world)
    with psycopg.connect(url, options=LIMITS) as session:
        session.execute(*meeting.first)
        if meeting.then is not None:
            session.execute(*meeting.then)
    return (*_second(url, meeting), world.balances(meeting.people))


def at_once(world: World, url: str, race: Race, *, watched: bool = False) -> Outcome:
    """How it ends when the second comes while the first still runs; what goes wrong on the way is an end, too.

    Whether the second waits, and what it holds meanwhile, is part of the end where it is watched.
    """
    try:
        meeting = race(world)
        *end, wait = _meet(world, url, meeting)
        return (*end, *([wait] if watched else []), world.balances(meeting.people))
    except psycopg.Error as error:
        return ("error", error.diag.constraint_name or error.sqlstate)


def _meet(world: World, url: str, meeting: Meeting) -> Outcome:
    ends: list[Outcome] = []
    with psycopg.connect(url, options=LIMITS) as session:
        session.execute(*meeting.first)
        other = threading.Thread(target=lambda: ends.append(_second(url, meeting)), daemon=True)
        other.start()
        wait = _until_it_waits(world, other)
        if meeting.then is not None:
            session.execute("SET LOCAL lock_timeout = 400")  # before PostgreSQL looks for a ring, and counts it
            session.execute(*meeting.then)
        session.commit()
    other.join(timeout=PATIENCE_SECONDS)
    assert ends, "the second session hangs"
    return (*ends[0], wait)


def _until_it_waits(world: World, other: threading.Thread) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while other.is_alive():
        wait: str | None = world.one(WAITS)
        if wait is not None:
            return wait
        assert time.monotonic() < deadline, "it neither waits nor ends"
        time.sleep(0.002)
    return NO_WAIT


def _second(url: str, meeting: Meeting) -> Outcome:
    try:
        with psycopg.connect(url, options=f"{LIMITS} -c statement_timeout={meeting.patience_ms}") as session:
            row = session.execute(*meeting.second).fetchone()
            return ("answer", _plain(row[0] if row else None))
    except psycopg.Error as error:
        return ("error", error.diag.constraint_name or error.sqlstate)


def _plain(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """An answer without what differs from run to run."""
    return json.dumps(_without_ids(value), sort_keys=True, default=str)


def _without_ids(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: _without_ids(each) for name, each in value.items() if name not in PASSING and not _is_id(each)}
    if isinstance(value, list):
        return [_without_ids(each) for each in value]
    return None if _is_id(value) else value


def _is_id(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(value, str) and (value.count("-") == 4 or value[:2] == "20")
