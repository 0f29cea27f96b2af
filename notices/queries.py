"""What somebody was told, in the words of its time and his language, and what he wants to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation.trans_real import parse_accept_lang_header

from core.exceptions import NotFound
from notices.models import MessageVersion, Notice, Preference, Reader
from notices.registry import FALLBACK, LANGUAGES, MESSAGES, Audience, message_of
from notices.rendering import render

#: Unread notices are counted up to here; more are "99+".
COUNTED = 100


@dataclass(frozen=True, slots=True)
class Said:
    """Plain words, to be escaped where they are printed, and the language they are in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its owner reads it; `text` is plain and must be escaped where it is printed."""

    id: UUID
    template_key: str
    severity: str
    text: str
    language: str
    variables: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants to be told, by key, and in which language; None: the browser's."""

    language: str | None
    keys: dict[str, bool]


def notices_of(owner_id: UUID) -> QuerySet[Notice]:
    """All that somebody was told, the newest first."""
    return Notice.objects.filter(owner=owner_id).order_by("-id")


def notice_for(owner_id: UUID, notice_id: UUID, language: str) -> Told:
    """One of his notices. Raises NotFound for what is not his."""
    found = notices_of(owner_id).filter(pk=notice_id).first()
    if found is None:
        raise NotFound()
    return worded([found], language)[0]


def worded(notices: Iterable[Notice], language: str) -> list[Told]:
    """Notices in the words that stood when each was written, in the order given; one statement for all texts.

    In this language, where there was a text in it then, else in English. Those of the time before versions were kept
    are said in today's words.
    """
    rows = list(notices)
    texts = _texts_of(rows)
    return [_told(row, _said(texts[row.pk], row.variables, language)) for row in rows]


def _texts_of(rows: list[Notice]) -> dict[UUID, list[MessageVersion]]:
    """The texts of each notice's own time, or today's where none were kept with it."""
    kept = {number for row in rows for number in row.texts or ()}
    others = {row.key for row in rows if row.texts is None}
    found = {text.pk: text for text in MessageVersion.objects.filter(Q(pk__in=kept) | Q(key__in=others, active=True))}
    today = {key: [text for text in found.values() if text.key == key and text.active] for key in others}
    return {row.pk: today[row.key] if row.texts is None else [found[one] for one in row.texts] for row in rows}


def _told(row: Notice, said: Said) -> Told:
    return Told(
        id=row.pk,
        template_key=row.key,
        severity=MESSAGES[row.key].severity.value,
        text=said.text,
        language=said.language,
        variables=row.variables,
        created_at=row.created_at,
        read_at=row.read_at,
    )


def say(key: str, variables: Mapping[str, object], language: str) -> Said:
    """The words of a key without a notice: what an answer says at once. Raises KeyError for an unknown key."""
    message = message_of(key)
    if message is None:
        raise KeyError(key)
    return _said(MessageVersion.objects.filter(key=message.key, active=True), variables, language)


def _said(texts: Iterable[MessageVersion], variables: Mapping[str, object], language: str) -> Said:
    text = max(texts, key=lambda one: (one.language == language, one.language == FALLBACK))
    return Said(render(text.text, MESSAGES[text.key].variables, variables, text.language), text.language)


def unread_count(owner_id: UUID) -> int:
    """How many he has not read, counted up to COUNTED."""
    return Notice.objects.filter(owner=owner_id, read_at__isnull=True).values("pk")[:COUNTED].count()


def language_of(owner_id: UUID, accepted: str = "") -> str:
    """The language he reads in: the chosen one, else the first we know of his Accept-Language, else English."""
    return chosen_language(owner_id) or _first_known(accepted)


def chosen_language(owner_id: UUID) -> str | None:
    """The language he chose, if he did."""
    return Reader.objects.filter(pk=owner_id).values_list("language", flat=True).first()


def _first_known(accepted: str) -> str:
    asked = (name.partition("-")[0] for name, _weight in parse_accept_lang_header(accepted.lower()))
    return next((name for name in asked if name in LANGUAGES), FALLBACK)


def wishes_of(owner_id: UUID) -> Wishes:
    """What he wants to be told: the registry's defaults with his own words over them."""
    own = dict(Preference.objects.filter(owner=owner_id).values_list("key", "enabled"))
    keys = {key: own.get(key, message.on) for key, message in MESSAGES.items() if message.audience != Audience.ROOM}
    return Wishes(chosen_language(owner_id), keys)


def versions_of(key: str, language: str) -> QuerySet[MessageVersion]:
    """All versions of a text, the newest first."""
    return MessageVersion.objects.filter(Q(key=key) & Q(language=language)).order_by("-number")
