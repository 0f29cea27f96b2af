"""Mutants of what the functions of presence say, and the scenes that tell them from the original."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from tests.drills.mutant_races import World
from tests.drills.mutants import Guard
from tests.support.database import Connection

SIGN_IN = """
INSERT INTO accounts_signin (id, user_id, kind, idle_seconds, idle_until, ends_at, end_reason)
VALUES (gen_random_uuid(), %s, 'token', 60, now() + %s * interval '1 second', now() + interval '1 day', '') RETURNING id
"""
END = "UPDATE accounts_signin SET ended_at = clock_timestamp(), end_reason = 'signed_out' WHERE id = %s"
LEFT = "SELECT extract(epoch FROM expires_at - clock_timestamp())::float > 50 FROM presence_lease WHERE sign_in_id = %s"
AGE = "UPDATE presence_lease SET expires_at = clock_timestamp() - %s * interval '1 hour' WHERE sign_in_id = %s"
BODY = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = %s"
LONG, SHORT = 100, 30

#: (function, what it says, what it says then, which of several times)
LINES: list[tuple[str, str, str, int]] = [
    ("presence_renew", "DISTINCT ", "", 0),
    ("presence_renew", " AND s.ended_at IS NULL", "", 0),
    ("presence_renew", " AND s.ended_at IS NULL", "", 1),
    ("presence_renew", " AND s.idle_until > v_now", "", 0),
    ("presence_renew", " AND s.idle_until > v_now", "", 1),
    ("presence_renew", " AND o.ended_at IS NULL", "", 0),
    ("presence_renew", " AND l.expires_at > v_now", "", 0),
    ("presence_renew", "lease.opened_socket OR ", "", 0),
    ("presence_renew", "lease.expires_at > v_now THEN lease.since", "true THEN lease.since", 0),
    ("presence_renew", "lease.expires_at > v_now THEN lease.since", "false THEN lease.since", 0),
    ("presence_renew", "WHEN 'socket' THEN EXCLUDED.expires_at", "WHEN 'socket' THEN lease.expires_at", 0),
    ("presence_renew", "GREATEST(lease.expires_at, EXCLUDED.expires_at)", "EXCLUDED.expires_at", 0),
    ("presence_renew", "p_kind <> 'bearer' OR ", "", 0),
    ("presence_renew", " OR NOT lease.opened_socket", " OR true", 0),
    ("presence_renew", "max(expires_at)", "min(expires_at)", 0),
    ("presence_until", "max(", "min(", 0),
    ("presence_until", "LEAST(l.expires_at, s.ended_at)", "l.expires_at", 0),
    ("presence_covers", " AND l.since <= p_at", "", 0),
    ("presence_covers", "LEAST(l.expires_at, s.ended_at)", "l.expires_at", 0),
    ("presence_covers", "LEAST(l.expires_at, s.ended_at) > p_at", "true", 0),
    ("presence_forget", "::date - 1", "::date + 2", 0),
    ("presence_forget", "LIMIT p_limit", "", 0),
]


def lines(superuser: Connection) -> Iterator[Guard]:
    """Each as a mutant; a text that is no longer there fails."""
    for function, right, wrong, number in LINES:
        row = superuser.execute(BODY, [function]).fetchone()
        assert row is not None, function
        body = str(row[0])
        parts = body.split(right)
        assert len(parts) > number + 1, f"{function} no longer says {right!r}"
        changed = right.join(parts[: number + 1]) + wrong + right.join(parts[number + 1 :])
        yield Guard(function, number + 1, f"{right.strip()!r} -> {wrong.strip()!r}", body, changed)


def sign_in(world: World, owner: UUID, seconds: int = 3600) -> UUID:
    """A way in that is open, for so long if nobody uses it."""
    return UUID(str(world.one(SIGN_IN, owner, seconds)))


def renew(world: World, kind: str, seconds: int, *ways: UUID) -> tuple[int, bool]:
    """A sign of life by each: how many people are back by it, and whether the longest lease is a long one."""
    told = world.one("SELECT presence_renew(%s::uuid[], %s, %s)", list(ways), kind, seconds)
    until = world.one("SELECT %s::timestamptz > clock_timestamp() + interval '50 seconds'", told["until"])
    return len(told["returned"]), bool(until)


def who_is_back(world: World) -> list[Any]:
    """By two ways in, after all ended, by one that has ended or was not used for long, by one that outlived another."""
    one, two, three = (world.performer() for _ in range(3))
    ways = [sign_in(world, one) for _ in range(2)]
    told = [renew(world, "poll", LONG, *ways), renew(world, "poll", SHORT, *ways)]
    told += [renew(world, "socket", 0, *ways), renew(world, "poll", LONG, *ways)]
    ended, unused = sign_in(world, two), sign_in(world, three, seconds=-1)
    world.db.execute(END, [ended])
    told += [renew(world, "poll", LONG, ended), renew(world, "poll", LONG, unused)]
    told.append(renew(world, "poll", SHORT, sign_in(world, two)))
    lasting = sign_in(world, three)
    told.append(renew(world, "poll", LONG, lasting))
    world.db.execute(END, [lasting])
    told.append(renew(world, "poll", SHORT, sign_in(world, three)))
    far = [sign_in(world, one) for _ in range(2)]
    return [*told, renew(world, "poll", LONG, far[0]), renew(world, "poll", SHORT, *far)]


def how_long_a_lease_is(world: World) -> list[Any]:
    """After each sign of life of one way in: whether it is a long one, and whether it lives on without a gap."""
    told = []
    for signs in (
        [("poll", LONG), ("poll", SHORT)],
        [("poll", LONG), ("socket", SHORT), ("bearer", LONG)],
        [("socket", SHORT), ("poll", SHORT), ("bearer", LONG), ("poll", LONG)],
        [("bearer", LONG), ("socket", 0), ("socket", SHORT)],
    ):
        way, since = sign_in(world, world.performer()), None
        for kind, seconds in signs:
            renew(world, kind, seconds, way)
            began = world.one("SELECT since FROM presence_lease WHERE sign_in_id = %s", way)
            told.append((world.one(LEFT, way), began == since))
            since = began
    return told


def who_is_there(world: World) -> list[Any]:
    """Until when, and at which moments, by two ways in of which the longer one ends."""
    owner = world.performer()
    far, near = sign_in(world, owner), sign_in(world, owner)
    renew(world, "poll", LONG, far)
    renew(world, "poll", SHORT, near)
    before = _there(world, owner)
    world.db.execute(END, [far])
    return [before, _there(world, owner)]


def _there(world: World, owner: UUID) -> list[bool]:
    moments = ("- interval '1 hour'", "+ interval '1 second'", "+ interval '50 seconds'", "+ interval '1 hour'")
    until = world.one("SELECT presence_until(%s) > clock_timestamp() + interval '50 seconds'", owner)
    return [
        until,
        *(bool(world.one(f"SELECT presence_covers(%s, clock_timestamp() {moment})", owner)) for moment in moments),
    ]


def what_is_forgotten(world: World) -> list[Any]:
    """Two that ended days ago, at most one at a time, then the other; none that ended an hour ago."""
    world.one("SELECT presence_forget(1000)")
    for hours in (200, 200, 1):
        way = sign_in(world, world.performer())
        renew(world, "poll", SHORT, way)
        world.db.execute(AGE, [hours, way])
    return [world.one("SELECT presence_forget(1)"), world.one("SELECT presence_forget(1000)")]


SCENES: list[Callable[[World], list[Any]]] = [who_is_back, how_long_a_lease_is, who_is_there, what_is_forgotten]
