"""What the staff's page of the proof does: the same statements as `manage.py reconcile`, at the press of a button."""

from __future__ import annotations

from typing import Any

from audit.services import record
from core.actors import Actor
from wallet.proof import FIRST_OFFENDERS, Proof, prove, report

# A page must answer; who has more to check than this runs the command, which takes its time.
SECONDS = 20


def run(by: Actor) -> Proof:
    """Prove, and write down who asked and what came of it. Raises Unavailable where it takes too long."""
    proof = prove(seconds=SECONDS)
    record(
        by=by,
        action="wallet.proved",
        target_type="wallet",
        target_id=proof.database,
        after={"outcome": "held" if proof.holds else "broken", "count": sum(len(f.broken) for f in proof.broken)},
    )
    return proof


def shown(proof: Proof | None) -> dict[str, Any]:
    """What the page's template reads; before the button was pressed there is no proof."""
    if proof is None:
        return {"proof": None}
    rows = [(found.invariant, len(found.broken), found.broken[:FIRST_OFFENDERS]) for found in proof.findings]
    return {"proof": proof, "rows": rows, "signature": report(proof)["signature"]}
