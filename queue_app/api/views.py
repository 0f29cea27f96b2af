"""The line and the queue over JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PerformerView, SignedInView
from accounts.permissions import Permission
from core.api import CursorPages, answer_response, claim_required, parsed, takes_key
from core.idempotency import Answer
from core.schema import paging
from modelstate.api.serializers import NothingSerializer
from queue_app import keyed, queries, services
from queue_app.api import examples
from queue_app.api.base import ModeIsStored
from queue_app.api.serializers import (
    LinePlaceSerializer,
    QueueHistorySerializer,
    QueueItemSerializer,
    QueuePlaceSerializer,
    QueueSerializer,
    QueueSettingsSerializer,
)


class LineView(ModeIsStored, PerformerView):
    """Into the line or out of it."""

    step: ClassVar[Callable[..., Answer]]

    @takes_key
    def post(self, request: Request) -> Response:
        """Take the step, once for the key."""
        claim = claim_required(request)
        parsed(NothingSerializer, request)
        return answer_response(type(self).step(by=self.actor, claim=claim, performer_id=self.performer_id))


@extend_schema_view(
    post=extend_schema(
        operation_id="joinQueue",
        description="Take the last place in the line; ten attempts an hour.",
        request=NothingSerializer,
        responses=LinePlaceSerializer,
        examples=[examples.JOINED],
    )
)
class JoinView(LineView):
    """Into the line."""

    permission, step = Permission.JOIN_QUEUE, staticmethod(keyed.join)


@extend_schema_view(
    post=extend_schema(
        operation_id="leaveQueue",
        description="Give up the place; refused during a performance.",
        request=NothingSerializer,
        responses=LinePlaceSerializer,
        examples=[examples.LEFT],
    )
)
class LeaveView(LineView):
    """Out of the line."""

    permission, step = Permission.LEAVE_QUEUE, staticmethod(keyed.leave)


class QueueView(ModeIsStored, PerformerView):
    """What viewers paid for."""

    permission = Permission.READ_QUEUE

    @extend_schema(operation_id="getQueue", responses=QueueSerializer, examples=[examples.QUEUE])
    def get(self, request: Request) -> Response:
        """Her running and waiting items, in order."""
        queue = queries.queue_of(self.performer_id)
        shown = QueueItemSerializer(queue.items, many=True).data
        page = {"results": shown, "next": None, "previous": None}
        return Response({**page, "depth": queue.depth, "version": queue.version})


class SettingsView(PerformerView):
    """How her queue works."""

    permission = Permission.READ_QUEUE

    @extend_schema(operation_id="getQueueSettings", responses=QueueSettingsSerializer, examples=[examples.SETTINGS])
    def get(self, request: Request) -> Response:
        """Her settings, or the house's."""
        return Response(QueueSettingsSerializer(queries.settings_of(self.performer_id)).data)

    @extend_schema(
        operation_id="putQueueSettings",
        request=QueueSettingsSerializer(partial=True),
        responses=QueueSettingsSerializer,
        examples=[examples.SETTINGS],
    )
    def put(self, request: Request) -> Response:
        """Merge the given keys; what is queued already stays as it is."""
        changes = parsed(QueueSettingsSerializer, request, partial=True)
        saved = services.save_settings(performer_id=self.performer_id, changes=changes)
        return Response(QueueSettingsSerializer(saved).data)


class ItemView(ModeIsStored, SignedInView):
    """One item, for its viewer, its performer and staff."""

    @extend_schema(operation_id="getQueueItem", responses=QueueItemSerializer, examples=[examples.WAITING])
    def get(self, request: Request, item_id: UUID) -> Response:
        """The item."""
        return Response(QueueItemSerializer(queries.item_for(self.actor, item_id)).data)


class PlaceView(ModeIsStored, SignedInView):
    """Where one item stands."""

    @extend_schema(operation_id="getQueueItemPosition", responses=QueuePlaceSerializer, examples=[examples.PLACE])
    def get(self, request: Request, item_id: UUID) -> Response:
        """Its position and the wait in seconds."""
        return Response(QueuePlaceSerializer(queries.place_for(self.actor, item_id)).data)


#: Whose own items a role sees.
SIDES: tuple[tuple[str, queries.Side], ...] = (("performer", "performed"), ("viewer", "bought"))


class HistoryView(ModeIsStored, SignedInView):
    """What was bought or performed."""

    @extend_schema(
        operation_id="getQueueHistory",
        parameters=paging("items"),
        responses=QueueHistorySerializer,
        examples=[examples.HISTORY],
    )
    def get(self, request: Request) -> Response:
        """A viewer's own items, a performer's own, both of who is both; the newest first."""
        pages: Any = CursorPages()
        sides = [side for role, side in SIDES if role in self.access.roles] or ["bought"]
        rows = pages.paginate_queryset(queries.history_for(self.account.pk, sides), request, view=self)
        page: Response = pages.get_paginated_response(QueueItemSerializer(queries.views(rows), many=True).data)
        return page
