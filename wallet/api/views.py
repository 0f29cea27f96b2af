"""The caller's own wallet: nobody names an owner, so nobody reads another's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api.base import SignedInView
from wallet.api.cursors import from_cursor, to_cursor
from wallet.api.serializers import (
    BalanceSerializer,
    TransactionPageSerializer,
    TransactionQuerySerializer,
    TransactionSerializer,
)
from wallet.queries import Mark, TransactionFilter, balance_of, transactions_of

BALANCE_EXAMPLE = OpenApiExample(
    "A viewer's wallet",
    value={
        "available": 700,
        "escrow": 300,
        "earned": 0,
        "payoutPending": 0,
        "verified": False,
        "asOf": "2026-03-01T18:20:11.482113Z",
        "version": 12,
    },
    response_only=True,
)
PAGE_EXAMPLE = OpenApiExample(
    "Tokens held for a performance",
    value={
        "results": [
            {
                "id": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77",
                "kind": "hold",
                "tokens": 300,
                "change": 0,
                "from": "available",
                "to": "escrow",
                "holdId": "01952f1c-6f1d-7a51-9b0c-5f6e7d8c9b10",
                "groupId": "01952f1c-6f1b-7e42-8d3c-2b1a0f9e8d7c",
                "reason": "",
                "createdAt": "2026-03-01T18:20:11.482113Z",
            }
        ],
        "next": None,
        "previous": None,
    },
    response_only=True,
)


class BalanceView(SignedInView):
    """What the caller has now."""

    permission = "READ_WALLET"

    @extend_schema(responses=BalanceSerializer, examples=[BALANCE_EXAMPLE])
    def get(self, request: Request) -> Response:
        """Available, in escrow, earned, payout pending."""
        return Response(BalanceSerializer(balance_of(self.account.pk)).data)


class TransactionsView(SignedInView):
    """The caller's movements, newest first."""

    permission = "READ_TRANSACTIONS"

    @extend_schema(
        parameters=[TransactionQuerySerializer], responses=TransactionPageSerializer, examples=[PAGE_EXAMPLE]
    )
    def get(self, request: Request) -> Response:
        """One page by cursor, filtered by kind and time."""
        sent = asked(request)
        wanted = TransactionFilter(tuple(sent.get("kind", ())), sent.get("since"), sent.get("until"))
        at = from_cursor(sent["cursor"]) if "cursor" in sent else None
        page = transactions_of(UUID(str(self.account.pk)), wanted, at=at, limit=sent["limit"])
        return Response(
            {
                "results": TransactionSerializer(page.items, many=True).data,
                "next": link(request, page.older),
                "previous": link(request, page.newer),
            }
        )


def asked(request: Request) -> dict[str, Any]:
    """The query, validated; raises a validation error by name, of unknown names too."""
    sent = request.query_params
    form = TransactionQuerySerializer(
        data={name: sent.getlist(name) if name == "kind" else sent[name] for name in sent}
    )
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def link(request: Request, mark: Mark | None) -> str | None:
    """The address of a neighbouring page."""
    return None if mark is None else str(replace_query_param(request.build_absolute_uri(), "cursor", to_cursor(mark)))
