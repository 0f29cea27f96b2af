"""Items × context → the menu. Pure: no database, no clock.

What depends only on who she is and on her state is assembled once and shared; a menu then swaps in the few items
that follow a number of the moment, her shortcuts, her order and the staff's links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from core.exceptions import DomainError, error_for_code
from menus.definitions import Link, MenuContext, MenuItem, Section
from menus.features import check_feature_open
from menus.registry import ACTIONS, ITEMS, SECTION_OF, SECTIONS, SUGGESTED
from modelstate.policies import reason_against
from modelstate.states import State, StateRule

QUICK_ACTIONS_MOST = 5
QUICK_ACTIONS_LEAST = 3
LINKS = "links"


class ItemView(msgspec.Struct, frozen=True, rename="camel"):
    """An item as it is sent; `reason` says why it is not enabled, `available_in` where it would be."""

    id: str
    label: str
    icon: str
    action: str | None
    enabled: bool
    visible: bool
    badge: str | None = None
    reason: str | None = None
    available_in: tuple[str, ...] = ()
    shortcut: str | None = None
    category: str = ""
    href: str | None = None
    new_tab: bool = False


class SectionView(msgspec.Struct, frozen=True, rename="camel"):
    """A section that is sent: it has at least one item."""

    id: str
    label: str
    icon: str
    order: int
    items: tuple[ItemView, ...]


class QuickAction(msgspec.Struct, frozen=True, rename="camel"):
    """One of the few actions within reach of a thumb; only what works now."""

    id: str
    label: str
    icon: str
    action: str
    shortcut: str | None = None


class Menu(msgspec.Struct, frozen=True, rename="camel"):
    """The whole answer; `version` is the state's, `preferences_version` her preferences'."""

    sections: tuple[SectionView, ...]
    quick_actions: tuple[QuickAction, ...]
    version: int
    preferences_version: int

    def item(self, item_id: str) -> ItemView | None:
        """The item of that id, wherever it stands."""
        return next((view for section in self.sections for view in section.items if view.id == item_id), None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a kind of account may know of, by open section and by id."""

    sections: Mapping[str, tuple[ItemView, ...]]
    by_id: Mapping[str, ItemView]


def build(context: MenuContext) -> Menu:
    """The menu for this context."""
    shelf = base(context.roles, context.permissions, context.facts.flags, context.state)
    swaps = _swaps(shelf, context)
    sections: list[SectionView] = []
    for section in _order(context):
        if section.id not in shelf.sections:
            continue
        views = _with_links(_swapped(shelf.sections[section.id], swaps), section.id, context)
        if views:
            sections.append(SectionView(section.id, section.label, section.icon, len(sections) + 1, views))
    return Menu(tuple(sections), _quick_actions(shelf, swaps, context), context.version, context.preferences_version)


# --- who and when


@lru_cache(maxsize=2048)
def base(roles: frozenset[str], permissions: frozenset[str], flags: frozenset[str], state: State) -> Shelf:
    """Items by section for this kind of account in this state; what she may not know of is absent."""
    shelf: dict[str, list[ItemView]] = {s.id: [] for s in SECTIONS if _is_open(s, roles, flags)}
    for item in ITEMS:
        section = SECTION_OF[item.category]
        if section in shelf and _may_know(item, roles, permissions, flags):
            shelf[section].append(_view(item, state, flags))
    views = {view.id: view for section in shelf.values() for view in section}
    return Shelf({section: tuple(items) for section, items in shelf.items()}, views)


def _is_open(section: Section, roles: frozenset[str], flags: frozenset[str]) -> bool:
    if section.role is not None and section.role not in roles:
        return False
    return section.flag is None or section.flag in flags


def _may_know(item: MenuItem, roles: frozenset[str], permissions: frozenset[str], flags: frozenset[str]) -> bool:
    if item.role not in roles:
        return False
    if item.permission is not None and item.permission not in permissions:
        return False
    return item.flag is None or item.flag in flags


def _view(item: MenuItem, state: State, flags: frozenset[str]) -> ItemView:
    visible = state in item.rule.prohibited or state in item.rule.required
    reason = state_reason(item, state) or _feature_reason(item, flags)
    return ItemView(
        id=item.id,
        label=item.label,
        icon=item.icon,
        action=item.action,
        enabled=reason is None,
        visible=visible,
        reason=reason,
        available_in=available_in(item.rule),
        shortcut=item.shortcut,
        category=item.category,
    )


def available_in(rule: StateRule) -> tuple[str, ...]:
    """The states in which the item works, in the order of the state table."""
    return tuple(str(state) for state in State if state in rule.required and state not in rule.prohibited)


def state_reason(item: MenuItem, state: State) -> str | None:
    """Why the item does not work in this state, in the words of the refusal that the service would give."""
    if item.event is not None:
        refusal = reason_against(item.event, state)
        return None if refusal is None else refusal.message
    code = item.during.prohibited.get(state)
    if code is not None:
        return error_for_code(code).message
    if state in item.during.required:
        return None
    return "Available while " + " or ".join(SPOKEN[State(name)] for name in available_in(item.during)) + "."


def _feature_reason(item: MenuItem, flags: frozenset[str]) -> str | None:
    if item.feature is None:
        return None
    try:
        check_feature_open(item.feature, flags)
    except DomainError as refusal:
        return refusal.message
    return None


# --- what follows the moment


def _swaps(shelf: Shelf, context: MenuContext) -> dict[str, ItemView]:
    """The items that differ from the shared ones, by id."""
    swaps: dict[str, ItemView] = {}
    for item in LIVE_ITEMS:
        view = shelf.by_id.get(item.id)
        if view is not None and view.visible:
            changed = _now(item, view, context)
            if changed is not view:
                swaps[item.id] = changed
    for action, combo in context.shortcuts:
        for item in BY_ACTION.get(action, ()):
            view = swaps.get(item.id) or shelf.by_id.get(item.id)
            if view is not None:
                swaps[item.id] = replace(view, shortcut=combo)
    return swaps


def _now(item: MenuItem, view: ItemView, context: MenuContext) -> ItemView:
    """Business preconditions come after the state's word and before a closed feature: so they help her most."""
    for policy in item.policies:
        try:
            policy(context.facts)
        except DomainError as refusal:
            reason = state_reason(item, context.state) or refusal.message
            return replace(view, enabled=False, reason=reason)
    caption = item.caption(context.facts) if item.caption else None
    return view if caption is None else replace(view, label=caption, badge=caption)


def _swapped(views: tuple[ItemView, ...], swaps: Mapping[str, ItemView]) -> tuple[ItemView, ...]:
    if not any(view.id in swaps for view in views):
        return views
    return tuple(swaps.get(view.id, view) for view in views)


# --- her order, her pins, the staff's links


def _order(context: MenuContext) -> list[Section]:
    """Her order of the movable sections, without the hidden ones; what she left out follows in the house's order."""
    if not context.section_order and not context.hidden_sections:
        return list(SECTIONS)
    places = {section_id: place for place, section_id in enumerate(context.section_order)}
    shown = [section for section in SECTIONS if not (section.hideable and section.id in context.hidden_sections)]
    return sorted(shown, key=lambda section: _rank(section, places))


def _rank(section: Section, places: Mapping[str, int]) -> tuple[int, int, int]:
    if not section.movable:
        return (0 if section.order == 1 else 2, 0, section.order)
    return (1, places.get(section.id, len(SECTIONS)), section.order)


def _with_links(views: tuple[ItemView, ...], section_id: str, context: MenuContext) -> tuple[ItemView, ...]:
    links = [_link_view(link) for link in context.links if link.section == section_id]
    return (*views, *links) if links else views


def _link_view(link: Link) -> ItemView:
    return ItemView(
        id=f"link-{link.id}",
        label=link.title,
        icon="chevron-right",
        action="openLink",
        enabled=True,
        visible=True,
        available_in=EVERYWHERE,
        category=LINKS,
        href=link.path,
        new_tab=link.new_tab,
    )


def _quick_actions(shelf: Shelf, swaps: Mapping[str, ItemView], context: MenuContext) -> tuple[QuickAction, ...]:
    """Her pins that work now; suggestions for the state fill up to three, or stand alone where she pinned nothing."""
    pins = _working(context.quick_actions, shelf, swaps)
    suggested = _working(SUGGESTED[context.state], shelf, swaps)
    room = QUICK_ACTIONS_LEAST if context.quick_actions else QUICK_ACTIONS_MOST
    extra = [action for action in suggested if action not in pins][: max(0, room - len(pins))]
    return tuple([*pins, *extra][:QUICK_ACTIONS_MOST])


def _working(ids: Iterable[str], shelf: Shelf, swaps: Mapping[str, ItemView]) -> list[QuickAction]:
    views = (swaps.get(item_id) or shelf.by_id.get(item_id) for item_id in ids)
    return [
        QuickAction(view.id, view.label, view.icon, view.action, view.shortcut)
        for view in views
        if view is not None and view.enabled and view.visible and view.action
    ]


LIVE_ITEMS: tuple[MenuItem, ...] = tuple(item for item in ITEMS if item.policies or item.caption)
BY_ACTION: Mapping[str, tuple[MenuItem, ...]] = {
    action: tuple(item for item in ITEMS if item.action == action) for action in ACTIONS
}
EVERYWHERE: tuple[str, ...] = tuple(str(state) for state in State)
SPOKEN: Mapping[State, str] = {
    State.OFFLINE: "offline",
    State.IDLE: "idle",
    State.STREAMING: "streaming",
    State.IN_QUEUE: "in the queue",
    State.PERFORMING: "performing",
    State.STREAM_IN_QUEUE: "streaming in the queue",
    State.STREAM_PERFORMING: "performing on stream",
}
