"""Keyboard shortcuts: one canonical form, and every class of conflict."""

from __future__ import annotations

import pytest

from menus.preferences import DEFAULT_SHORTCUTS
from menus.registry import TWINS
from menus.shortcuts import UnfitShortcut, canonical, conflicts, message, rules, warning


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ctrl+shift+s", "ctrl+shift+s"),
        ("Shift+CTRL+S", "ctrl+shift+s"),
        ("  ctrl+shift+q ", "ctrl+shift+q"),
        ("control+shift+y", "ctrl+shift+y"),
        ("option+ESC", None),
        ("meta+alt+shift+f9", "alt+shift+meta+f9"),
        ("g  q", "g q"),
        ("alt+shift+;", "alt+shift+;"),
        ("f2", "f2"),
        ("alt+up", "alt+arrowup"),
    ],
)
def test_one_form_for_every_spelling(written: str, kept: str | None) -> None:
    if kept is None:
        assert canonical(written) == "alt+escape"
    else:
        assert canonical(written) == kept


@pytest.mark.parametrize("combo", ["ctrl+shift+s", "ctrl+shift+q"])
def test_the_shortcuts_of_the_sources_are_taken_with_a_warning(combo: str) -> None:
    assert canonical(combo) == combo
    assert warning(combo)


def test_nothing_is_warned_of_without_cause() -> None:
    assert warning("alt+shift+s") is None


@pytest.mark.parametrize(
    ("combo", "code"),
    [
        ("", "invalid"),
        ("   ", "invalid"),
        ("ctrl", "invalid"),
        ("ctrl+", "invalid"),
        ("ctrl++", "invalid"),
        ("ctrl+ctrl+s", "invalid"),
        ("hyper+s", "invalid"),
        ("ctrl+ß", "invalid"),
        ("ctrl+ss", "invalid"),
        ("g q w", "invalid"),
        ("a" * 60, "invalid"),
        ("s", "single_character"),
        ("shift+s", "single_character"),
        ("7", "single_character"),
        ("?", "single_character"),
        ("ctrl+t", "reserved"),
        ("ctrl+n", "reserved"),
        ("ctrl+w", "reserved"),
        ("ctrl+l", "reserved"),
        ("ctrl+r", "reserved"),
        ("ctrl+tab", "reserved"),
        ("cmd+t", "reserved"),
        ("alt+f4", "reserved"),
        ("ctrl+k", "reserved"),
        ("f6", "reserved"),
        ("tab", "reserved"),
        ("escape", "reserved"),
        ("g ctrl+w", "reserved"),
        ("ctrl+alt+e", "altgr"),
        ("ctrl+alt+shift+e", "altgr"),
    ],
)
def test_what_cannot_be_a_shortcut(combo: str, code: str) -> None:
    with pytest.raises(UnfitShortcut) as caught:
        canonical(combo)
    assert caught.value.code == code
    assert str(caught.value) == message(code)


def test_two_actions_with_one_shortcut_are_both_named() -> None:
    found = conflicts({"openHelp": "alt+shift+h", "viewQueue": "alt+shift+h", "logout": "alt+shift+l"}, set())
    assert {(clash.action, clash.code) for clash in found} == {("openHelp", "duplicate"), ("viewQueue", "duplicate")}


def test_a_sequence_that_begins_with_another_shortcut_is_a_conflict() -> None:
    found = conflicts({"openHelp": "alt+shift+h", "viewQueue": "alt+shift+h q"}, set())
    assert {clash.code for clash in found} == {"prefix"}


def test_sequences_that_only_share_their_first_key_live_together() -> None:
    assert conflicts({"viewQueue": "g q", "viewTransactions": "g w"}, set()) == []


def test_twins_may_share() -> None:
    shared = {"startStream": "alt+shift+s", "stopStream": "alt+shift+s"}
    assert conflicts(shared, TWINS) == []
    assert conflicts(shared, set()) != []


def test_the_defaults_keep_their_own_rules() -> None:
    assert all(canonical(combo) == combo for combo in DEFAULT_SHORTCUTS.values())
    assert conflicts(DEFAULT_SHORTCUTS, TWINS) == []


def test_the_shared_table_lists_only_canonical_chords() -> None:
    table = rules()
    known = {*table["namedKeys"], *table["characters"]}
    for combo in [*table["reserved"], *table["warned"]]:
        *modifiers, key = combo.split("+") if not combo.endswith("++") else combo.split("+")[:-1]
        assert key in known, combo
        assert modifiers == [name for name in table["modifiers"] if name in modifiers], combo
