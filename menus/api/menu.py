"""The performer's own menu and her preferences over JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PerformerView
from accounts.tokens import vouched_for
from core.api import CamelSerializer, etag_matches, etag_response, honours_key, parsed
from menus.api.examples import MENU, PREFERENCES, PREFERENCES_CHANGE, PREFERENCES_SAVED
from menus.api.serializers import ModelMenuSerializer, PreferencesSavedSerializer, PreferencesSerializer
from menus.copies import Copy, Known, good_copy, menu_copy
from menus.preferences import Preferences
from menus.queries.menu import menu_for, preferences_of
from menus.services.preferences import change_preferences, reset_preferences

STATE_SEEN, PREFERENCES_SEEN = "X-State-Version", "X-Preferences-Version"
SEEN = [
    OpenApiParameter(
        STATE_SEEN, OpenApiTypes.STR, OpenApiParameter.HEADER, description="The highest state version seen"
    ),
    OpenApiParameter(
        PREFERENCES_SEEN,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="Likewise; what is no number is ignored",
    ),
    OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
]
IF_MATCH = OpenApiParameter("If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of the GET")
NOT_MODIFIED = {304: None}


class ModelMenuView(PerformerView):
    """What she can do now. The answer is a copy where that is not older than what the client knows."""

    @extend_schema(
        operation_id="getModelMenu",
        parameters=SEEN,
        responses={200: ModelMenuSerializer} | NOT_MODIFIED,
        examples=[MENU],
    )
    def get(self, request: Request) -> HttpResponse:
        """Her menu by sections, with quick actions; 304 where the client's ETag is current."""
        copy = menu_copy(self.performer_id, known_to(request), lambda: menu_for(self.account))
        return answer(request, copy)


class PreferencesView(PerformerView):
    """How she wants her menu."""

    @extend_schema(
        operation_id="getMenuPreferences",
        responses={200: PreferencesSerializer} | NOT_MODIFIED,
        parameters=SEEN[2:],
        examples=[PREFERENCES],
    )
    def get(self, request: Request) -> Response:
        """Her preferences, or the defaults."""
        preferences = preferences_of(self.performer_id)
        return etag_response(request, etag_of(preferences), preferences.on_the_wire)

    @extend_schema(
        operation_id="changeMenuPreferences",
        request=PreferencesSerializer,
        responses=PreferencesSavedSerializer,
        parameters=[IF_MATCH],
        examples=[PREFERENCES_CHANGE, PREFERENCES_SAVED],
    )
    @honours_key
    def put(self, request: Request) -> Response:
        """Replace each key that is sent; the others stay. 412 where If-Match names an older version."""
        changes = parsed(PreferencesSerializer, request)
        preferences = change_preferences(
            by=self.actor, performer_id=self.performer_id, changes=changes, expected_version=expected(request)
        )
        return saved(preferences)


class PreferencesResetView(PerformerView):
    """Back to the defaults."""

    @extend_schema(
        operation_id="resetMenuPreferences",
        request=None,
        responses=PreferencesSavedSerializer,
        parameters=[IF_MATCH],
        examples=[PREFERENCES_SAVED],
    )
    @honours_key
    def post(self, request: Request) -> Response:
        """Forget all her choices."""
        parsed(CamelSerializer, request)
        preferences = reset_preferences(
            by=self.actor, performer_id=self.performer_id, expected_version=expected(request)
        )
        return saved(preferences)


# --- the menu's short way


def copy_by_token(request: HttpRequest) -> Copy | None:
    """A good copy for a token whose sign-in was open a moment ago and has not ended since; else None."""
    token = bearer_of(request)
    if not token or "X-Session-Id" in request.headers:
        return None
    performer_id = vouched_for(token)
    return good_copy(performer_id, known_to(request)) if performer_id is not None else None


def bearer_of(request: HttpRequest | Request) -> str:
    """The bearer token that was sent, if one was."""
    scheme, _, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def known_to(request: HttpRequest | Request) -> Known:
    """The versions that the client says it has seen; what is no number says nothing."""
    return Known(_number(request.headers.get(STATE_SEEN)), _number(request.headers.get(PREFERENCES_SEEN)))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def answer(request: HttpRequest | Request, copy: Copy) -> HttpResponse:
    """The copy's bytes, zipped where the client reads that, or 304."""
    unchanged = etag_matches(request, copy.etag)
    zipped = not unchanged and "gzip" in request.headers.get("Accept-Encoding", "")
    body = b"" if unchanged else copy.zipped if zipped else copy.body
    response = HttpResponse(body, status=304 if unchanged else 200, content_type="application/json")
    response.headers["ETag"] = f"W/{copy.etag}" if zipped else copy.etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie, Accept-Encoding"
    response.headers["X-Frame-Options"] = "DENY"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


# --- preferences


def etag_of(preferences: Preferences) -> str:
    """The ETag of her preferences."""
    return f'"preferences-{preferences.version}"'


def expected(request: Request) -> int | None:
    """The version that If-Match names: None for any, -1 for one that never was."""
    sent = request.headers.get("If-Match")
    if sent is None or sent.strip() == "*":
        return None
    version = sent.strip().removeprefix("W/").strip('"').removeprefix("preferences-")
    number = _number(version)
    return -1 if number is None else number


def saved(preferences: Preferences) -> Response:
    """S0's answer with the new ETag."""
    return Response({"success": True, "preferences": preferences.on_the_wire()}, headers={"ETag": etag_of(preferences)})
