"""What a text must be before it can be shown, and which keys somebody may switch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from core.exceptions import FieldError, ValidationFailed
from notices.models import TEXT_LIMIT
from notices.registry import LANGUAGES, Audience, Message, message_of
from notices.rendering import VARIABLE, used_in

MARKUP = frozenset("<>{}[]`")


def check_text(*, key: str, language: str, text: str) -> str:
    """The text as it will be kept, trimmed. Raises ValidationFailed by field unless it fits its key."""
    message = message_of(key)
    if message is None or message.key != key:
        raise ValidationFailed.of("key", "unknown_key", "There is no such message.")
    check_language(language)
    text = text.strip()
    if not text:
        raise ValidationFailed.of("text", "blank", "A message says something.")
    if len(text) > TEXT_LIMIT:
        raise ValidationFailed.of("text", "max_length", f"At most {TEXT_LIMIT} characters.")
    errors = [*_markup(text), *_variables(message, text)]
    if errors:
        raise ValidationFailed(errors)
    return text


def check_language(language: str) -> None:
    """Raises ValidationFailed for a language that we do not write in."""
    if language not in LANGUAGES:
        raise ValidationFailed.of("language", "invalid_choice", "We do not write in this language.")


def _markup(text: str) -> Iterable[FieldError]:
    plain = VARIABLE.sub("", text)
    if any(sign in MARKUP or unicodedata.category(sign).startswith("C") for sign in plain):
        yield FieldError("text", "markup", "Plain words on one line, please; braces only around a variable.")


def _variables(message: Message, text: str) -> Iterable[FieldError]:
    used = set(used_in(text))
    for name in sorted(used - message.variables.keys()):
        yield FieldError("text", "unknown_variable", f"{{{name}}} is no variable of this message.")
    for name in sorted(message.variables.keys() - used):
        yield FieldError("text", "missing_variable", f"{{{name}}} must stand somewhere in the text.")


def check_switch(key: str) -> str:
    """The key that a switch is for; aliases are taken. Raises ValidationFailed for one that nobody can be told."""
    message = message_of(key)
    if message is None or message.audience == Audience.ROOM:
        raise ValidationFailed.of(f"keys.{key}", "unknown_key", "There is no such notice.")
    return message.key
