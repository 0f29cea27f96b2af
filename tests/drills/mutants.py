"""Mutants of the database's own rules: each CHECK, key, unique index, trigger, ON CONFLICT and lock is dropped in turn.

A rule whose absence nobody notices proves nothing. Every mutant has to be killed by a probe (a statement that must be
refused) or by a race (two sessions at once must end as one after the other would).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.database import Connection

# The rooms whose every rule is about money; of the queue those rules that hold its items and their tokens together.
TABLES = (
    "wallet_account", "wallet_hold", "wallet_operation", "wallet_seal", "wallet_transfer", "payouts_attempt",
    "payouts_payout", "payouts_step", "adjustments_adjustment", "adjustments_decision", "audit_auditentry",
    "audit_seal", "core_idempotencykey", "compliance_viewerlimits", "notices_notice", "archive_archivedmonth",
    "queue_app_performerqueue", "queue_app_queueevent", "queue_app_queueitem",
)  # fmt: skip
FUNCTIONS = (
    "^(wallet|payouts|adjustments|audit|queue_app|presence)_|^compliance_(allow|lock_own)$|^core_(claim_key|outbox_put)$"
    "|^modelstate_(try_)?lock$|^notices_put$"
)

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname::text, 'constraint', '' FROM pg_constraint
WHERE contype IN ('c', 'u') AND conrelid::regclass::text = ANY (%(tables)s)
UNION ALL
SELECT conrelid::regclass::text, conname::text, 'foreign key', attname::text FROM pg_constraint
  JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND conrelid::regclass::text = ANY (%(tables)s)
UNION ALL
SELECT tablename::text, indexname::text, 'index', '' FROM pg_indexes
WHERE schemaname = 'public' AND tablename = ANY (%(tables)s) AND indexdef LIKE 'CREATE UNIQUE%%'
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
UNION ALL
SELECT tgrelid::regclass::text, tgname::text, 'trigger', '' FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (%(tables)s)
ORDER BY 3, 1, 2
"""
BODIES = """
SELECT proname::text, pg_get_functiondef(oid) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname ~ %(functions)s ORDER BY 1
"""
# What keeps others waiting, or keeps a twin from being an error.
GUARDS = re.compile(
    r"ON CONFLICT (?:ON CONSTRAINT \w+ |\([\w, ]+\) )?DO NOTHING"
    r"|FOR (?:NO KEY )?UPDATE(?: SKIP LOCKED)?"
    r"|PERFORM pg_advisory_xact_lock(?:_shared)?\(.*\);"
    r"|PERFORM queue_app_lock(?:_pool)?\(\w+\);"
    r"|LOCK TABLE \w+ IN [A-Z ]+ MODE;"
)
# What passes over others instead of waiting for them.
PASSING_OVER = re.compile(r" SKIP LOCKED")
# What says whether a lock was free: it is said to be, and not taken.
ASKING = re.compile(
    r"pg_try_advisory_xact_lock\(hashtextextended\([^)]*\)\)"
    r"|(?<!public\.)(?:modelstate|queue_app)_try_(?:lock|pool)\(\w*\)"
)
DROPS = {
    "constraint": "ALTER TABLE {table} DROP CONSTRAINT {name}",
    "foreign key": "ALTER TABLE {table} DROP CONSTRAINT {name}",
    "index": "DROP INDEX {name}",
    "trigger": "DROP TRIGGER {name} ON {table}",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint, foreign key (with its column), unique index or trigger that can be dropped."""

    table: str
    name: str
    kind: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.table}.{self.name}"

    @property
    def drop(self) -> str:
        """The statement that takes it away."""
        return DROPS[self.kind].format(table=self.table, name=self.name)


@dataclass(frozen=True, slots=True)
class Guard:
    """One lock or ON CONFLICT in a function's body, by its number in there."""

    function: str
    number: int
    text: str
    original: str
    mutated: str

    def __str__(self) -> str:
        return f"function {self.function}: {self.text} [{self.number}]"


def rules(superuser: Connection) -> list[Rule]:
    """Every rule of the tables."""
    return [Rule(*map(str, row)) for row in superuser.execute(CONSTRAINTS, {"tables": list(TABLES)})]


def guards(superuser: Connection) -> list[Guard]:
    """Every guard of the functions."""
    found = superuser.execute(BODIES, {"functions": FUNCTIONS}).fetchall()
    return [guard for name, body in found for guard in _guards_of(str(name), str(body))]


def _guards_of(function: str, body: str) -> Iterator[Guard]:
    for pattern, instead in ((GUARDS, ""), (PASSING_OVER, ""), (ASKING, "true")):
        for number, match in enumerate(pattern.finditer(body), start=1):
            mutated = body[: match.start()] + instead + body[match.end() :]
            yield Guard(function, number, match.group().strip(), body, mutated)


@contextmanager
def without(superuser: Connection, rule: Rule | None) -> Iterator[None]:
    """A transaction in which the rule is gone; all is as before afterwards."""
    with superuser.transaction(force_rollback=True):
        if rule is not None:
            superuser.execute(rule.drop)
        yield


@contextmanager
def mutated(superuser: Connection, guard: Guard) -> Iterator[None]:
    """For every session the function lacks its guard; all is as before afterwards."""
    superuser.execute(guard.mutated)
    try:
        yield
    finally:
        superuser.execute(guard.original)
