"""The ledger's proof: all invariants and the heads of the hash chains at one instant, as a signed report."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from audit.chains import CHAINS
from audit.queries import Head, head_of
from core.auditor import Cursor, one_instant
from core.invariants import Finding, findings_of

ALGORITHM = "HMAC-SHA256"
FIRST_OFFENDERS = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found: when by the database's clock, where, read by which role."""

    at: datetime
    database: str
    read_as: str
    findings: list[Finding]
    heads: list[Head]

    @property
    def holds(self) -> bool:
        """Whether no row breaks anything."""
        return not self.broken

    @property
    def broken(self) -> list[Finding]:
        """What does not hold."""
        return [finding for finding in self.findings if finding.broken]


def prove(*, seconds: int = 0) -> Proof:
    """Check everything at one instant, as the auditor where there is one; a statement takes at most so many seconds.

    Always the same number of statements: one an invariant, two a chain.
    """
    with one_instant(seconds=seconds) as cursor:
        at, database, role = _place(cursor)
        return Proof(at, database, role, findings_of(cursor), [head_of(cursor, chain) for chain in CHAINS])


def _place(cursor: Cursor) -> tuple[datetime, str, str]:
    cursor.execute("SELECT now(), current_database()::text, current_user::text")
    at, database, role = cursor.fetchall()[0]
    return at, database, role


def report(proof: Proof) -> dict[str, Any]:
    """The proof for machines and files, signed."""
    body = {
        "ok": proof.holds,
        "at": proof.at.isoformat(),
        "database": proof.database,
        "readAs": proof.read_as,
        "invariants": [
            {
                "code": finding.invariant.code,
                "says": finding.invariant.says,
                "violations": len(finding.broken),
                "broken": [_plain(row) for row in finding.broken],
            }
            for finding in proof.findings
        ],
        "chains": [
            {
                "of": head.chain,
                "seals": head.seals,
                "head": head.hash,
                "sealedAt": head.sealed_at.isoformat() if head.sealed_at else None,
                "unsealed": head.unsealed,
            }
            for head in proof.heads
        ],
    }
    return {**body, "signature": {"algorithm": ALGORITHM, "keyId": key_id(), "value": _sign(body)}}


def is_genuine(given: dict[str, Any]) -> bool:
    """Whether this very report was signed with the key of this installation."""
    body = {name: value for name, value in given.items() if name != "signature"}
    signature = given.get("signature")
    claimed = signature.get("value") if isinstance(signature, dict) else None
    return isinstance(claimed, str) and hmac.compare_digest(claimed.encode(), _sign(body).encode())


def key_id() -> str:
    """Which key signed; says nothing about the key."""
    return hashlib.sha256(b"report-key-id\x00" + settings.REPORT_KEY.encode()).hexdigest()[:8]


def _sign(body: dict[str, Any]) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return hmac.new(settings.REPORT_KEY.encode(), b"model-menus proof\x00" + canonical, hashlib.sha256).hexdigest()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str | bool | None) else str(value) for name, value in row.items()}
