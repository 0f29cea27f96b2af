"""What must hold at every instant: one SQL each, which finds the rows that break it.

Tests, the command `reconcile` and the staff's page run these same statements. Every app adds its own with `also_check`
in its `apps.ready`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.auditor import Cursor, one_instant


@dataclass(frozen=True, slots=True)
class Invariant:
    """Its number, what it says, and the SQL that finds what breaks it: `row` names the row, the rest says why.

    A `timely` one is about promptness: it holds only while the worker runs.
    """

    code: str
    says: str
    sql: str
    timely: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant and the rows that break it; none: it holds."""

    invariant: Invariant
    broken: list[dict[str, Any]]


KEYS_ARE_ANSWERED = Invariant(
    "I10",
    "every idempotency key that was committed has its answer",
    "SELECT 'core_idempotencykey ' || id AS row, created_at FROM core_idempotencykey WHERE status IS NULL",
)

INVARIANTS: list[Invariant] = []


def also_check(*more: Invariant) -> None:
    """Check these too from now on; again: nothing."""
    INVARIANTS.extend(invariant for invariant in more if invariant not in INVARIANTS)


def in_order() -> list[Invariant]:
    """All of them, by number."""
    return sorted(INVARIANTS, key=lambda invariant: int(invariant.code.removeprefix("I")))


def findings(*, seconds: int = 0, timely: bool = True) -> list[Finding]:
    """Every invariant with the rows that break it, all of one instant; each for at most so many seconds (0: no limit).

    `timely=False` leaves out those that need a running worker.
    """
    with one_instant(seconds=seconds) as cursor:
        return findings_of(cursor, timely=timely)


def findings_of(cursor: Cursor, *, timely: bool = True) -> list[Finding]:
    """The same, by a cursor of the caller's."""
    chosen = [invariant for invariant in in_order() if timely or not invariant.timely]
    return [Finding(invariant, rows_of(cursor, invariant.sql)) for invariant in chosen]


def rows_of(cursor: Cursor, sql: str) -> list[dict[str, Any]]:
    """What a statement without parameters finds, by the columns' names."""
    cursor.execute(sql)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
