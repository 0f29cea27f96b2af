"""Every message that people are told by key: its variables, how grave it is, whom it is for, whether it is on.

The words stand in the database, as versions per language (`MessageVersion`). `mirror.py` copies what SQL needs to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
FALLBACK = "en"


class Severity(StrEnum):
    """How grave a message is; the browser shows it by icon and colour."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Audience(StrEnum):
    """Who can be told. A room's messages are lines of its feed, not anybody's notices."""

    PERFORMER = "performer"
    VIEWER = "viewer"
    BOTH = "both"
    ROOM = "room"


class Kind(StrEnum):
    """What a variable holds: somebody's title, a whole number, or a code that has words of its own."""

    TITLE = "title"
    NUMBER = "number"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Message:
    """One key. `title` is what staff and the preferences page call it."""

    key: str
    title: str
    variables: Mapping[str, Kind]
    audience: Audience
    severity: Severity = Severity.INFO
    on: bool = True
    alias: str = ""


def _reads(*numbers: str, words: Iterable[str] = (), title: bool = True) -> dict[str, Kind]:
    named = {"title": Kind.TITLE} if title else {}
    return named | dict.fromkeys(numbers, Kind.NUMBER) | dict.fromkeys(words, Kind.WORD)


_QUEUE = (
    Message("queue.item.created", "A booking came in", _reads("tokens"), Audience.BOTH),
    Message("queue.item.third_position_notice", "Third in line", _reads(), Audience.VIEWER),
    Message("queue.item.started", "A booking started", _reads(), Audience.BOTH),
    Message("queue.item.paused", "A booking is on hold", _reads("seconds"), Audience.BOTH, Severity.WARNING),
    Message(
        "queue.item.finished",
        "A booking was completed",
        _reads("settled"),
        Audience.BOTH,
        Severity.SUCCESS,
        alias="queue.item.completed",
    ),
    Message("queue.item.partial", "A booking was completed in part", _reads("settled", "refunded"), Audience.BOTH),
    Message(
        "queue.item.abandoned",
        "A booking ended early",
        _reads("refunded", words=("reason",)),
        Audience.BOTH,
        Severity.WARNING,
    ),
    Message(
        "queue.item.refunded",
        "A booking was given back",
        _reads("refunded", words=("reason",)),
        Audience.BOTH,
        Severity.WARNING,
    ),
    Message(
        "queue.item.reversed",
        "A payment was reversed",
        _reads("refunded", words=("reason",)),
        Audience.BOTH,
        Severity.WARNING,
    ),
    Message("queue.item.cancelled", "A booking was cancelled", _reads("refunded"), Audience.BOTH),
    Message(
        "queue.item.start_due",
        "Your next booking must be started",
        _reads("seconds"),
        Audience.PERFORMER,
        Severity.WARNING,
    ),
    Message("queue.line.left", "You lost your place in the line", _reads(), Audience.PERFORMER, Severity.WARNING),
    Message("queue.position.updated", "Every move in the line", _reads("position"), Audience.VIEWER, on=False),
    Message(
        "queue.intake.paused",
        "Your bookings were paused by our team",
        _reads(title=False),
        Audience.PERFORMER,
        Severity.WARNING,
    ),
    Message("queue.intake.resumed", "Your bookings are open again", _reads(title=False), Audience.PERFORMER),
)
_WALLET = (
    Message("wallet.escrow.held", "Tokens were set aside", _reads("tokens"), Audience.VIEWER, on=False),
    Message("wallet.points.credited", "Tokens arrived", _reads("tokens", title=False), Audience.BOTH, Severity.SUCCESS),
    Message("wallet.payout.requested", "A payout was asked for", _reads("tokens", title=False), Audience.PERFORMER),
    Message(
        "wallet.payout.updated",
        "A payout was decided",
        _reads("tokens", words=("status",), title=False),
        Audience.PERFORMER,
    ),
)
_SLOTS = (
    Message("slot.spin.started", "A spin began", _reads("bet", title=False), Audience.VIEWER, on=False),
    Message("slot.spin.winner", "A spin won", _reads("bet", "payout", title=False), Audience.VIEWER, Severity.SUCCESS),
    Message("slot.spin.no_win", "A spin did not win", _reads("bet", title=False), Audience.VIEWER, on=False),
)
_ROOM = (
    Message("mood.gratitude.public", "Thanks in the room", {"line": Kind.TITLE}, Audience.ROOM, on=False),
    Message("mood.reply.private", "A private reply", {"line": Kind.TITLE}, Audience.ROOM, on=False),
)
_HOUSE = (
    Message("system.maintenance", "Maintenance ahead", _reads("minutes", title=False), Audience.BOTH, Severity.WARNING),
)

MESSAGES: Mapping[str, Message] = {m.key: m for m in (*_QUEUE, *_WALLET, *_SLOTS, *_ROOM, *_HOUSE)}
ALIASES: Mapping[str, str] = {m.alias: m.key for m in MESSAGES.values() if m.alias}


def message_of(key: str) -> Message | None:
    """The message behind a key or an alias of one; None where nobody knows it."""
    return MESSAGES.get(ALIASES.get(key, key))
