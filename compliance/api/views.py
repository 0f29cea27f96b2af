"""A viewer's own limits; nobody names a viewer, so nobody reads or sets another's."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ViewerView
from compliance import services
from compliance.api.serializers import (
    ExclusionInputSerializer,
    LimitsInputSerializer,
    LimitsSerializer,
    on_the_wire,
)
from compliance.queries import limits_of
from core.api import honours_key, parsed

LIMITS = OpenApiExample(
    "A raise that waits",
    value={
        "daily": 500,
        "weekly": 2000,
        "pending": {"daily": {"tokens": 800, "since": "2026-03-02T18:20:11.482113Z"}, "weekly": None},
        "spent": {"daily": 120, "weekly": 940},
        "resetTime": {"daily": "2026-03-02T05:00:00Z", "weekly": "2026-03-02T05:00:00Z"},
        "gameLimits": {"daily": 2000, "weekly": 10000},
        "selfExcludedUntil": None,
    },
    response_only=True,
)
LIMITS_INPUT = OpenApiExample("Lower by day, none by week", value={"daily": 500, "weekly": None}, request_only=True)
EXCLUSION_INPUT = OpenApiExample("A month", value={"days": 30}, request_only=True)


class LimitsView(ViewerView):
    """What the caller may spend."""

    @extend_schema(operation_id="readLimits", responses=LimitsSerializer, examples=[LIMITS])
    def get(self, request: Request) -> Response:
        """Own limits, raises that wait, what is spent, when counting begins anew."""
        return Response(on_the_wire(limits_of(self.viewer_id)))

    @extend_schema(
        operation_id="setLimits",
        request=LimitsInputSerializer,
        responses=LimitsSerializer,
        examples=[LIMITS_INPUT, LIMITS],
    )
    @honours_key
    def put(self, request: Request) -> Response:
        """Lower holds at once, higher or none after 24 hours."""
        changes = parsed(LimitsInputSerializer, request)
        return Response(on_the_wire(services.set_limits(by=self.actor, viewer_id=self.viewer_id, changes=changes)))


class SelfExclusionView(ViewerView):
    """Shutting oneself out."""

    @extend_schema(
        operation_id="excludeSelf",
        request=ExclusionInputSerializer,
        responses=LimitsSerializer,
        examples=[EXCLUSION_INPUT, LIMITS],
    )
    @honours_key
    def post(self, request: Request) -> Response:
        """1 day to 5 years; it can be made longer, never shorter."""
        days = parsed(ExclusionInputSerializer, request)["days"]
        return Response(on_the_wire(services.exclude(by=self.actor, viewer_id=self.viewer_id, days=days)))
