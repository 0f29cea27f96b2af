"""A small API and page of their own, so that the doors are tested without any domain."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import (
    CamelSerializer,
    FlagField,
    TextField,
    WholeNumberField,
    check_if_match,
    etag_response,
    honours_key,
    keyed,
    parsed,
)
from core.exceptions import InsufficientBalance, RateLimitExceeded

RUNS: list[str] = []


class Someone(AnonymousUser):
    """A signed-in caller whose id comes from a header."""

    is_authenticated = True  # type: ignore[assignment]

    def __init__(self, pk: str) -> None:
        self.pk = pk  # type: ignore[assignment]


class HeaderAuthentication(BaseAuthentication):
    """X-Who names the caller."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        who = request.headers.get("X-Who")
        return (Someone(who), None) if who else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Inner(CamelSerializer):
    """A nested object."""

    user_note = TextField(max_length=5)


class Thing(CamelSerializer):
    """A body with each kind of field."""

    token_count = WholeNumberField(min_value=1, max_value=99999)
    display_name = TextField(max_length=20, required=False)
    is_open = FlagField(required=False)
    inner_parts = Inner(many=True, required=False)
    free = serializers.DictField(required=False)


class ThingView(APIView):
    """GET with an ETag, POST with a key, PUT where a key may come."""

    authentication_classes = [HeaderAuthentication]

    def get(self, request: Request) -> Response:
        return etag_response(request, '"7"', lambda: {"version": 7})

    @keyed
    def post(self, request: Request) -> Response:
        data = parsed(Thing, request)
        RUNS.append("post")
        if data["token_count"] == 402:
            raise InsufficientBalance(required=402, available=1)
        return Response(data, status=201)

    @honours_key
    def put(self, request: Request) -> Response:
        check_if_match(request, '"7"')
        RUNS.append("put")
        return Response(parsed(Thing, request, partial=True))

    def patch(self, request: Request) -> Response:
        raise ZeroDivisionError("an internal detail")


def page(request: HttpRequest) -> HttpResponse:
    """A page that refuses."""
    raise RateLimitExceeded("Too many attempts.", retry_after=30)


urlpatterns = [path("api/v1/things", ThingView.as_view()), path("page", page)]
handler500 = "core.views.server_error"
handler404 = "core.views.not_found"
