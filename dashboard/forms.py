"""What a browser sends, read into what services take. Which values are allowed is the services' business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import QueryDict

from compliance.policies import PERIODS as LIMITED
from core.api import field_errors
from core.exceptions import DomainError, FieldError, ValidationFailed
from dashboard.presenters.limits import WORD
from menus.preferences import HIDEABLE
from menus.registry import ACTIONS
from modelstate.api.serializers import BroadcastSettingsSerializer
from queue_app.api.serializers import NextRequestSerializer
from wallet.api.serializers import TransactionFilterSerializer
from wallet.periods import PERIODS, TODAY
from wallet.queries.earnings import business_zone
from wallet.queries.statements import Mark, TransactionFilter

T = TypeVar("T")
SHORTCUT = "key."
FILTER = ("kind", "from", "to")
QUEUE_SWITCHES = ("mode", "auto_rejoin", "accepts_slots")
SWITCHED = {"on": True, "off": False}
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


def tried(read: Callable[[], T]) -> tuple[T | None, DomainError | None]:
    """What an address asks for, or the refusal of it: a page with a form shows that beside the field."""
    try:
        return read(), None
    except DomainError as refusal:
        return None, refusal


def filter_from(sent: QueryDict) -> TransactionFilter:
    """Which movements an address asks for, under the rules of the API. Raises ValidationFailed by field."""
    data = {name: sent.getlist(name) if name == "kind" else sent[name] for name in asked_in(sent)}
    form = TransactionFilterSerializer(data=data)
    if not form.is_valid():
        raise ValidationFailed(field_errors(form.errors))
    wanted = form.validated_data
    return TransactionFilter(tuple(wanted.get("kind", ())), wanted.get("since"), wanted.get("until"))


def asked_in(sent: QueryDict) -> list[str]:
    """The fields of the filter that were filled in."""
    return [name for name in FILTER if any(sent.getlist(name))]


def period_from(sent: QueryDict) -> str:
    """The period that an address asks for; today without one. Raises ValidationFailed for anything else."""
    name = sent.get("period") or TODAY
    if name not in PERIODS:
        raise ValidationFailed.of("period", "invalid_choice", "Choose today, week or month.")
    return name


def instant_from(words: str) -> datetime | None:
    """The instant that the form of the past asks for, in business time unless it names a zone; None without one.

    Of an hour that the clocks go through twice it is the first. Raises ValidationFailed where it is no instant.
    """
    if not words:
        return None
    try:
        found = datetime.fromisoformat(words)
        return (found.replace(tzinfo=business_zone()) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationFailed.of("at", "invalid", "Give a date and a time.") from None


def version_from(form: QueryDict) -> int:
    """The version of what the form was filled from. Raises ValidationFailed where it is none."""
    text = form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValidationFailed.of("version", "invalid", "Load the page again.")
    return int(text)


def amount_from(form: QueryDict) -> int:
    """Whole tokens as somebody types them. Raises ValidationFailed where it is no number."""
    text = form.get("amount", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValidationFailed.of("amount", "invalid", "Give a whole number of tokens.")
    return int(text)


def wishes_from(form: QueryDict) -> tuple[dict[str, bool], str | None]:
    """The switches that the page showed, and the language; None: the browser's."""
    on = set(form.getlist("on"))
    return {key: key in on for key in form.getlist("shown")}, form.get("language") or None


def queue_switches_from(form: QueryDict) -> dict[str, bool]:
    """The switches of her queue that a form shows (`shown`) or names: on, or off where a browser sent none of them.

    What the form says nothing of stays as it is. Raises ValidationFailed by field, and where it says nothing at all.
    """
    shown = {*form.getlist("shown"), *(name for name in QUEUE_SWITCHES if name in form)}
    if not shown:
        raise ValidationFailed.of("shown", "required", f"Nothing was changed. Name one of {', '.join(QUEUE_SWITCHES)}.")
    if not shown <= {*QUEUE_SWITCHES}:
        raise ValidationFailed.of("shown", "invalid_choice", f"One of {', '.join(QUEUE_SWITCHES)}.")
    sent = {name: form.get(name, "off").lower() for name in QUEUE_SWITCHES if name in shown}
    wrong = [FieldError(name, "invalid_choice", "on or off.") for name, word in sent.items() if word not in SWITCHED]
    if wrong:
        raise ValidationFailed(wrong)
    return {name: SWITCHED[word] for name, word in sent.items()}


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


def whole_number(sent: str | None, attr: str) -> int | None:
    """A whole number of a form; None where it was not sent. Raises ValidationFailed for anything else."""
    if sent is None:
        return None
    if not (sent.strip().isascii() and sent.strip().isdecimal() and len(sent) <= 10):
        raise ValidationFailed.of(attr, "invalid", "A whole number is expected.")
    return int(sent)


def item_named(sent: str | None) -> UUID | None:
    """The item that a button stands for; None where it names none. Raises ValidationFailed for anything but an id."""
    if not sent:
        return None
    try:
        return UUID(sent)
    except ValueError:
        raise ValidationFailed.of("item", "invalid", "This is no item.") from None


def request_from(sent: QueryDict) -> dict[str, Any]:
    """What a viewer asks of whoever is next, under the rules of the API. Raises ValidationFailed by field."""
    filled: dict[str, str] = {
        name: text for name in ("tokens", "title", "durationSeconds") if (text := str(sent.get(name, ""))).strip()
    }
    numbers = {name: whole_number(text, name) for name, text in filled.items() if name != "title"}
    wish = NextRequestSerializer(data={**filled, **numbers})
    if not wish.is_valid():
        raise ValidationFailed(field_errors(wish.errors))
    return dict(wish.validated_data)


def limits_from(form: QueryDict) -> dict[str, int | None]:
    """Both limits, an empty field for none. Raises ValidationFailed by field."""
    return {name: _whole(form, name) if form.get(name, "").strip() else None for name in LIMITED}


def days_from(form: QueryDict) -> int:
    """For how many days he shuts himself out. Raises ValidationFailed unless he typed the word."""
    if form.get("typed", "").strip() != WORD:
        raise ValidationFailed.of("typed", "not_confirmed", f"Type {WORD} to go on.")
    return _whole(form, "days")


def _whole(form: QueryDict, name: str) -> int:
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise ValidationFailed.of(name, "invalid", "Give a whole number.")
    return int(text)
