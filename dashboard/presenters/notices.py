"""What somebody was told, as rows; what he wants to be told, as switches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.htmx import PAGES, ToastKind
from dashboard.presenters.settings import Switch
from notices.queries import COUNTED, Told, Wishes
from notices.registry import LANGUAGES, MESSAGES, Audience, Severity

LOOKS: Mapping[str, tuple[ToastKind, str]] = {
    Severity.INFO: ("info", "info"),
    Severity.SUCCESS: ("ok", "check"),
    Severity.WARNING: ("warn", "alert"),
    Severity.ERROR: ("error", "ban"),
}
#: What the browser's language is called among the choices.
BROWSERS = ("", "The browser's language")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice; `text` is plain and escaped by the template, `language` set where it is not the page's."""

    id: UUID
    text: str
    icon: str
    kind: ToastKind
    at: datetime
    unread: bool
    language: str


@dataclass(frozen=True, slots=True)
class NoticeList:
    """A page of notices; `older` is where the next one begins, `live` whether it follows what comes in."""

    rows: tuple[NoticeRow, ...]
    unread: str
    older: str
    live: bool


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """The switches of somebody's role, and the languages."""

    switches: tuple[Switch, ...]
    languages: tuple[tuple[str, str], ...]
    language: str


def counted(unread: int) -> str:
    """The number beside the bell: nothing for none, 99+ for many."""
    if unread == 0:
        return ""
    return f"{COUNTED - 1}+" if unread >= COUNTED else str(unread)


def row_of(told: Told) -> NoticeRow:
    """One notice as it is shown."""
    kind, icon = LOOKS[told.severity]
    language = "" if told.language == PAGES else told.language
    return NoticeRow(told.id, told.text, icon, kind, told.created_at, told.read_at is None, language)


def notice_list(told: Iterable[Told], *, unread: int, older: str, live: bool) -> NoticeList:
    """A page of them, in the order given."""
    return NoticeList(tuple(row_of(one) for one in told), counted(unread), older, live)


def settings_of(wishes: Wishes, roles: Set[str]) -> NoticeSettings:
    """What this account can be told: what is for its roles, or for everybody."""
    for_me = {Audience.BOTH, *(Audience(role) for role in ("performer", "viewer") if role in roles)}
    return NoticeSettings(
        switches=tuple(
            Switch(key, MESSAGES[key].title, on) for key, on in wishes.keys.items() if MESSAGES[key].audience in for_me
        ),
        languages=(BROWSERS, *LANGUAGES.items()),
        language=wishes.language or "",
    )
