"""What a performer may wish for her menu, field by field; the merge, the reset, the lost update."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Performer
from core.exceptions import NotFound, PreconditionFailed, ValidationFailed
from menus.models import MenuPreferences
from menus.preferences import Preferences, merged
from menus.queries.menu import preferences_of
from menus.services.preferences import change_preferences, reset_preferences
from tests import factories

SAMPLE: dict[str, Any] = {
    "quick_actions": ["start-stream", "join-queue", "view-balance"],
    "section_order": ["streaming", "queue", "financial", "settings"],
    "keyboard_shortcuts": {"startStream": "ctrl+shift+s", "joinQueue": "ctrl+shift+q"},
}


def problems(**changes: object) -> set[tuple[str, str]]:
    """(attr, code) of what is wrong with these changes."""
    with pytest.raises(ValidationFailed) as caught:
        merged(Preferences(), changes)
    return {(error.attr, error.code) for error in caught.value.errors}


def test_the_sample_of_the_sources_is_taken_as_it_is_written() -> None:
    kept = merged(Preferences(), SAMPLE)
    assert {name: getattr(kept, name) for name in SAMPLE} == SAMPLE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quick_actions": ["nothing"]}, ("quickActions.0", "unknown_item")),
        ({"quick_actions": ["help", "queue-position"]}, ("quickActions.1", "not_an_action")),
        ({"quick_actions": ["admin-console"]}, ("quickActions.0", "unknown_item")),
        ({"quick_actions": ["help", "help"]}, ("quickActions.1", "duplicate")),
        (
            {"quick_actions": ["help", "logout", "dashboard", "view-queue", "join-queue", "leave-queue"]},
            ("quickActions", "too_many"),
        ),
        ({"section_order": ["queue", "streaming"]}, ("sectionOrder", "streaming_first")),
        ({"section_order": []}, ("sectionOrder", "streaming_first")),
        ({"section_order": ["streaming", "moon"]}, ("sectionOrder.1", "unknown_section")),
        ({"section_order": ["streaming", "admin"]}, ("sectionOrder.1", "unknown_section")),
        ({"section_order": ["streaming", "queue", "queue"]}, ("sectionOrder.2", "duplicate")),
        ({"hidden_sections": ["navigation"]}, ("hiddenSections.0", "cannot_hide")),
        ({"hidden_sections": ["queue", "support"]}, ("hiddenSections.1", "cannot_hide")),
        ({"hidden_sections": ["moon"]}, ("hiddenSections.0", "cannot_hide")),
        ({"hidden_sections": ["queue", "queue"]}, ("hiddenSections.1", "duplicate")),
        ({"custom_widgets": ["weather"]}, ("customWidgets.0", "unknown_widget")),
        ({"custom_widgets": ["queue", "queue"]}, ("customWidgets.1", "duplicate")),
        ({"notifications": {"dance": True}}, ("notifications.dance", "unknown_action")),
        ({"keyboard_shortcuts": {"dance": "alt+shift+d"}}, ("keyboardShortcuts.dance", "unknown_action")),
        ({"keyboard_shortcuts": {"openHelp": "h"}}, ("keyboardShortcuts.openHelp", "single_character")),
        ({"keyboard_shortcuts": {"openHelp": "ctrl+t"}}, ("keyboardShortcuts.openHelp", "reserved")),
        ({"keyboard_shortcuts": {"openHelp": "ctrl+alt+h"}}, ("keyboardShortcuts.openHelp", "altgr")),
        ({"keyboard_shortcuts": {"openHelp": "ctrl+"}}, ("keyboardShortcuts.openHelp", "invalid")),
        ({"keyboard_shortcuts": {"openHelp": "alt+shift+s"}}, ("keyboardShortcuts.openHelp", "duplicate")),
        ({"keyboard_shortcuts": {"openHelp": "alt+shift+s x"}}, ("keyboardShortcuts.openHelp", "prefix")),
    ],
)
def test_what_is_refused_by_field(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert problems(**changes) == {expected}


def test_all_problems_are_told_at_once() -> None:
    found = problems(quick_actions=["nothing"], section_order=["queue"], keyboard_shortcuts={"openHelp": "h"})
    assert {attr for attr, _ in found} == {"quickActions.0", "sectionOrder", "keyboardShortcuts.openHelp"}


def test_two_own_shortcuts_that_collide_are_both_named() -> None:
    found = problems(keyboard_shortcuts={"openHelp": "alt+shift+h", "viewQueue": "Shift+Alt+H"})
    assert found == {("keyboardShortcuts.openHelp", "duplicate"), ("keyboardShortcuts.viewQueue", "duplicate")}


def test_a_default_shortcut_that_was_changed_is_free_again() -> None:
    freed = {"startStream": "f2", "stopStream": "f2", "openHelp": "alt+shift+s"}
    assert merged(Preferences(), {"keyboard_shortcuts": freed}).keyboard_shortcuts == freed


def test_shortcuts_are_kept_in_their_canonical_form() -> None:
    kept = merged(Preferences(), {"keyboard_shortcuts": {"openHelp": "SHIFT+Alt+h"}})
    assert kept.keyboard_shortcuts == {"openHelp": "alt+shift+h"}


# --- the service


@pytest.fixture
def performer(db: None) -> Performer:
    return factories.performer()


def change(performer: Performer, expected_version: int | None = None, **changes: object) -> Preferences:
    """She changes her preferences."""
    return change_preferences(
        by=factories.actor(performer),
        performer_id=performer.pk,
        changes=changes,
        expected_version=expected_version,
    )


def test_given_keys_are_replaced_and_the_others_stay(performer: Performer) -> None:
    change(performer, **SAMPLE)
    kept = change(performer, quick_actions=["help"], keyboard_shortcuts={"openHelp": "f2"})
    assert kept.quick_actions == ["help"]
    assert kept.keyboard_shortcuts == {"openHelp": "f2"}
    assert kept.section_order == SAMPLE["section_order"]
    assert kept.version == 2


def test_without_a_row_the_defaults_hold(performer: Performer) -> None:
    assert preferences_of(performer.pk) == Preferences()
    assert not MenuPreferences.objects.filter(performer=performer).exists()


def test_a_refused_change_writes_nothing(performer: Performer) -> None:
    change(performer, **SAMPLE)
    with pytest.raises(ValidationFailed):
        change(performer, quick_actions=["help"], hidden_sections=["support"])
    assert preferences_of(performer.pk).quick_actions == SAMPLE["quick_actions"]
    assert preferences_of(performer.pk).version == 1


def test_an_older_version_is_refused(performer: Performer) -> None:
    change(performer, quick_actions=["help"])
    change(performer, expected_version=1, quick_actions=["logout"])
    with pytest.raises(PreconditionFailed):
        change(performer, expected_version=1, quick_actions=["dashboard"])
    assert preferences_of(performer.pk).quick_actions == ["logout"]


def test_reset_brings_back_the_defaults_and_the_version_grows(performer: Performer) -> None:
    change(performer, **SAMPLE)
    kept = reset_preferences(by=factories.actor(performer), performer_id=performer.pk)
    assert kept == Preferences(version=2)


def test_somebody_elses_preferences_do_not_exist(performer: Performer) -> None:
    other = factories.actor(factories.performer())
    with pytest.raises(NotFound):
        change_preferences(by=other, performer_id=performer.pk, changes={"quick_actions": []})
    with pytest.raises(NotFound):
        reset_preferences(by=other, performer_id=performer.pk)


def test_her_other_screens_hear_of_a_change(
    performer: Performer,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    heard: list[dict[str, Any]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change(performer, quick_actions=["help"])
    assert [(frame["event"], frame["of"], frame["version"], frame["data"]) for frame in heard] == [
        (
            "model.preferences.changed",
            f"preferences:{performer.pk}",
            1,
            {"modelId": str(performer.pk), "version": 1},
        )
    ]
