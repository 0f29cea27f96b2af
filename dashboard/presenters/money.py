"""Tokens on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from wallet.queries import Balance, Mark, Transaction, TransactionPage

KINDS: Mapping[str, tuple[str, str]] = {
    "fund": ("Tokens bought", "plus"),
    "hold": ("Set aside for a booking", "lock"),
    "settle": ("Performance paid", "check"),
    "refund": ("Given back", "undo"),
    "reversal": ("Corrected by staff", "rotate"),
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


def wallet_card(balance: Balance, *, performs: bool) -> WalletCard:
    """A performer's earnings, or a viewer's tokens."""
    if performs:
        figures = (
            Figure("earned", "Earned", balance.earned),
            Figure("pending", "Waiting for payout", balance.payout_pending),
        )
        least = f"{settings.PAYOUT_MINIMUM_TOKENS:,}"
        return WalletCard(figures, f"Payouts start at {least} tokens.")
    figures = (Figure("available", "Available", balance.available), Figure("escrow", "In escrow", balance.escrow))
    return WalletCard(figures, "Tokens in escrow are yours until a performance is completed.")


def rows_of(page: TransactionPage) -> tuple[TransactionRow, ...]:
    """The movements of a page, newest first."""
    return tuple(_row(entry) for entry in page.items)


def _row(entry: Transaction) -> TransactionRow:
    words, icon = KINDS.get(entry.kind, (entry.kind.replace("_", " ").capitalize(), "coins"))
    return TransactionRow(
        id=entry.id,
        words=words,
        icon=icon,
        detail=entry.reason.replace("_", " "),
        tokens=entry.tokens,
        sign={1: "+", -1: "−"}.get((entry.change > 0) - (entry.change < 0), ""),
        incoming=entry.change > 0,
        at=entry.created_at,
    )


def mark_words(mark: Mark | None) -> str:
    """A place in the history as a query parameter."""
    return "" if mark is None else f"{'n' if mark.newer else 'o'}_{mark.created_at.isoformat()}_{mark.id}"
