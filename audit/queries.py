"""Reading the audit log: is it whole?"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

# The block's own columns must hash to its hash, and its first link must be the hash before it.
_CHAIN = """
SELECT s.id,
       s.prev_hash = lag(s.hash, 1, sha256('model-menus audit'::bytea)) OVER (ORDER BY s.id),
       s.hash = audit_block_hash(s.prev_hash, s.epoch, s.floor_id, s.from_xid, s.upto_xid, s.ids, s.digests)
  FROM audit_seal s ORDER BY s.id
"""

# What the block's seal says against what the table holds in its span of transactions: rows that are missing,
# rows that were slipped in, rows that read differently.
_ROWS = """
WITH seal AS (SELECT * FROM audit_seal WHERE id = %s),
ceiling AS (
  SELECT min(n.floor_id) AS id FROM audit_seal n, seal s WHERE n.epoch = s.epoch + 1
),
sealed AS (
  SELECT u.id, substring(s.digests FROM ((u.n - 1) * 32 + 1)::int FOR 32) AS digest
    FROM seal s, unnest(s.ids) WITH ORDINALITY AS u (id, n)
),
found AS (
  SELECT e.id, audit_entry_digest(e) AS digest
    FROM audit_auditentry e, seal s, ceiling c
   WHERE e.id > s.floor_id AND e.created_xid >= s.from_xid AND e.created_xid < s.upto_xid
     AND (c.id IS NULL OR e.id <= c.id)
)
SELECT coalesce(sealed.id, found.id) AS id,
       CASE WHEN found.id IS NULL THEN 'missing' WHEN sealed.id IS NULL THEN 'slipped in' ELSE 'changed' END
  FROM sealed FULL JOIN found USING (id)
 WHERE sealed.digest IS DISTINCT FROM found.digest
 ORDER BY 1 LIMIT 1
"""

_UNSEALED = """
SELECT count(*), coalesce(max(now() - e.created_at), interval '0')
  FROM audit_auditentry e
 WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE e.id = ANY (s.ids))
"""


@dataclass(frozen=True, slots=True)
class Break:
    """Where the log is not what was sealed."""

    seal_id: int
    what: str
    entry_id: int | None = None

    def __str__(self) -> str:
        entry = f"entry {self.entry_id} " if self.entry_id is not None else ""
        return f"seal {self.seal_id}: {entry}{self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole log found."""

    seals: int
    unsealed: int
    oldest_unsealed_seconds: float
    first_break: Break | None

    @property
    def whole(self) -> bool:
        """Whether every sealed entry reads as it did when it was sealed."""
        return self.first_break is None


def verify() -> Verdict:
    """Check every seal from the first to the last: the chain, then its rows. Names the first break."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN)
        chain = cursor.fetchall()
        first_break = next((found for link in chain if (found := _check(link))), None)
        cursor.execute(_UNSEALED)
        unsealed, oldest = cursor.fetchone()
    return Verdict(len(chain), unsealed, oldest.total_seconds(), first_break)


def holds_head(head: str) -> bool:
    """Whether a head noted earlier (hex) is still part of the chain: it is not, where the chain's end was cut off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audit_seal WHERE encode(hash, 'hex') = %s)", [head.lower()])
        return bool(cursor.fetchone()[0])


def _check(link: tuple[int, bool, bool]) -> Break | None:
    seal_id, chained, hashed = link
    if not chained:
        return Break(seal_id, "is not chained to the seal before it")
    if not hashed:
        return Break(seal_id, "does not hash to its own hash")
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [seal_id])
        row = cursor.fetchone()
    return Break(seal_id, row[1], row[0]) if row else None
