"""Keyboard shortcuts: one canonical form, and what makes one unfit. Pure.

The table of keys and words is shared with the browser: static/js/shortcut-rules.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson

RULES_FILE = Path(__file__).resolve().parent.parent / "static" / "js" / "shortcut-rules.json"
Chord = tuple[frozenset[str], str]


class UnfitShortcut(ValueError):
    """A combination that cannot be a shortcut; `code` is one of the table's."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(message(code))


@dataclass(frozen=True, slots=True)
class Conflict:
    """An action whose shortcut collides with another's."""

    action: str
    code: str


@cache
def rules() -> Mapping[str, Any]:
    """The shared table."""
    table: dict[str, Any] = orjson.loads(RULES_FILE.read_bytes())
    return table


def message(code: str) -> str:
    """The words for a code."""
    return str(rules()["messages"][code])


def canonical(text: str) -> str:
    """The one form of a combination: `Shift+CTRL+s` is `ctrl+shift+s`, `g  q` is `g q`. Raises UnfitShortcut."""
    chords = _chords(text)
    for chord in chords:
        _check_chord(chord)
    if len(chords) == 1 and _types_a_character(chords[0]):
        raise UnfitShortcut("single_character")
    return " ".join(_written(chord) for chord in chords)


def warning(combo: str) -> str | None:
    """What to warn of in a canonical combination that is accepted."""
    found = rules()["warned"].get(combo)
    return None if found is None else str(found)


def conflicts(shortcuts: Mapping[str, str], twins: Iterable[frozenset[str]]) -> list[Conflict]:
    """Actions that share a combination, or whose combination begins like another's; twins may share."""
    together = set(twins)
    found = []
    for (one, first), (other, second) in combinations(sorted(shortcuts.items()), 2):
        code = _clash(first.split(), second.split())
        if code and frozenset({one, other}) not in together:
            found += [Conflict(one, code), Conflict(other, code)]
    return found


def _clash(first: list[str], second: list[str]) -> str | None:
    if first == second:
        return "duplicate"
    shared = min(len(first), len(second))
    return "prefix" if first[:shared] == second[:shared] else None


def _chords(text: str) -> list[Chord]:
    table = rules()
    written = text.lower().split()
    if not 1 <= len(written) <= table["mostChords"] or len(text) > table["longest"]:
        raise UnfitShortcut("invalid")
    return [_chord(part) for part in written]


def _chord(text: str) -> Chord:
    table = rules()
    *modifiers, key = [table["aliases"].get(name, name) for name in text.split("+")]
    known = key in table["namedKeys"] or (len(key) == 1 and key in table["characters"])
    if not known or not set(modifiers) <= set(table["modifiers"]) or len(set(modifiers)) < len(modifiers):
        raise UnfitShortcut("invalid")
    return frozenset(modifiers), key


def _check_chord(chord: Chord) -> None:
    modifiers, key = chord
    reserved = set(rules()["reserved"])
    mirrored = frozenset("ctrl" if name == "meta" and rules()["metaLikeCtrl"] else name for name in modifiers)
    if _written(chord) in reserved or _written((mirrored, key)) in reserved:
        raise UnfitShortcut("reserved")
    if {"ctrl", "alt"} <= modifiers and len(key) == 1:
        raise UnfitShortcut("altgr")


def _types_a_character(chord: Chord) -> bool:
    modifiers, key = chord
    return len(key) == 1 and not modifiers & {"ctrl", "alt", "meta"}


def _written(chord: Chord) -> str:
    modifiers, key = chord
    return "+".join([*(name for name in rules()["modifiers"] if name in modifiers), key])
