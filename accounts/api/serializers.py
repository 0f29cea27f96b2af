"""Shapes of who is it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.api import examples
from core.api import CamelSerializer, TextField


@extend_schema_serializer(examples=[examples.CREDENTIALS])
class CredentialsSerializer(CamelSerializer):
    """A name and a password, both as typed."""

    username = TextField(max_length=150)
    password = TextField(max_length=1024, trim_whitespace=False)


@extend_schema_serializer(examples=[examples.REFRESH])
class RefreshSerializer(CamelSerializer):
    """A refresh token."""

    refresh = TextField(max_length=4096)


@extend_schema_serializer(examples=[examples.LOGOUT])
class LogoutSerializer(CamelSerializer):
    """The refresh token of the sign-in to end, where the access token has expired."""

    refresh = TextField(max_length=4096, required=False)


@extend_schema_serializer(examples=[examples.TOKENS])
class TokenPairSerializer(CamelSerializer):
    """Both tokens."""

    access = TextField()
    refresh = TextField()


@extend_schema_serializer(examples=[examples.TICKET])
class SocketTicketSerializer(CamelSerializer):
    """A ticket for one socket."""

    ticket = TextField()
    expires_in = serializers.IntegerField()


@extend_schema_serializer(examples=[examples.ME])
class MeSerializer(CamelSerializer):
    """Who is signed in and what is open to her."""

    id = serializers.UUIDField()
    username = TextField()
    roles = serializers.ListField(child=TextField())
    permissions = serializers.ListField(child=TextField())
    flags = serializers.ListField(child=TextField())
    performer_id = serializers.UUIDField(required=False)
    session_id = serializers.UUIDField()
