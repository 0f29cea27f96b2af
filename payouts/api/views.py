"""A performer's payouts and her wallet's verification over JSON, and the billing service's credits."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PerformerView, SignedInView
from accounts.permissions import Permission
from core.api import CursorPages, answer_response, claim_required, honours_key, key_of, keyed, parsed, takes_key
from core.schema import paging
from modelstate.api.serializers import NothingSerializer
from payouts import queries
from payouts.api import examples
from payouts.api.serializers import (
    CreditInputSerializer,
    CreditSerializer,
    PayoutAnswerSerializer,
    PayoutInputSerializer,
    PayoutPageSerializer,
    PayoutSerializer,
    VerificationSerializer,
)
from payouts.policies import check_open
from payouts.services import request_payout
from payouts.verifications import ask_for_verification
from wallet.services import fund


class PayoutsView(PerformerView):
    """Her payouts."""

    permission = Permission.REQUEST_PAYOUT

    @extend_schema(
        operation_id="getPayouts",
        parameters=paging("payouts"),
        responses=PayoutPageSerializer,
        examples=[examples.PAYOUTS],
    )
    def get(self, request: Request) -> Response:
        """Her payouts with their steps, the newest first."""
        pages: Any = CursorPages()
        rows = pages.paginate_queryset(queries.payouts_of(self.performer_id), request, view=self)
        page: Response = pages.get_paginated_response(PayoutSerializer(queries.views(rows), many=True).data)
        return page

    @takes_key
    @extend_schema(
        operation_id="requestPayout",
        request=PayoutInputSerializer,
        responses=PayoutAnswerSerializer,
        examples=[examples.PAYOUT_INPUT, examples.PAYOUT_ANSWER],
    )
    def post(self, request: Request) -> Response:
        """Ask for a payout: the tokens leave her earnings at once. Three attempts in 24 hours."""
        check_open(self.access.flags)
        sent = parsed(PayoutInputSerializer, request)
        claim = claim_required(request)
        answer = request_payout(by=self.actor, claim=claim, performer_id=self.performer_id, amount=sent["amount"])
        return answer_response(answer)


class PayoutView(PerformerView):
    """One payout of hers."""

    permission = Permission.REQUEST_PAYOUT

    @extend_schema(operation_id="getPayout", responses=PayoutSerializer, examples=[examples.PAYOUT])
    def get(self, request: Request, payout_id: UUID) -> Response:
        """The payout with its steps."""
        return Response(PayoutSerializer(queries.payout_for(self.performer_id, payout_id)).data)


class VerificationView(PerformerView):
    """Whether staff have verified her wallet."""

    permission: ClassVar[dict[str, str]] = {"GET": Permission.READ_WALLET, "POST": Permission.REQUEST_PAYOUT}

    @extend_schema(
        operation_id="getWalletVerification", responses=VerificationSerializer, examples=[examples.VERIFICATION]
    )
    def get(self, request: Request) -> Response:
        """How it stands."""
        verified = queries.standing_of(self.performer_id).verified
        return Response(VerificationSerializer(queries.verification_of(self.performer_id, verified=verified)).data)

    @extend_schema(
        operation_id="askForWalletVerification",
        request=NothingSerializer,
        responses=VerificationSerializer,
        examples=[examples.VERIFICATION],
    )
    @honours_key
    def post(self, request: Request) -> Response:
        """Ask staff to verify the wallet; five attempts an hour, ten a day."""
        parsed(NothingSerializer, request)
        return Response(VerificationSerializer(ask_for_verification(performer_id=self.performer_id)).data)


class CreditsView(SignedInView):
    """Tokens that were bought: for the platform's billing service alone."""

    permission = Permission.CREDIT_TOKENS

    @extend_schema(
        operation_id="creditTokens",
        request=CreditInputSerializer,
        responses=CreditSerializer,
        examples=[examples.CREDIT_INPUT, examples.CREDIT],
    )
    @keyed
    def post(self, request: Request) -> Response:
        """Credit a payment to its viewer, once by its own id: sent again it gets the first answer, under any key."""
        sent = parsed(CreditInputSerializer, request)
        funding = fund(
            by=self.actor,
            owner_id=sent["viewer_id"],
            tokens=sent["tokens"],
            key=str(key_of(request)),
            external_id=sent["external_id"],
        )
        balance = {"available": funding.available, "escrow": funding.escrow}
        return Response(CreditSerializer({"transfer_id": funding.id, "balance": balance}).data)
