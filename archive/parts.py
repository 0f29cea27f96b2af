"""What an archive consists of: one file a part, each row a line of JSON.

An app above adds its tables with `register` in its `apps.ready`. Rows carry ids and amounts, and the words that the
tables keep; people are only ids, so that an archive can be kept for eight years without their names.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_THEY_ARE = "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its rows as JSON text in a stable order, for a month from `since` to `until`.

    `still_open` counts rows that the month is not closed with; `tokens` is the member that is summed up for comparison;
    `load` writes a JSON array of rows into a staging database.
    """

    name: str
    table: str
    rows: str
    tokens: str
    still_open: str = ""
    load: str = ""

    @property
    def file(self) -> str:
        """Its file's name."""
        return f"{self.name}.ndjson.gz"

    @property
    def loading(self) -> str:
        """The statement that loads rows; as they are, unless the part says otherwise."""
        return self.load or AS_THEY_ARE.format(table=self.table)


LIVE = "('available', 'escrow', 'payout_pending', 'prize')"
IN_MONTH = "created_at >= %(since)s AND created_at < %(until)s"

# Where everybody stood when the month began and when it ended. Restored, a live account holds the closing balance, a
# summed one its opening balance as the checkpoint, to which the month's transfers come.
ACCOUNTS = Part(
    name="accounts",
    table="wallet_account",
    tokens="closing",
    rows="""
SELECT jsonb_build_object(
  'id', account.id, 'owner_id', account.owner_id, 'kind', account.kind, 'slice', account.slice,
  'opening', COALESCE(moved.opening, 0), 'closing', COALESCE(moved.closing, 0), 'moves', COALESCE(moved.number, 0),
  'closed_at', account.closed_at, 'created_at', account.created_at)::text
FROM wallet_account AS account LEFT JOIN (
  SELECT account_id, COALESCE(sum(amount) FILTER (WHERE created_at < %(since)s), 0)::bigint AS opening,
         sum(amount)::bigint AS closing, count(*) AS number
  FROM (SELECT credit_account_id AS account_id, amount, created_at FROM wallet_transfer
        UNION ALL SELECT debit_account_id, -amount, created_at FROM wallet_transfer) AS side
  WHERE created_at < %(until)s GROUP BY account_id
) AS moved ON moved.account_id = account.id
WHERE account.created_at < %(until)s ORDER BY account.id
""",
    load=f"""
INSERT INTO wallet_account (id, owner_id, kind, slice, balance, version, checkpoint, closed_at, created_at)
SELECT id, owner_id, kind, slice, CASE WHEN kind IN {LIVE} THEN closing ELSE 0 END,
       CASE WHEN kind IN {LIVE} THEN moves ELSE 0 END, CASE WHEN kind IN {LIVE} THEN 0 ELSE opening END,
       closed_at, created_at
FROM jsonb_to_recordset(%s::jsonb) AS line (
  id uuid, owner_id uuid, kind text, slice smallint, opening bigint, closing bigint, moves bigint,
  closed_at timestamptz, created_at timestamptz)
""",  # noqa: S608 - constants of this module
)
TRANSFERS = Part(
    name="transfers",
    table="wallet_transfer",
    tokens="amount",
    rows=f"SELECT to_jsonb(one)::text FROM wallet_transfer AS one WHERE {IN_MONTH} ORDER BY created_at, id",  # noqa: S608
)
HOLDS = Part(
    name="holds",
    table="wallet_hold",
    tokens="amount",
    rows=f"SELECT to_jsonb(one)::text FROM wallet_hold AS one WHERE {IN_MONTH} ORDER BY created_at, id",  # noqa: S608
    still_open=f"SELECT count(*) FROM wallet_hold WHERE state = 'held' AND {IN_MONTH}",  # noqa: S608
)
LEDGER_PARTS = (ACCOUNTS, TRANSFERS, HOLDS)
PARTS: list[Part] = []


def register(*parts: Part) -> None:
    """Add parts; again: nothing."""
    PARTS.extend(part for part in parts if part not in PARTS)
