"""A sign of life of a page that has no socket."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PerformerView
from core.api import parsed
from presence import services
from presence.api.serializers import PresenceSerializer, SignOfLifeSerializer
from presence.states import Kind

PRESENT = OpenApiExample("for 25 seconds", value={"until": "2026-03-01T18:20:36.482113Z"}, response_only=True)


class PresenceView(PerformerView):
    """Being there without a socket: every ten seconds."""

    @extend_schema(
        operation_id="stayPresent", request=SignOfLifeSerializer, responses=PresenceSerializer, examples=[PRESENT]
    )
    def post(self, request: Request) -> Response:
        """She is there, until the instant that is answered."""
        parsed(SignOfLifeSerializer, request)
        until = services.renew(sign_in_ids=[self.sign_in.pk], kind=Kind.POLL)
        return Response(PresenceSerializer({"until": until}).data)
