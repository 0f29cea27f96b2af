"""Tokens on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from wallet.queries import Balance
from wallet.queries.statements import Mark, Transaction, TransactionPage
from wallet.states import TransferCode
from wallet.words import kind_words, reason_words

ICONS: Mapping[str, str] = {
    TransferCode.FUND: "plus",
    TransferCode.HOLD: "lock",
    TransferCode.SETTLE: "check",
    TransferCode.REFUND: "undo",
    TransferCode.REVERSAL: "rotate",
    TransferCode.SHORTFALL: "rotate",
    TransferCode.PAYOUT_RESERVE: "lock",
    TransferCode.PAYOUT_PAY: "dollar",
    TransferCode.PAYOUT_RETURN: "undo",
    TransferCode.REPAYMENT: "undo",
}

STRANGE_TO_ALL = {TransferCode.PRIZE_FUND, TransferCode.PRIZE_TAKE}
STRANGE_TO_PERFORMERS = STRANGE_TO_ALL | {TransferCode.FUND, TransferCode.HOLD, TransferCode.REFUND}
STRANGE_TO_VIEWERS = STRANGE_TO_ALL | {
    TransferCode.SHORTFALL,
    TransferCode.PAYOUT_RESERVE,
    TransferCode.PAYOUT_PAY,
    TransferCode.PAYOUT_RETURN,
    TransferCode.REPAYMENT,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount with its name."""

    id: str
    label: str
    tokens: int


@dataclass(frozen=True, slots=True)
class WalletCard:
    """What somebody has."""

    figures: tuple[Figure, ...]
    note: str
    more: bool = True


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One movement."""

    id: UUID
    words: str
    icon: str
    detail: str
    tokens: int
    sign: str
    incoming: bool
    at: datetime
    trace: str


def wallet_card(balance: Balance, *, performs: bool) -> WalletCard:
    """A performer's earnings, or a viewer's tokens."""
    if performs:
        return _performers_card(balance)
    figures = (Figure("available", "Available", balance.available), Figure("escrow", "In escrow", balance.escrow))
    return WalletCard(figures, "Tokens in escrow are yours until a performance is completed.")


def _performers_card(balance: Balance) -> WalletCard:
    figures = (
        Figure("earned", "Earned", balance.earned),
        Figure("pending", "Waiting for payout", balance.payout_pending),
    )
    note = f"Payouts start at {settings.PAYOUT_MINIMUM_TOKENS:,} tokens."
    if not balance.owed:
        return WalletCard(figures, note)
    owed = Figure("owed", "Owed", balance.owed)
    return WalletCard((*figures, owed), f"{note} What you owe was paid to you before it was corrected, and stays back.")


def rows_of(page: TransactionPage) -> tuple[TransactionRow, ...]:
    """The movements of a page, newest first."""
    return tuple(_row(entry) for entry in page.items)


def _row(entry: Transaction) -> TransactionRow:
    return TransactionRow(
        id=entry.id,
        words=kind_words(entry.kind),
        icon=ICONS.get(entry.kind, "coins"),
        detail=reason_words(entry.reason),
        trace=reverse("trace", args=[entry.hold_id]) if entry.hold_id else "",
        tokens=entry.tokens,
        sign={1: "+", -1: "−"}.get((entry.change > 0) - (entry.change < 0), ""),
        incoming=entry.change > 0,
        at=entry.created_at,
    )


def kind_choices(chosen: Iterable[str], *, performs: bool) -> tuple[tuple[str, str, bool], ...]:
    """The kinds of movement that the owner of such a wallet can meet, in words, and whether each is chosen."""
    wanted, strange = set(chosen), STRANGE_TO_PERFORMERS if performs else STRANGE_TO_VIEWERS
    return tuple((code, kind_words(code), code in wanted) for code in TransferCode.values if code not in strange)


def mark_words(mark: Mark | None) -> str:
    """A place in the history as a query parameter."""
    return "" if mark is None else f"{'n' if mark.newer else 'o'}_{mark.created_at.isoformat()}_{mark.id}"
