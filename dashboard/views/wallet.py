"""Tokens: the balance, the movements, the earnings and the way of one hold, each owner his own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from core.htmx import is_htmx
from dashboard.forms import asked_in, filter_from, mark_from, period_from, tried
from dashboard.pages import Page, PerformerPage
from dashboard.presenters.earnings import EarningsCard, earnings_card
from dashboard.presenters.money import kind_choices, mark_words, rows_of
from dashboard.presenters.trace import trace_card
from queue_app.earnings import earnings_of
from wallet.periods import TODAY
from wallet.queries.statements import EVERYTHING, Mark, TransactionFilter, transactions_of
from wallet.queries.trace import trace_for

SHORT = 8
LONG = 25


class WalletPage(Page):
    """`/wallet/`."""

    permission = "READ_WALLET"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; a period that is none is refused beside the periods, with today's earnings."""
        asked = request.GET if self.facts.performs else QueryDict()
        period, refusal = tried(lambda: period_from(asked))
        context = {
            "wallet": self.facts.wallet_card(),
            "payouts": self.facts.payouts_card(),
            "earnings": earnings(self, period or TODAY) if self.facts.performs else None,
            "all_transactions": True,
            **movements(self, SHORT, EVERYTHING, None),
        }
        return self.page("dashboard/wallet.html", context, ("Home", "desk"), ("Wallet", "wallet"), refusal=refusal)


class EarningsFragment(PerformerPage):
    """Her earnings of the period that the address names."""

    permission = "READ_WALLET"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region."""
        return render(
            request, "dashboard/regions/earnings.html", {"earnings": earnings(self, period_from(request.GET))}
        )


class TransactionsPage(Page):
    """`/wallet/transactions/`: filtered by the address, which can be kept and shared."""

    permission = "READ_TRANSACTIONS"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        sent = request.GET
        kept = urlencode({name: sent.getlist(name) for name in asked_in(sent)}, doseq=True)
        if is_htmx(request):
            filter_from(sent)  # one that is none is refused beside its form; this one gets an address
            return HttpResponse(headers={"HX-Redirect": f"{request.path}?{kept}"})
        wanted, refusal = tried(lambda: (filter_from(sent), mark_from(sent.get("at", ""))))
        context = {
            "kinds": kind_choices(sent.getlist("kind"), performs=self.facts.performs),
            "since": sent.get("from", ""),
            "until": sent.get("to", ""),
            "kept": f"{kept}&" if kept else "",
            "file": f"{reverse('wallet-statement')}?{kept}",
            "filtered": bool(kept),
            **(movements(self, LONG, *wanted) if wanted else {}),
        }
        steps = (("Home", "desk"), ("Wallet", "wallet"), ("Transactions", "transactions"))
        return self.page("dashboard/transactions.html", context, *steps, refusal=refusal)


class TracePage(Page):
    """`/wallet/trace/<hold>/`: where the tokens of one hold went; to strangers it does not exist."""

    permission = "READ_TRANSACTIONS"

    def get(self, request: HttpRequest, hold_id: UUID) -> HttpResponse:
        """The page."""
        context = {"trace": trace_card(trace_for(self.actor, hold_id))}
        if is_htmx(request):
            return render(request, "dashboard/regions/trace.html", context)
        steps = (("Wallet", "wallet"), ("Transactions", "transactions"), ("Where the tokens went", "wallet"))
        return self.page("dashboard/trace.html", context, *steps)


def earnings(page: Page, period: str) -> EarningsCard:
    """The card of a period."""
    return earnings_card(earnings_of(page.account_id, period))


def movements(page: Page, limit: int, wanted: TransactionFilter, at: Mark | None) -> dict[str, Any]:
    """The movements around a place in the history."""
    if "READ_TRANSACTIONS" not in page.access.permissions:
        return {"hidden": True}
    found = transactions_of(page.account_id, wanted, at=at, limit=limit)
    return {
        "transactions": rows_of(found),
        "older": mark_words(found.older) if limit == LONG else "",
        "newer": mark_words(found.newer) if limit == LONG else "",
        "empty": "Completed performances show up here." if page.facts.performs else "Tokens you buy show up here.",
    }
