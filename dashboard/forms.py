"""What a browser sends, read into what services take. Which values are allowed is the services' business."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict

from core.api import field_errors
from core.exceptions import FieldError, ValidationFailed
from menus.preferences import HIDEABLE
from menus.registry import ACTIONS
from modelstate.api.serializers import BroadcastSettingsSerializer
from wallet.queries import Mark

SHORTCUT = "key."
BROADCAST = ("title", "quality", "privacy", "camera", "microphone")


def mark_from(words: str) -> Mark | None:
    """A place in a history, as `mark_words` writes it; None without one. Raises ValidationFailed for anything else."""
    if not words:
        return None
    try:
        side, at, number = words.split("_")
        created_at = datetime.fromisoformat(at)
        if side not in ("n", "o") or created_at.tzinfo is None:
            raise ValueError(words)
        return Mark(created_at, UUID(number), newer=side == "n")
    except ValueError:
        raise ValidationFailed.of("at", "invalid", "This is no place in the list.") from None


def version_from(form: QueryDict) -> int:
    """The version of what the form was filled from. Raises ValidationFailed where it is none."""
    text = form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValidationFailed.of("version", "invalid", "Load the page again.")
    return int(text)


def preferences_from(form: QueryDict) -> dict[str, Any]:
    """A whole page of preferences: what is not switched on is off."""
    shown = set(form.getlist("show"))
    notify = set(form.getlist("notify"))
    return {
        "quick_actions": form.getlist("pin"),
        "section_order": form.getlist("section"),
        "hidden_sections": [section for section in HIDEABLE if section not in shown],
        "custom_widgets": form.getlist("widget"),
        "keyboard_shortcuts": _shortcuts(form),
        "notifications": {action: action in notify for action in sorted(ACTIONS & set(form.getlist("notifiable")))},
    }


def broadcast_from(form: QueryDict) -> dict[str, Any]:
    """What goes on air, under the rules of the API. Raises ValidationFailed by field."""
    sent = BroadcastSettingsSerializer(data={name: form.get(name, "") for name in BROADCAST})
    if not sent.is_valid():
        raise ValidationFailed(field_errors(sent.errors))
    wanted: dict[str, Any] = sent.validated_data
    return wanted


def _shortcuts(form: QueryDict) -> dict[str, str]:
    """What she typed, without the empty ones, which stand for the usual shortcut."""
    typed = {
        name.removeprefix(SHORTCUT): form.get(name, "").strip().lower() for name in form if name.startswith(SHORTCUT)
    }
    unknown = sorted(typed.keys() - ACTIONS)
    if unknown:
        raise ValidationFailed(
            [FieldError(f"keyboardShortcuts.{name}", "unknown_action", "No such action.") for name in unknown]
        )
    return {action: combo for action, combo in typed.items() if combo}
