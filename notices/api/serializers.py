"""Notices and wishes as they go on the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from core.api import CamelSerializer
from notices.registry import LANGUAGES, MESSAGES, Audience, Severity, message_of

SWITCHES = [m for m in MESSAGES.values() if m.audience != Audience.ROOM]


class NoticeSerializer(CamelSerializer):
    """Something that somebody was told."""

    id = serializers.UUIDField()
    template_key = serializers.CharField(help_text="the key of its words")
    severity = serializers.ChoiceField(choices=[s.value for s in Severity])
    text = serializers.CharField(help_text="plain words as they stood when it was written, in `language`")
    language = serializers.ChoiceField(
        choices=list(LANGUAGES), help_text="the reader's; English where there was no text in it"
    )
    variables = serializers.DictField(help_text="ids, whole numbers and titles that the words are made of")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticePageSerializer(CamelSerializer):
    """A page of notices."""

    results = NoticeSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    unread = serializers.IntegerField(min_value=0, max_value=100, help_text="100 stands for 100 and more")


class UnreadSerializer(CamelSerializer):
    """What is left to read."""

    unread = serializers.IntegerField(min_value=0, max_value=100)


@extend_schema_field(
    {
        "type": "object",
        "properties": {m.key: {"type": "boolean", "description": m.title} for m in SWITCHES},
        "additionalProperties": False,
    }
)
class SwitchesField(serializers.Field[Any, Any, Any, Any]):
    """Keys and whether they are told: true or false each."""

    def to_internal_value(self, data: Any) -> dict[str, bool]:  # noqa: ANN401 - untrusted input
        if not isinstance(data, dict):
            raise serializers.ValidationError("An object of keys is expected.", code="not_an_object")
        errors = {str(key): [problem] for key, on in data.items() if (problem := _problem(str(key), on))}
        if errors:
            raise serializers.ValidationError(errors)
        return dict(data)

    def to_representation(self, value: dict[str, bool]) -> dict[str, bool]:
        return value


def _problem(key: str, on: object) -> ErrorDetail | None:
    message = message_of(key)
    if message is None or message.audience == Audience.ROOM:
        return ErrorDetail("There is no such notice.", "unknown_key")
    return None if isinstance(on, bool) else ErrorDetail("True or false, please.", "invalid")


class WishesSerializer(CamelSerializer):
    """What somebody wants to be told, and in which language; null: the one that the browser asks for."""

    language = serializers.ChoiceField(choices=list(LANGUAGES), allow_null=True)
    keys = SwitchesField()
