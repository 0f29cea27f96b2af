"""The steps of an item's life over JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView, ViewerView
from core.api import keyed, parsed
from core.exceptions import PermissionDenied
from modelstate.api.serializers import NothingSerializer
from queue_app import services
from queue_app.api import examples
from queue_app.api.serializers import FinishPartSerializer, QueueItemMovedSerializer, RefundReasonSerializer

WORKERS = {"performer", "staff"}


class WorkView(SignedInView):
    """Steps that the item's performer takes, or staff for her."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - signature of APIView
        """Nobody else, before the body is read."""
        super().initial(request, *args, **kwargs)
        if not self.access.roles & WORKERS:
            raise PermissionDenied()


class StartView(WorkView):
    """Begin."""

    @extend_schema(
        operation_id="startQueueItem",
        request=NothingSerializer,
        responses=QueueItemMovedSerializer,
        examples=[examples.STARTED],
    )
    @keyed
    def post(self, request: Request, item_id: UUID) -> Response:
        """Start the head of the queue."""
        parsed(NothingSerializer, request)
        return Response(QueueItemMovedSerializer.of(services.start(by=self.actor, item_id=item_id)))


class FinishView(WorkView):
    """Done."""

    @extend_schema(
        operation_id="finishQueueItem",
        request=FinishPartSerializer,
        responses=QueueItemMovedSerializer,
        examples=[examples.PARTIAL, examples.FINISHED],
    )
    @keyed
    def post(self, request: Request, item_id: UUID) -> Response:
        """Finish the running item and pay the performer, wholly or in part."""
        parts = parsed(FinishPartSerializer, request)
        return Response(QueueItemMovedSerializer.of(services.finish(by=self.actor, item_id=item_id, **parts)))


class AbandonView(WorkView):
    """Given up."""

    @extend_schema(
        operation_id="abandonQueueItem",
        request=RefundReasonSerializer,
        responses=QueueItemMovedSerializer,
        examples=[examples.REASON, examples.REFUNDED],
    )
    @keyed
    def post(self, request: Request, item_id: UUID) -> Response:
        """Abandon a waiting or running item, with a full refund."""
        why = parsed(RefundReasonSerializer, request)
        return Response(QueueItemMovedSerializer.of(services.abandon(by=self.actor, item_id=item_id, **why)))


class RefundView(WorkView):
    """Given back."""

    @extend_schema(
        operation_id="refundQueueItem",
        request=RefundReasonSerializer,
        responses=QueueItemMovedSerializer,
        examples=[examples.REASON, examples.REFUNDED],
    )
    @keyed
    def post(self, request: Request, item_id: UUID) -> Response:
        """Refund a waiting or running item."""
        why = parsed(RefundReasonSerializer, request)
        return Response(QueueItemMovedSerializer.of(services.refund(by=self.actor, item_id=item_id, **why)))


class CancelView(ViewerView):
    """No longer wanted."""

    @extend_schema(
        operation_id="cancelQueueItem",
        request=NothingSerializer,
        responses=QueueItemMovedSerializer,
        examples=[examples.REFUNDED],
    )
    @keyed
    def post(self, request: Request, item_id: UUID) -> Response:
        """Take a waiting item back, with a full refund."""
        parsed(NothingSerializer, request)
        return Response(QueueItemMovedSerializer.of(services.cancel(by=self.actor, item_id=item_id)))
