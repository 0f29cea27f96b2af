"""Tokens, tickets, sign-out and `/me`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sockets, tokens
from accounts.actors import actor_of
from accounts.api.base import SignedInView
from accounts.api.serializers import (
    CredentialsSerializer,
    LogoutSerializer,
    MeSerializer,
    RefreshSerializer,
    SocketTicketSerializer,
    TokenPairSerializer,
)
from accounts.guessing import check_credentials
from accounts.services import end_sign_in
from accounts.sessions import leave_session
from core.api import CamelSerializer, parsed

if TYPE_CHECKING:
    from accounts.models import SignIn


class TokenView(APIView):
    """Sign in with a name and a password."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=CredentialsSerializer, responses=TokenPairSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Both tokens of a new sign-in."""
        sent = parsed(CredentialsSerializer, request)
        pair = tokens.begin_tokens(check_credentials(username=sent["username"], password=sent["password"]))
        return Response(TokenPairSerializer(pair).data)


class RefreshView(APIView):
    """Exchange a refresh token."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=RefreshSerializer, responses=TokenPairSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """A new pair; the token sent is used up, and using it again ends the sign-in."""
        pair = tokens.rotate(parsed(RefreshSerializer, request)["refresh"])
        return Response(TokenPairSerializer(pair).data)


class LogoutView(APIView):
    """End one sign-in."""

    permission_classes = [AllowAny]

    @extend_schema(request=LogoutSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Ends the caller's sign-in, or that of the refresh token sent; refused while performing."""
        sent = parsed(LogoutSerializer, request)
        sign_in = cast("SignIn | None", request.auth) or tokens.sign_in_of_refresh(sent.get("refresh", ""))
        end_sign_in(by=actor_of(sign_in.user), sign_in_id=sign_in.pk)
        if sign_in.session_key:
            leave_session(request._request)
        return Response(status=204)


class SocketTicketView(SignedInView):
    """Admission to a socket for clients that cannot send a cookie."""

    @extend_schema(request=None, responses=SocketTicketSerializer)
    def post(self, request: Request) -> Response:
        """A ticket, good once and for 30 seconds."""
        parsed(CamelSerializer, request)
        ticket = sockets.issue_ticket(self.sign_in)
        return Response(SocketTicketSerializer(ticket).data)


class MeView(SignedInView):
    """Who am I."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The account, what it may do, and the sign-in's id."""
        access = self.access
        body: dict[str, UUID | str | list[str]] = {
            "id": self.account.pk,
            "username": self.account.username,
            "roles": sorted(access.roles),
            "permissions": sorted(access.permissions),
            "flags": sorted(access.flags),
            "sessionId": self.sign_in.pk,
        }
        if access.performer_id:
            body["performerId"] = access.performer_id
        return Response(body)
