"""From a text and its variables to plain words. Pure; whoever prints them escapes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from notices.registry import FALLBACK, Kind
from notices.words import WORDS, WORDS_AFTER_START

VARIABLE = re.compile(r"\{([a-z][A-Za-z]*)\}")
MISSING = "…"
EXAMPLES: Mapping[str, object] = {
    "title": "A song of your choice",
    "line": "You are wonderful!",
    "reason": "timeout",
    "status": "approved",
    "seconds": 60,
    "minutes": 30,
    "position": 2,
}
GROUPING: Mapping[str, str] = {"en": ",", "es": "."}


def used_in(text: str) -> list[str]:
    """The variables that a text names, in order."""
    return VARIABLE.findall(text)


def render(text: str, kinds: Mapping[str, Kind], variables: Mapping[str, object], language: str) -> str:
    """The text with its declared variables put in, once: what a variable holds is never read as text again.

    A reason reads otherwise where the variables say that the thing had `started`.
    """
    started = variables.get("started") is True

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name not in kinds or name not in variables:
            return MISSING
        return said(kinds[name], variables[name], language, started=started)

    return VARIABLE.sub(put, text)


def said(kind: Kind, value: object, language: str, *, started: bool = False) -> str:
    """A variable as it reads in a language."""
    if kind is Kind.NUMBER and isinstance(value, int):
        return f"{value:,}".replace(",", GROUPING[language])
    if kind is Kind.WORD:
        code = str(value)
        if started and code in WORDS_AFTER_START[language]:
            return WORDS_AFTER_START[language][code]
        return WORDS[language].get(code) or WORDS[FALLBACK].get(code) or one_line(code.replace("_", " "))
    return one_line(str(value))


def one_line(text: str) -> str:
    """Without line breaks, controls and marks that turn the writing round."""
    shown = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join("".join(shown).split()) or MISSING


def preview(text: str, kinds: Mapping[str, Kind], language: str) -> str:
    """The text as somebody would read it, with examples for what it names."""
    return render(text, kinds, {name: EXAMPLES.get(name, 1234) for name in kinds}, language)
