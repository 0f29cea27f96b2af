"""The caller's own wallet: nobody names an owner, so nobody reads another's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api.base import SignedInView
from core.api import CamelSerializer, JSONRenderer
from wallet.api import examples
from wallet.api.cursors import from_cursor, to_cursor
from wallet.api.files import CsvRenderer, file_name, written
from wallet.api.serializers import (
    BalanceSerializer,
    InstantQuerySerializer,
    TraceSerializer,
    TransactionFilterSerializer,
    TransactionPageSerializer,
    TransactionQuerySerializer,
    TransactionSerializer,
)
from wallet.queries import balance_of
from wallet.queries.past import balance_at, check_past
from wallet.queries.statements import Mark, TransactionFilter, statement_of, transactions_of
from wallet.queries.trace import trace_for


class BalanceView(SignedInView):
    """What the caller has now, or had."""

    permission = "READ_WALLET"

    @extend_schema(parameters=[InstantQuerySerializer], responses=BalanceSerializer, examples=[examples.BALANCE])
    def get(self, request: Request) -> Response:
        """Available, in escrow, earned, payout pending: now, or at an instant of the past.

        The past is told from the movements dated up to that instant. A movement is dated when its statement begins and
        can be seen when its transaction has committed, moments later.
        """
        at = asked(request, InstantQuerySerializer).get("at")
        if at is None:
            return Response(BalanceSerializer(balance_of(self.account.pk)).data)
        check_past(at)
        return Response(BalanceSerializer(balance_at(self.account.pk, at)).data)


class TransactionsView(SignedInView):
    """The caller's movements, newest first."""

    permission = "READ_TRANSACTIONS"

    @extend_schema(
        parameters=[TransactionQuerySerializer], responses=TransactionPageSerializer, examples=[examples.TRANSACTIONS]
    )
    def get(self, request: Request) -> Response:
        """One page by cursor, filtered by kind and time: from `from` on, before `to`.

        A day stands for the whole business day. A cursor keeps its place while new movements arrive.
        """
        sent = asked(request, TransactionQuerySerializer)
        at = from_cursor(sent["cursor"]) if "cursor" in sent else None
        page = transactions_of(UUID(str(self.account.pk)), wanted_of(sent), at=at, limit=sent["limit"])
        return Response(
            {
                "results": TransactionSerializer(page.items, many=True).data,
                "next": link(request, page.older),
                "previous": link(request, page.newer),
            }
        )


class StatementView(SignedInView):
    """The caller's movements as a file."""

    permission = "READ_TRANSACTIONS"
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        operation_id="walletTransactionsCsv",
        parameters=[TransactionFilterSerializer],
        responses={(200, "text/csv"): OpenApiTypes.STR},
        examples=[examples.STATEMENT],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """All that the filter lets through, oldest first, as it was when the request came, streamed as CSV.

        `balance_after` is all that the caller had after the movement, whatever the filter hides in between.
        """
        wanted = wanted_of(asked(request, TransactionFilterSerializer))
        lines = statement_of(UUID(str(self.account.pk)), wanted)
        name = f'attachment; filename="{file_name(wanted)}"'
        return StreamingHttpResponse(
            written(lines), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
        )


class TraceView(SignedInView):
    """Where the tokens of one hold went."""

    permission = "READ_TRANSACTIONS"

    @extend_schema(operation_id="walletHoldTrace", responses=TraceSerializer, examples=[examples.TRACE])
    def get(self, request: Request, hold_id: UUID) -> Response:
        """Held, booked, performed, settled or refunded, corrected: for its viewer, its performer and staff."""
        return Response(TraceSerializer(trace_for(self.actor, hold_id)).data)


def asked(request: Request, serializer: type[CamelSerializer]) -> dict[str, Any]:
    """The query, validated; raises a validation error by name, of unknown names too."""
    sent = request.query_params
    form = serializer(data={name: sent.getlist(name) if name == "kind" else sent[name] for name in sent})
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def wanted_of(sent: dict[str, Any]) -> TransactionFilter:
    """The filter that a validated query asks for."""
    return TransactionFilter(tuple(sent.get("kind", ())), sent.get("since"), sent.get("until"))


def link(request: Request, mark: Mark | None) -> str | None:
    """The address of a neighbouring page."""
    return None if mark is None else str(replace_query_param(request.build_absolute_uri(), "cursor", to_cursor(mark)))
