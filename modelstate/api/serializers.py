"""The wire shapes of a performer's state."""

from __future__ import annotations

from rest_framework import serializers

from core.api import CamelSerializer, TextField
from modelstate.states import State

QUALITIES = ("auto", "480p", "720p", "1080p")
PRIVACIES = ("public", "subscribers", "private")


class NothingSerializer(CamelSerializer):
    """An empty body; `modelId` and `idempotencyKey` are tolerated as everywhere."""


class CurrentPerformanceSerializer(CamelSerializer):
    """The item she performs now."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    tokens = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    duration_seconds = serializers.IntegerField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, help_text="when the booked time is over; null while paused")
    paused_at = serializers.DateTimeField(allow_null=True)
    remaining_seconds = serializers.IntegerField(allow_null=True, help_text="where the timer stands while paused")


class ModelStateSerializer(CamelSerializer):
    """S0's shape, and the version that grows by one with every change."""

    state = serializers.ChoiceField(choices=State.choices)
    streaming = serializers.BooleanField()
    in_queue = serializers.BooleanField()
    performing = serializers.BooleanField()
    queue_position = serializers.IntegerField(allow_null=True)
    current_performance = CurrentPerformanceSerializer(allow_null=True)
    last_state_change = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class BroadcastSettingsSerializer(CamelSerializer):
    """What goes on air. A device left empty is not used."""

    title = TextField(min_length=1, max_length=100)
    quality = serializers.ChoiceField(choices=QUALITIES)
    privacy = serializers.ChoiceField(choices=PRIVACIES)
    camera = TextField(max_length=100, allow_blank=True)
    microphone = TextField(max_length=100, allow_blank=True)
