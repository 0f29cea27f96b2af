"""Template words: icons, keys, live triggers, amounts and times."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.htmx import fresh_key
from wallet.queries.earnings import business_zone

register = template.Library()

SPRITE = "vendor/icons.svg"
# Events of one thing often come in twos and threes; one fetch answers them all.
TOGETHER = "delay:40ms"
# What refreshes a region: wire names of events and the client's own word for a gap.
SIGNALS: dict[str, tuple[str, ...]] = {
    "state": ("model.state.changed", "resync.state"),
    "queue": (
        "model.queue.updated",
        "model.performance.started",
        "model.performance.paused",
        "model.performance.resumed",
        "model.performance.ended",
        "resync.queue",
    ),
    "menu": ("model.menu.changed", "model.preferences.changed", "resync.menu", "resync.preferences"),
    "wallet": ("wallet.balance.changed", "resync.wallet"),
    "payouts": (
        "wallet.payout.updated",
        "wallet.verification.updated",
        "wallet.balance.changed",
        "resync.payout",
        "resync.wallet",
    ),
    "notices": ("notification.created", "notification.read"),
    "room": (
        "model.state.changed",
        "model.menu.changed",
        "model.intake.changed",
        "resync.state",
        "resync.room",
    ),
    "items": (
        "queue.item.created",
        "queue.item.position",
        "queue.item.started",
        "queue.item.paused",
        "queue.item.finished",
        "queue.item.abandoned",
        "queue.item.refunded",
        "resync.item",
    ),
}
KEYCAPS = {"ctrl": "Ctrl", "shift": "Shift", "alt": "Alt", "meta": "Meta", "mod": "Ctrl/Cmd"}


@cache
def _sprite() -> str:
    return static(SPRITE)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the vendored sprite; decoration only, the words stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', classes, _sprite(), name
    )


@register.simple_tag
def key() -> str:
    """A fresh idempotency key for one control."""
    return fresh_key()


@register.simple_tag
def live(*kinds: str) -> str:
    """The hx-trigger of a region that follows these kinds of things, by push and by poll alike."""
    names = [name for kind in kinds for name in SIGNALS[kind]] + ["resync"]
    return ", ".join(f"{name} from:body {TOGETHER}" for name in dict.fromkeys(names))


@register.filter
def tokens(amount: int) -> str:
    """Whole tokens: 12,345."""
    return f"{amount:,}"


@register.filter
def clock(seconds: float) -> str:
    """m:ss for a timer's first paint; over time counts up with a plus."""
    whole = abs(int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    words = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"
    return f"+{words}" if seconds < 0 else words


@register.filter
def moment(at: datetime, seconds: str = "") -> str:
    """An instant in the business time zone, which it names, as the charts reckon days: 21 Nov 2026, 11:20 EST."""
    here = at.astimezone(business_zone())
    return f"{here.day} {here:%b %Y, %H:%M:%S %Z}" if seconds else f"{here.day} {here:%b %Y, %H:%M %Z}"


@register.filter
def span(seconds: int | None) -> str:
    """A duration in words: 45 s, 10 min, 1 h 05 min."""
    if seconds is None:
        return "unknown"
    if seconds <= 0:
        return "no time"
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


@register.filter
def combo(shortcut: str) -> str:
    """A stored shortcut as keycaps read: alt+shift+s → Alt + Shift + S."""
    presses = [" + ".join(KEYCAPS.get(part, part.upper()) for part in press.split("+")) for press in shortcut.split()]
    return " then ".join(presses)
