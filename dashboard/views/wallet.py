"""Tokens: the balance and the movements, each owner his own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dashboard.forms import mark_from
from dashboard.pages import Page
from dashboard.presenters.money import mark_words, rows_of
from wallet.queries import earnings_today, transactions_of

SHORT = 8
LONG = 25


class WalletPage(Page):
    """`/wallet/`."""

    permission = "READ_WALLET"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        performs = self.facts.performs
        context = {
            "wallet": self.facts.wallet_card(),
            "earnings": earnings_today(self.account_id) if performs else None,
            "business_zone": settings.BUSINESS_TIME_ZONE,
            "all_transactions": True,
            **movements(self, SHORT),
        }
        return self.page("dashboard/wallet.html", context, ("Home", "desk"), ("Wallet", "wallet"))


class TransactionsPage(Page):
    """`/wallet/transactions/`."""

    permission = "READ_TRANSACTIONS"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        steps = (("Home", "desk"), ("Wallet", "wallet"), ("Transactions", "transactions"))
        return self.page("dashboard/transactions.html", movements(self, LONG), *steps)


def movements(page: Page, limit: int) -> dict[str, Any]:
    """The movements around the place that the address names."""
    if "READ_TRANSACTIONS" not in page.access.permissions:
        return {"hidden": True}
    found = transactions_of(page.account_id, at=mark_from(page.request.GET.get("at", "")), limit=limit)
    return {
        "transactions": rows_of(found),
        "older": mark_words(found.older) if limit == LONG else "",
        "newer": mark_words(found.newer) if limit == LONG else "",
        "history": reverse("queue-history" if page.facts.performs else "my-history"),
        "empty": "Completed performances show up here." if page.facts.performs else "Tokens you buy show up here.",
    }
