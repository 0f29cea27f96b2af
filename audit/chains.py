"""Hash chains over append-only tables: what is sealed where, and the SQL that finds what no longer fits its seal.

Each block seals the rows of a span of transactions, row by row, and is chained to the block before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.invariants import Invariant, also_check

PROMPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain: the table it seals, the table of its seals, and the functions and words that belong to them."""

    says: str
    rows: str
    seals: str
    prefix: str
    digest: str
    genesis: str
    sealed_pairs: str

    @property
    def seal(self) -> str:
        """The function that seals what is surely over."""
        return f"{self.prefix}_seal_block"

    @property
    def new_epoch(self) -> str:
        """The owner's function for the first start after a restore."""
        return f"{self.prefix}_new_epoch"

    @property
    def invariants(self) -> tuple[Invariant, Invariant]:
        """That every sealed row reads as it did, and that nothing waits long for its seal."""
        return (
            Invariant("I11", f"{self.says} read as they were sealed, and the chain of seals is whole", self.breaks),
            Invariant("I11", f"{self.says} are sealed within {PROMPT_SECONDS} seconds", self.late, timely=True),
        )

    @property
    def breaks(self) -> str:
        """Every row and every seal that does not fit, the earliest seal first."""
        return BREAKS.format(**self._names())

    @property
    def unsealed(self) -> str:
        """How many rows wait for a seal, and for how many seconds the oldest does."""
        return UNSEALED.format(**self._names())

    @property
    def late(self) -> str:
        """Rows that wait too long although the horizon has passed them; what it has not passed, nobody can seal."""
        return LATE.format(**self._names(), seconds=PROMPT_SECONDS)

    @property
    def head(self) -> str:
        """How many seals there are, the last one's hash (hex) and time."""
        return HEAD.format(**self._names())

    def _names(self) -> dict[str, str]:
        return {
            "rows": self.rows,
            "seals": self.seals,
            "prefix": self.prefix,
            "digest": self.digest,
            "genesis": self.genesis,
            "pairs": self.sealed_pairs,
        }


# The block's own columns must hash to its hash, its first link must be the hash before it; then what its seal says
# against what the table holds in its span of transactions: rows that are missing, rows that were slipped in, rows that
# read differently. An epoch's rows lie above its floor and not above the next one's.
BREAKS = """
WITH links AS (
  SELECT id AS seal, prev_hash = lag(hash, 1, sha256('{genesis}'::bytea)) OVER (ORDER BY id) AS chained,
         hash = {prefix}_block_hash(prev_hash, epoch, floor_id, from_xid, upto_xid, ids, digests) AS hashed
  FROM {seals}
), sealed AS (
  SELECT s.id AS seal, pair.id, pair.digest FROM {seals} AS s CROSS JOIN LATERAL ({pairs}) AS pair
), found AS (
  SELECT s.id AS seal, e.id, {digest}(e) AS digest FROM {seals} AS s
  LEFT JOIN LATERAL (
    SELECT floor_id FROM {seals} AS later WHERE later.epoch = s.epoch + 1 ORDER BY later.id LIMIT 1) AS next ON true
  JOIN {rows} AS e ON e.created_xid >= s.from_xid AND e.created_xid < s.upto_xid AND e.id > s.floor_id
    AND (next.floor_id IS NULL OR e.id <= next.floor_id)
), broken AS (
  SELECT seal, NULL::text AS id,
         CASE WHEN chained THEN 'does not hash to its own hash' ELSE 'is not chained to the seal before it' END AS what
  FROM links WHERE NOT (chained AND hashed)
  UNION ALL
  SELECT seal, COALESCE(sealed.id, found.id)::text,
         CASE WHEN found.id IS NULL THEN 'missing' WHEN sealed.id IS NULL THEN 'slipped in' ELSE 'changed' END
  FROM sealed FULL JOIN found USING (seal, id) WHERE sealed.digest IS DISTINCT FROM found.digest
)
SELECT COALESCE('{rows} ' || id, '{seals} ' || seal) AS row, seal, what FROM broken
ORDER BY seal, id IS NOT NULL, length(id), id
"""

WAITING = """
FROM {rows} AS e LEFT JOIN (SELECT * FROM {seals} ORDER BY id DESC LIMIT 1) AS last ON true
WHERE last.id IS NULL OR CASE
  WHEN last.upto_xid < '18446744073709551615' THEN e.id > last.floor_id AND e.created_xid >= last.upto_xid
  ELSE NOT EXISTS (SELECT FROM {seals} AS s WHERE e.id = ANY (s.ids)) END
"""

UNSEALED = (
    "SELECT count(*), COALESCE(extract(epoch FROM max(now() - e.created_at)), 0)::float"  # noqa: S608 - constants
    + WAITING
)

LATE = (
    "SELECT '{rows} ' || waiting.id AS row, created_at"  # noqa: S608 - constants
    " FROM (SELECT e.id, e.created_at, e.created_xid"
    + WAITING
    + ") AS waiting WHERE created_at < statement_timestamp() - interval '{seconds} seconds'"
    " AND created_xid < pg_snapshot_xmin(pg_current_snapshot())"
)

HEAD = """
SELECT (SELECT count(*) FROM {seals}), encode(hash, 'hex'), sealed_at FROM {seals} ORDER BY id DESC LIMIT 1
"""

AUDIT_LOG = Chain(
    says="the audit log's entries",
    rows="audit_auditentry",
    seals="audit_seal",
    prefix="audit",
    digest="audit_entry_digest",
    genesis="model-menus audit",
    sealed_pairs="SELECT u.id, substring(s.digests FROM ((u.n - 1) * 32 + 1)::int FOR 32) AS digest"
    " FROM unnest(s.ids) WITH ORDINALITY AS u (id, n)",
)

CHAINS: list[Chain] = []


def watch(chain: Chain) -> None:
    """Seal and verify this chain from now on; again: nothing."""
    if chain not in CHAINS:
        CHAINS.append(chain)
        also_check(*chain.invariants)
