"""The wire shape of presence."""

from __future__ import annotations

from rest_framework import serializers

from core.api import CamelSerializer


class SignOfLifeSerializer(CamelSerializer):
    """An empty body; `modelId` and `idempotencyKey` are tolerated as everywhere."""


class PresenceSerializer(CamelSerializer):
    """Until when this sign of life counts."""

    until = serializers.DateTimeField()
