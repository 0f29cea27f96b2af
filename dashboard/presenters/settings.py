"""Settings as rows of switches and fields."""

from __future__ import annotations

from dataclasses import dataclass

from menus.definitions import PERFORMER
from menus.preferences import DEFAULT_SHORTCUTS, HIDEABLE, QUICK_ACTIONS_MOST, Preferences
from menus.registry import BY_ID, ITEMS, SECTION_BY_ID, STREAMING, WIDGETS
from modelstate.queries import Broadcast
from queue_app.queries import QueueSettings
from queue_app.states import Mode

#: Whose notices make sense: what changes her session or her tokens.
NOTIFIABLE = (
    "startStream",
    "stopStream",
    "joinQueue",
    "leaveQueue",
    "startNext",
    "finishPerformance",
    "abandonPerformance",
)
#: She must see that something runs, whatever she chose.
ALWAYS_SHOWN = "performance"
QUALITIES = (("auto", "Automatic"), ("480p", "480p"), ("720p", "720p"), ("1080p", "1080p"))
PRIVACIES = (("public", "Everybody"), ("subscribers", "Subscribers"), ("private", "Invited only"))


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that is on or off."""

    id: str
    label: str
    on: bool
    hint: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section of the menu: where it stands, whether it is shown."""

    id: str
    label: str
    shown: bool
    hideable: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """An action's keys: hers, or the usual ones."""

    action: str
    label: str
    combo: str
    usual: str


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """The page of menu settings."""

    version: int
    most_pins: int
    pins: tuple[Switch, ...]
    sections: tuple[SectionRow, ...]
    widgets: tuple[Switch, ...]
    shortcuts: tuple[ShortcutRow, ...]
    notifications: tuple[Switch, ...]


@dataclass(frozen=True, slots=True)
class TextField:
    """A field of the broadcast settings; with choices it is a list."""

    id: str
    label: str
    value: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


def preferences_form(wishes: Preferences) -> PreferencesForm:
    """What she chose, beside everything she could choose; pinned actions keep her order and stand first."""
    return PreferencesForm(
        version=wishes.version,
        most_pins=QUICK_ACTIONS_MOST,
        pins=_pins(wishes),
        sections=_sections(wishes),
        widgets=_widgets(wishes),
        shortcuts=_shortcuts(wishes),
        notifications=_notifications(wishes),
    )


def _widgets(wishes: Preferences) -> tuple[Switch, ...]:
    """The cards of the desk that can be left out."""
    return tuple(
        Switch(name, label, name in wishes.custom_widgets) for name, label in WIDGETS.items() if name != ALWAYS_SHOWN
    )


def _pins(wishes: Preferences) -> tuple[Switch, ...]:
    ids = [item.id for item in ITEMS if item.action and item.role == PERFORMER]
    ordered = [item_id for item_id in wishes.quick_actions if item_id in ids]
    ordered += [item_id for item_id in ids if item_id not in ordered]
    return tuple(
        Switch(item_id, BY_ID[item_id].label, item_id in wishes.quick_actions, icon=BY_ID[item_id].icon)
        for item_id in ordered
    )


def _sections(wishes: Preferences) -> tuple[SectionRow, ...]:
    return tuple(
        SectionRow(
            id=section_id,
            label=SECTION_BY_ID[section_id].label,
            shown=section_id not in wishes.hidden_sections,
            hideable=section_id in HIDEABLE,
            fixed=section_id == STREAMING,
        )
        for section_id in wishes.section_order
    )


def _shortcuts(wishes: Preferences) -> tuple[ShortcutRow, ...]:
    """Every action of hers once; of items that share an action the first one's label."""
    labels = {item.action: item.label for item in reversed(ITEMS) if item.action and item.role == PERFORMER}
    return tuple(
        ShortcutRow(action, label, wishes.keyboard_shortcuts.get(action, ""), DEFAULT_SHORTCUTS.get(action, ""))
        for action, label in reversed(labels.items())
    )


def _notifications(wishes: Preferences) -> tuple[Switch, ...]:
    labels = {item.action: item.label for item in ITEMS if item.action}
    return tuple(Switch(name, labels[name], wishes.notifications.get(name, True)) for name in NOTIFIABLE)


def queue_rows(wishes: QueueSettings) -> tuple[Switch, ...]:
    """How her queue works, in switches."""
    return (
        Switch(
            "mode",
            "Queue what viewers buy",
            wishes.mode == Mode.ON,
            "Off: purchases pass through and are paid at once. What is queued already stays.",
        ),
        Switch("auto_rejoin", "Join again after each performance", wishes.auto_rejoin, "You keep working the line."),
        Switch("accepts_slots", "Take part in slot spins of your room", wishes.accepts_slots, "When the game opens."),
    )


def broadcast_fields(settings: Broadcast) -> tuple[TextField, ...]:
    """What goes on air."""
    return (
        TextField("title", "Title", settings.title, "What viewers read above your stream."),
        TextField("quality", "Quality", settings.quality, choices=QUALITIES),
        TextField("privacy", "Who may watch", settings.privacy, choices=PRIVACIES),
        TextField("camera", "Camera", settings.camera, "As your browser or OBS names it. Empty: no picture."),
        TextField("microphone", "Microphone", settings.microphone, "Empty: no sound."),
    )
