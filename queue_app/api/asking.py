"""Asking for whoever is next, and asking what an end would settle."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ViewerView
from core.api import answer_response, claim_required, parsed, takes_key
from core.exceptions import ValidationFailed
from queue_app import services
from queue_app.api import examples
from queue_app.api.base import ModeIsStored
from queue_app.api.moves import WorkerView
from queue_app.api.serializers import NextRequestSerializer, PreviewSerializer, QueueItemSerializer

SETTLED = OpenApiParameter(
    "settled",
    {"type": "integer", "minimum": 1, "maximum": 10**9},
    description="preview a partial performance: so many tokens settled, the rest refunded",
)


class RequestsView(ModeIsStored, ViewerView):
    """Whoever is next."""

    @takes_key
    @extend_schema(
        operation_id="requestNextAvailable",
        request=NextRequestSerializer,
        responses=QueueItemSerializer,
        examples=[examples.REQUEST, examples.UNASSIGNED],
    )
    def post(self, request: Request) -> Response:
        """Hold the tokens; the item goes to the first performer in the line who may take it, now or later.

        Five of one viewer's wait at most, fifty of all; else QUEUE_FULL, with ownWaiting or depth.
        """
        wish = parsed(NextRequestSerializer, request)
        claim = claim_required(request)
        return answer_response(services.request(by=self.actor, claim=claim, **wish))


class PreviewView(ModeIsStored, WorkerView):
    """What would be settled, for whoever may end it."""

    @extend_schema(
        operation_id="previewSettlement", parameters=[SETTLED], responses=PreviewSerializer, examples=[examples.PREVIEW]
    )
    def get(self, request: Request, item_id: UUID) -> Response:
        """What finishing and abandoning the running item would move: the ledger's own dry run."""
        found = services.preview(by=self.actor, item_id=item_id, settled=part(request.query_params.get("settled")))
        return Response(PreviewSerializer(found).data)


def part(sent: str | None) -> int | None:
    """The tokens of a partial performance; raises ValidationFailed where it is no whole number."""
    if sent is None:
        return None
    if not (sent.isascii() and sent.isdecimal() and len(sent) <= 10):
        raise ValidationFailed.of("settled", "invalid", "A whole number is expected.")
    return int(sent)
