"""What the codes in the ledger are called by people: pages, files and administration take the words from here."""

from __future__ import annotations

from collections.abc import Mapping

from wallet.states import AccountKind, TransferCode

#: What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")

REASONS: Mapping[str, str] = {
    "performer_disconnected": "the performer's connection was lost",
    "performer_declined": "given back by the performer",
    "user_cancelled": "cancelled by the viewer",
    "timeout": "its time ran out",
    "technical_error": "a technical error",
    "admin_refund": "our team decided so",
    "partial_performance": "performed in part",
    "payout_pay": "",
    "payout_reject": "rejected by staff",
    "payout_fail": "the payout came back",
}
COUNTERPARTIES: Mapping[str, str] = {
    AccountKind.AVAILABLE: "viewer",
    AccountKind.ESCROW: "viewer",
    AccountKind.EARNED: "performer",
    AccountKind.PAYOUT_PENDING: "performer",
    AccountKind.RECEIVABLE: "performer",
    AccountKind.PRIZE: "prize_fund",
    AccountKind.HOUSE: "house",
}


def reason_words(reason: str) -> str:
    """A reason as people read it; what staff wrote themselves stays as it is."""
    return REASONS.get(reason, reason)


def kind_words(code: str) -> str:
    """A movement's code as people read it."""
    return str(TransferCode(code).label) if code in TransferCode.values else plain(code)


def bucket_words(kind: str) -> str:
    """An account's kind as people read it."""
    return str(AccountKind(kind).label) if kind in AccountKind.values else plain(kind)


def counterparty_of(kind: str) -> str:
    """Whose an account of this kind is."""
    return COUNTERPARTIES.get(kind, kind)


def plain(code: str) -> str:
    """A code that nobody has found words for yet: without its underscores."""
    return code.replace("_", " ").capitalize()
