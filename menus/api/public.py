"""What viewers see and buy."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView
from core.api import CursorPages
from menus.api.examples import PUBLIC_MENU, PUBLIC_PERFORMERS
from menus.api.serializers import (
    PublicMenuSerializer,
    PublicPerformerSerializer,
    PublicPerformersSerializer,
)
from menus.queries.offers import offers_of, performers_with_offers
from modelstate.queries import states_of
from modelstate.states import STREAMING_STATES, State
from queue_app.queries import paused_intakes


class ByStageName(CursorPages):
    """Performers by name; the id decides between equals."""

    ordering = ("stage_name", "pk")  # type: ignore[assignment]  # a tuple is welcome


class PublicPerformersView(SignedInView):
    """Who has something to buy."""

    @extend_schema(
        operation_id="listPublicPerformers", responses=PublicPerformersSerializer, examples=[PUBLIC_PERFORMERS]
    )
    def get(self, request: Request) -> Response:
        """Performers with at least one item that the caller may buy, by name, page by page."""
        pages = ByStageName()
        found = pages.paginate_queryset(performers_with_offers(self.account.pk), request, view=self) or []
        states, paused = states_of(row.pk for row in found), paused_intakes(row.pk for row in found)
        rows = [
            {
                "id": row.pk,
                "stage_name": row.stage_name,
                "streaming": states.get(row.pk) in STREAMING_STATES,
                "available": states.get(row.pk, State.OFFLINE) != State.OFFLINE and row.pk not in paused,
            }
            for row in found
        ]
        return pages.get_paginated_response(PublicPerformerSerializer(rows, many=True).data)


class PublicMenuView(SignedInView):
    """What one performer sells."""

    @extend_schema(operation_id="getPublicMenu", responses=PublicMenuSerializer, examples=[PUBLIC_MENU])
    def get(self, request: Request, performer_id: UUID) -> Response:
        """Her active items that the caller may see, in her order."""
        items = offers_of(performer_id, self.account.pk)
        return Response(PublicMenuSerializer({"performer_id": performer_id, "items": items}).data)
