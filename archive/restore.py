"""Restoring a month into a staging database, and proving that it is what was archived.

A month refers to rows of other months, and is older than the rules that guard what is new: while it is loaded, the
staging database's own triggers rest and its foreign keys are set aside, to come back for what is written later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import psycopg
from psycopg import sql

from archive import manifest
from archive.exceptions import CannotRestore
from archive.files import Written, read_blocks
from archive.parts import PARTS, Part

Connection = psycopg.Connection[tuple[object, ...]]
Progress = Callable[[str, int, int], None]

KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
"""
BALANCES = """
SELECT account.id::text || ' ' || account.kind || ': ' || line.closing || ' archived, '
       || line.opening + COALESCE(moved.net, 0) || ' by transfers, ' || CASE WHEN account.balance <> 0
          THEN account.balance ELSE wallet_summed_balance(account.id) END || ' in the account'
FROM jsonb_to_recordset(%s::jsonb) AS line (id uuid, opening bigint, closing bigint)
JOIN wallet_account AS account USING (id) LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN credit_account_id = account.id THEN amount ELSE -amount END)::bigint AS net
  FROM wallet_transfer WHERE account.id IN (credit_account_id, debit_account_id)
) AS moved ON true
WHERE line.closing <> line.opening + COALESCE(moved.net, 0)
   OR line.closing <> CASE WHEN account.kind IN ('available', 'escrow', 'payout_pending', 'prize')
                           THEN account.balance ELSE wallet_summed_balance(account.id) END
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was loaded, by part, and how many accounts were compared."""

    month: str
    rows: dict[str, int]
    tokens: dict[str, int]
    accounts_compared: int


def restore(folder: Path, database_url: str, progress: Progress) -> Restored:
    """Load an archive into an empty, migrated staging database, whole or not at all, and compare counts, sums and every
    account's balance with the manifest's.

    The address is that of the database's owner. Raises ArchiveDamaged, CannotRestore.
    """
    archive = manifest.verify(folder)
    _check_known(archive)
    parts = [part for part in PARTS if part.name in archive.parts]
    with psycopg.connect(database_url) as staging:
        _check_empty(staging, parts)
        set_aside = {part.table: _set_guards_aside(staging, part.table) for part in parts}
        staging.execute("DELETE FROM wallet_account")
        for part in parts:
            _load(staging, part, archive.parts[part.name], folder, progress)
        compared = _compare(staging, archive, parts)
        for table, keys in set_aside.items():
            _bring_guards_back(staging, table, keys)
    loaded = archive.parts
    return Restored(
        archive.facts["month"],
        {name: part.rows for name, part in loaded.items()},
        {name: part.tokens for name, part in loaded.items()},
        compared,
    )


def _check_known(archive: manifest.Archive) -> None:
    """A part that this release does not know would be left out without a word; without accounts nothing is compared."""
    if "accounts" not in archive.parts:
        raise CannotRestore("It has no accounts to compare the transfers with.")
    unknown = set(archive.parts) - {part.name for part in PARTS}
    if unknown:
        raise CannotRestore(f"Nothing here knows the parts {', '.join(sorted(unknown))}: restore with a newer release.")


def _check_empty(staging: Connection, parts: list[Part]) -> None:
    for part in parts:
        found = staging.execute("SELECT to_regclass(%s)", [part.table]).fetchone()
        if found is None or found[0] is None:
            raise CannotRestore(f"There is no table {part.table}: migrate the staging database first.")
        where = sql.SQL(" WHERE owner_id IS NOT NULL") if part.table == "wallet_account" else sql.SQL("")
        query = sql.SQL("SELECT EXISTS (SELECT FROM {}{})").format(sql.Identifier(part.table), where)
        if staging.execute(query).fetchone() != (False,):
            raise CannotRestore(f"{part.table} is not empty: this is no staging database.")


def _set_guards_aside(staging: Connection, table: str) -> list[tuple[str, str]]:
    keys = [(str(name), str(definition)) for name, definition in staging.execute(KEYS, [table]).fetchall()]
    staging.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    for name, _ in keys:
        staging.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
        )
    return keys


def _bring_guards_back(staging: Connection, table: str, keys: list[tuple[str, str]]) -> None:
    for name, definition in keys:
        staging.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID").format(
                sql.Identifier(table),
                sql.Identifier(name),
                sql.SQL(definition.removesuffix(" NOT VALID")),
            )
        )
    staging.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def _load(staging: Connection, part: Part, written: Written, folder: Path, progress: Progress) -> None:
    for block, lines in read_blocks(folder / part.file, written):
        _check_columns(staging, part, orjson.loads(lines[0]))
        staging.execute(part.loading.encode(), [(b"[" + b",".join(lines) + b"]").decode()])
        progress(part.name, block.last_line, written.rows)


def _check_columns(staging: Connection, part: Part, row: dict[str, object]) -> None:
    """A member that the table does not know would vanish without a word."""
    if part.load:
        return
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    unknown = set(row) - {name for (name,) in staging.execute(query, [part.table]).fetchall()}
    if unknown:
        raise CannotRestore(f"{part.table} there has no {', '.join(sorted(unknown))}: migrate the staging database.")


def _compare(staging: Connection, archive: manifest.Archive, parts: list[Part]) -> int:
    """Counts and sums of every part but the accounts, which are compared one by one; how many those are."""
    for part in parts:
        if part.load:
            continue
        query = sql.SQL("SELECT count(*), COALESCE(sum({}), 0)::bigint FROM {}").format(
            sql.Identifier(part.tokens), sql.Identifier(part.table)
        )
        written, found = archive.parts[part.name], staging.execute(query).fetchone()
        if found != (written.rows, written.tokens):
            raise CannotRestore(f"{part.name}: {found} instead of {(written.rows, written.tokens)} rows and tokens.")
    compared = 0
    for block, lines in read_blocks(archive.folder / "accounts.ndjson.gz", archive.parts["accounts"]):
        wrong = staging.execute(BALANCES, [(b"[" + b",".join(lines) + b"]").decode()]).fetchall()
        if wrong:
            raise CannotRestore("; ".join(str(words) for (words,) in wrong[:10]))
        compared = block.last_line
    return compared
