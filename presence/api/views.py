"""A sign of life of a page that has no socket."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView
from core.api import parsed
from core.exceptions import PermissionDenied
from presence import services
from presence.api.serializers import PresenceSerializer, SignOfLifeSerializer
from presence.states import Kind

#: Whose being there means something to the queue.
ROLES = frozenset({"performer", "viewer"})
PRESENT = OpenApiExample("for 25 seconds", value={"until": "2026-03-01T18:20:36.482113Z"}, response_only=True)


class PresenceView(SignedInView):
    """Being there without a socket: every ten seconds. For performers, and viewers whose bookings need them there."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - signature of APIView
        """DRF's hook before the method."""
        super().initial(request, *args, **kwargs)
        if not ROLES & self.access.roles:
            raise PermissionDenied()

    @extend_schema(
        operation_id="stayPresent", request=SignOfLifeSerializer, responses=PresenceSerializer, examples=[PRESENT]
    )
    def post(self, request: Request) -> Response:
        """Whoever asks is there, until the instant that is answered."""
        parsed(SignOfLifeSerializer, request)
        until = services.renew(sign_in_ids=[self.sign_in.pk], kind=Kind.POLL)
        return Response(PresenceSerializer({"until": until}).data)
