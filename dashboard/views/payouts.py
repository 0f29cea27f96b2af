"""A performer's payouts and her wallet's verification, on her wallet's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from core.htmx import claim_from_form, page_once
from dashboard.forms import amount_from
from dashboard.pages import PerformerPage
from payouts.policies import check_open
from payouts.services import request_payout
from payouts.verifications import ask_for_verification

MONEY = ("payouts", "wallet", "balance", "menu")


class PayoutsFragment(PerformerPage):
    """The card, as it is now."""

    permission = "REQUEST_PAYOUT"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region."""
        return self.fragment("payouts")


class RequestPayout(PerformerPage):
    """Asking for a payout."""

    permission = "REQUEST_PAYOUT"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Set the tokens aside, once for the key."""
        check_open(self.access.flags)
        asked = request_payout(
            by=self.actor,
            claim=claim_from_form(request, self.account_id),
            performer_id=self.account_id,
            amount=amount_from(request.POST),
        )
        moved = {f"payout:{asked.body['requestId']}": 1}
        return self.answer(MONEY, "Requested. The tokens are set aside for you.", moved)


class AskForVerification(PerformerPage):
    """Asking staff to verify the wallet."""

    permission = "REQUEST_PAYOUT"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask."""

        def ask() -> None:
            ask_for_verification(performer_id=self.account_id)

        page_once(request, self.account_id, ask)
        return self.answer(("payouts",), "Asked for. Our staff will decide.")
