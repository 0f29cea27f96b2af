"""A performer's state over JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PerformerView
from accounts.permissions import Permission
from core.api import etag_response, keyed, parsed
from modelstate import queries, services
from modelstate.api.serializers import BroadcastSettingsSerializer, ModelStateSerializer, NothingSerializer

STREAMING = OpenApiExample(
    "on air",
    value={
        "state": "STREAMING",
        "streaming": True,
        "inQueue": False,
        "performing": False,
        "queuePosition": None,
        "currentPerformance": None,
        "lastStateChange": "2026-01-02T15:00:00Z",
        "version": 3,
    },
    response_only=True,
)
IDLE = OpenApiExample(
    "the stream has ended",
    value={
        "state": "IDLE",
        "streaming": False,
        "inQueue": False,
        "performing": False,
        "queuePosition": None,
        "currentPerformance": None,
        "lastStateChange": "2026-01-02T15:00:00Z",
        "version": 3,
    },
    response_only=True,
)
BROADCAST = OpenApiExample(
    "a public show",
    value={
        "title": "Friday night",
        "quality": "720p",
        "privacy": "public",
        "camera": "default",
        "microphone": "default",
    },
)


class StateView(PerformerView):
    """What the signed-in performer is doing."""

    @extend_schema(operation_id="getModelState", responses=ModelStateSerializer, examples=[STREAMING])
    def get(self, request: Request) -> Response:
        """Her state with everything that follows from it; 304 where the client's ETag is current."""
        state = queries.get_state(self.performer_id)
        work = state.current_performance
        etag = f'"{state.version}-{state.queue_position or 0}-{work.version if work else 0}"'
        return etag_response(request, etag, lambda: ModelStateSerializer(state).data)


class StreamView(PerformerView):
    """On air or off it."""

    permission = Permission.STREAM
    step: ClassVar[Callable[..., queries.StateView]]

    @keyed
    def post(self, request: Request) -> Response:
        """Take the step, once for the key."""
        parsed(NothingSerializer, request)
        return Response(ModelStateSerializer(type(self).step(by=self.actor, performer_id=self.performer_id)).data)


def _stream_view(
    step: Callable[..., queries.StateView], operation_id: str, description: str, example: OpenApiExample
) -> type[StreamView]:
    """The view of one step, with its own words in the document."""
    described = extend_schema(
        operation_id=operation_id,
        description=description,
        request=NothingSerializer,
        responses=ModelStateSerializer,
        examples=[example],
    )
    view = type(operation_id, (StreamView,), {"step": staticmethod(step), "__doc__": description})
    return extend_schema_view(post=described)(view)


StreamStartView = _stream_view(services.start_stream, "startStream", "Start the stream.", STREAMING)
StreamStopView = _stream_view(
    services.stop_stream, "stopStream", "Stop the stream; in the line she keeps her place.", IDLE
)


class BroadcastSettingsView(PerformerView):
    """What goes on air when the stream starts."""

    @extend_schema(operation_id="getBroadcastSettings", responses=BroadcastSettingsSerializer, examples=[BROADCAST])
    def get(self, request: Request) -> Response:
        """Her settings, or the house's."""
        return Response(BroadcastSettingsSerializer(queries.broadcast_of(self.performer_id)).data)

    @extend_schema(
        operation_id="putBroadcastSettings",
        request=BroadcastSettingsSerializer(partial=True),
        responses=BroadcastSettingsSerializer,
        examples=[BROADCAST],
    )
    def put(self, request: Request) -> Response:
        """Merge the given keys into her settings."""
        changes = parsed(BroadcastSettingsSerializer, request, partial=True)
        saved = services.save_broadcast(performer_id=self.performer_id, changes=changes)
        return Response(BroadcastSettingsSerializer(saved).data)
