"""ModelSerializers, nested where the answer is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from benchmarks.naive.models import Action, QueueItem, Section


class PurchaseInput(serializers.Serializer[Any]):
    """What the viewer may add."""

    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class QueueItemSerializer(serializers.ModelSerializer[QueueItem]):
    """An item as the API shows it."""

    class Meta:
        model = QueueItem
        fields = "__all__"


class ActionSerializer(serializers.ModelSerializer[Action]):
    """A menu item with what the performer's state makes of it."""

    visible = serializers.SerializerMethodField()
    enabled = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    badge = serializers.SerializerMethodField()

    class Meta:
        model = Action
        fields = ["name", "label", "icon", "action", "shortcut", "visible", "enabled", "reason", "badge"]

    def get_visible(self, action: Action) -> bool:
        """Hidden where a state is required that she is not in."""
        return not action.required_states or self.context["state"] in action.required_states

    def get_enabled(self, action: Action) -> bool:
        """Disabled in a prohibited state."""
        return self.context["state"] not in action.prohibited_states

    def get_reason(self, action: Action) -> str | None:
        """Why it is disabled."""
        return None if self.get_enabled(action) else f"Not while {self.context['state']}"

    def get_badge(self, action: Action) -> str | None:
        """How many wait."""
        return str(self.context["waiting"]) if action.name == "view-queue" and self.context["waiting"] else None


class SectionSerializer(serializers.ModelSerializer[Section]):
    """A section with the items she may see."""

    items = serializers.SerializerMethodField()

    class Meta:
        model = Section
        fields = ["name", "label", "icon", "order", "items"]

    def get_items(self, section: Section) -> Any:  # noqa: ANN401 - nested JSON
        """Her items, in order."""
        user = self.context["request"].user
        allowed = [
            action
            for action in section.actions.order_by("order")
            if not action.permission or user.has_perm(f"naive.{action.permission}")
        ]
        return ActionSerializer(allowed, many=True, context=self.context).data
