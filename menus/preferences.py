"""A performer's wishes for her menu: the defaults, what may be wished, and the merge. Pure.

Every problem is reported at once, by field, with the names of the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from core.exceptions import FieldError, ValidationFailed
from core.problems import camel
from menus.definitions import PERFORMER
from menus.registry import ACTIONS, BY_ID, ITEMS, SECTIONS, STREAMING, TWINS, WIDGETS
from menus.shortcuts import UnfitShortcut, canonical, conflicts, message

QUICK_ACTIONS_MOST = 5
ORDERABLE = tuple(section.id for section in SECTIONS if section.movable or section.id == STREAMING)
HIDEABLE = tuple(section.id for section in SECTIONS if section.hideable)
DEFAULT_SHORTCUTS: Mapping[str, str] = {item.action: item.shortcut for item in ITEMS if item.action and item.shortcut}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What she chose; what she did not choose is the house's default."""

    quick_actions: list[str] = field(default_factory=list)
    section_order: list[str] = field(default_factory=lambda: list(ORDERABLE))
    keyboard_shortcuts: dict[str, str] = field(default_factory=dict)
    hidden_sections: list[str] = field(default_factory=list)
    custom_widgets: list[str] = field(default_factory=lambda: list(WIDGETS))
    notifications: dict[str, bool] = field(default_factory=dict)
    version: int = 0

    def on_the_wire(self) -> dict[str, Any]:
        """S0's shape."""
        return {camel(name): getattr(self, name) for name in NAMES}


NAMES = tuple(entry.name for entry in fields(Preferences) if entry.name != "version")


def merged(preferences: Preferences, changes: Mapping[str, Any]) -> Preferences:
    """The preferences with each given key replaced as a whole. Raises ValidationFailed by field."""
    errors = [error for name in changes for error in CHECKS[name](changes[name])]
    if errors:
        raise ValidationFailed(errors)
    new = dict(changes)
    if "keyboard_shortcuts" in new:
        new["keyboard_shortcuts"] = {action: canonical(combo) for action, combo in new["keyboard_shortcuts"].items()}
    return replace(preferences, **new)


def _quick_actions(ids: Sequence[str]) -> Iterator[FieldError]:
    if len(ids) > QUICK_ACTIONS_MOST:
        yield FieldError("quickActions", "too_many", f"At most {QUICK_ACTIONS_MOST} actions can be pinned.")
    for index, item_id in enumerate(ids):
        item = BY_ID.get(item_id)
        if item is None or item.role != PERFORMER:
            yield FieldError(f"quickActions.{index}", "unknown_item", "There is no such menu item.")
        elif item.action is None:
            yield FieldError(f"quickActions.{index}", "not_an_action", "This item shows something and does nothing.")
    yield from _repeated("quickActions", ids)


def _section_order(ids: Sequence[str]) -> Iterator[FieldError]:
    yield from _known("sectionOrder", ids, ORDERABLE, "unknown_section", "This section cannot be ordered.")
    yield from _repeated("sectionOrder", ids)
    if not ids or ids[0] != STREAMING:
        yield FieldError("sectionOrder", "streaming_first", "Streaming always comes first.")


def _hidden_sections(ids: Sequence[str]) -> Iterator[FieldError]:
    yield from _known("hiddenSections", ids, HIDEABLE, "cannot_hide", "This section cannot be hidden.")
    yield from _repeated("hiddenSections", ids)


def _custom_widgets(ids: Sequence[str]) -> Iterator[FieldError]:
    yield from _known("customWidgets", ids, tuple(WIDGETS), "unknown_widget", "There is no such widget.")
    yield from _repeated("customWidgets", ids)


def _notifications(wishes: Mapping[str, bool]) -> Iterator[FieldError]:
    for action in wishes:
        if action not in ACTIONS:
            yield FieldError(f"notifications.{action}", "unknown_action", message("unknown_action"))


def _keyboard_shortcuts(shortcuts: Mapping[str, str]) -> Iterator[FieldError]:
    fit: dict[str, str] = {}
    for action, combo in shortcuts.items():
        code = "unknown_action" if action not in ACTIONS else _unfit(combo)
        if code is None:
            fit[action] = canonical(combo)
        else:
            yield _shortcut_error(action, code)
    clashes = {clash.action: clash.code for clash in conflicts({**DEFAULT_SHORTCUTS, **fit}, TWINS)}
    yield from (_shortcut_error(action, code) for action, code in clashes.items() if action in fit)


def _unfit(combo: str) -> str | None:
    try:
        canonical(combo)
    except UnfitShortcut as unfit:
        return unfit.code
    return None


def _shortcut_error(action: str, code: str) -> FieldError:
    return FieldError(f"keyboardShortcuts.{action}", code, message(code))


def _known(attr: str, ids: Sequence[str], known: Sequence[str], code: str, detail: str) -> Iterator[FieldError]:
    for index, value in enumerate(ids):
        if value not in known:
            yield FieldError(f"{attr}.{index}", code, detail)


def _repeated(attr: str, ids: Sequence[str]) -> Iterator[FieldError]:
    for index, value in enumerate(ids):
        if value in ids[:index]:
            yield FieldError(f"{attr}.{index}", "duplicate", "This is in the list already.")


CHECKS: Mapping[str, Callable[[Any], Iterator[FieldError]]] = {
    "quick_actions": _quick_actions,
    "section_order": _section_order,
    "keyboard_shortcuts": _keyboard_shortcuts,
    "hidden_sections": _hidden_sections,
    "custom_widgets": _custom_widgets,
    "notifications": _notifications,
}
