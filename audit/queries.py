"""Reading the hash chains: are the logs whole?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from audit.chains import AUDIT_LOG, CHAINS, Chain
from core.auditor import Cursor
from core.invariants import rows_of


@dataclass(frozen=True, slots=True)
class Break:
    """Where a table is not what was sealed."""

    seal_id: int
    what: str
    entry_id: str | None = None

    def __str__(self) -> str:
        entry = f"entry {self.entry_id} " if self.entry_id is not None else ""
        return f"seal {self.seal_id}: {entry}{self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a whole chain found."""

    seals: int
    unsealed: int
    oldest_unsealed_seconds: float
    first_break: Break | None

    @property
    def whole(self) -> bool:
        """Whether every sealed row reads as it did when it was sealed."""
        return self.first_break is None


@dataclass(frozen=True, slots=True)
class Head:
    """A chain's end: a hash (hex) to be noted in a second place, and what waits for the next block."""

    chain: str
    seals: int
    hash: str
    sealed_at: datetime | None
    unsealed: int
    oldest_unsealed_seconds: float


def verify(chain: Chain = AUDIT_LOG) -> Verdict:
    """Check every seal from the first to the last: the chain, then its rows. Names the first break."""
    with connection.cursor() as cursor:
        broken = rows_of(cursor, chain.breaks)
        head = head_of(cursor, chain)
    first_break = _break(chain, broken[0]) if broken else None
    return Verdict(head.seals, head.unsealed, head.oldest_unsealed_seconds, first_break)


def head_of(cursor: Cursor, chain: Chain) -> Head:
    """The chain's end, by a cursor of the caller's: two statements."""
    cursor.execute(chain.head)
    found = cursor.fetchall()
    seals, value, sealed_at = found[0] if found else (0, "", None)
    cursor.execute(chain.unsealed)
    unsealed, oldest = cursor.fetchall()[0]
    return Head(chain.rows, seals, value, sealed_at, unsealed, float(oldest))


def holds_head(head: str) -> bool:
    """Whether a head noted earlier (hex) is still part of a chain: it is not, where the chain's end was cut off."""
    with connection.cursor() as cursor:
        for chain in CHAINS:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {chain.seals} WHERE encode(hash, 'hex') = %s)",  # noqa: S608 - our names
                [head.lower()],
            )
            if cursor.fetchone()[0]:
                return True
    return False


def _break(chain: Chain, row: dict[str, Any]) -> Break:
    table, number = str(row["row"]).split()
    return Break(row["seal"], row["what"], number if table == chain.rows else None)
