"""Shapes of who is it."""

from __future__ import annotations

from rest_framework import serializers

from core.api import CamelSerializer, TextField


class CredentialsSerializer(CamelSerializer):
    """A name and a password, both as typed."""

    username = TextField(max_length=150)
    password = TextField(max_length=1024, trim_whitespace=False)


class RefreshSerializer(CamelSerializer):
    """A refresh token."""

    refresh = TextField(max_length=4096)


class LogoutSerializer(CamelSerializer):
    """The refresh token of the sign-in to end, where the access token has expired."""

    refresh = TextField(max_length=4096, required=False)


class TokenPairSerializer(CamelSerializer):
    """Both tokens."""

    access = TextField()
    refresh = TextField()


class SocketTicketSerializer(CamelSerializer):
    """A ticket for one socket."""

    ticket = TextField()
    expires_in = serializers.IntegerField()


class MeSerializer(CamelSerializer):
    """Who is signed in and what is open to her."""

    id = serializers.UUIDField()
    username = TextField()
    roles = serializers.ListField(child=TextField())
    permissions = serializers.ListField(child=TextField())
    flags = serializers.ListField(child=TextField())
    performer_id = serializers.UUIDField(required=False)
    session_id = serializers.UUIDField()
