"""The frame of every page: navigation, state, balance, who is signed in."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from accounts.access import Access
from dashboard.actions import Subjects
from dashboard.presenters.controls import Control, link, of_item, of_quick
from menus.builder import Menu

ROLE_WORDS = (
    ("staff", "Staff"),
    ("performer", "Performer"),
    ("studio manager", "Studio manager"),
    ("viewer", "Viewer"),
)
SHOWN_KEYS = (
    ("startStream", "Stream on, off"),
    ("joinQueue", "Queue in, out"),
    ("startNext", "Start next"),
    ("finishPerformance", "Complete"),
)


@dataclass(frozen=True, slots=True)
class NavSection:
    """A headed list of the navigation."""

    id: str
    label: str
    items: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; the last one has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A shortcut worth showing."""

    label: str
    combo: str


def role_word(access: Access) -> str:
    """The strongest role, in words."""
    return next((word for role, word in ROLE_WORDS if role in access.roles), "Guest")


def sections_of(menu: Menu, at: str, about: Subjects) -> tuple[NavSection, ...]:
    """The performer's navigation: the menu's visible items; home first, then the sections in her order."""
    sections = [
        NavSection(
            section.id,
            section.label,
            tuple(of_item(item, at=at, about=about) for item in section.items if item.visible),
        )
        for section in menu.sections
    ]
    shown = [section for section in sections if section.items]
    return tuple(sorted(shown, key=lambda section: section.id != "navigation"))


def quick_of(menu: Menu, about: Subjects) -> tuple[Control, ...]:
    """The quick actions."""
    return tuple(of_quick(action, about) for action in menu.quick_actions)


def shortcuts_of(menu: Menu) -> str:
    """Combination → the actions that answer to it, as JSON; of twins the one that is enabled is pressed."""
    table: dict[str, list[str]] = defaultdict(list)
    for section in menu.sections:
        for item in section.items:
            if item.shortcut and item.action and item.visible:
                table[item.shortcut].append(item.action)
    return json.dumps(table)


def keys_of(menu: Menu) -> tuple[KeyHint, ...]:
    """The shortcuts of what she does most."""
    combos = {item.action: item.shortcut for section in menu.sections for item in section.items}
    return tuple(KeyHint(words, combo) for action, words in SHOWN_KEYS if (combo := combos.get(action)))


def crumbs(*steps: tuple[str, str]) -> tuple[Crumb, ...]:
    """A breadcrumb of (label, url name); the last step is the page itself."""
    *before, last = steps
    return (*(Crumb(label, reverse(name)) for label, name in before), Crumb(last[0]))


def performer_bottom(at: str) -> tuple[Control, ...]:
    """The bottom bar of a performer's phone; More opens the rest."""
    return (
        link("home", "Home", "home", reverse("desk"), at=at),
        link("queue", "Queue", "list", reverse("queue"), at=at),
        link("wallet", "Wallet", "wallet", reverse("wallet"), at=at),
        link("stream", "Stream", "video", reverse("stream-settings"), at=at),
    )


def account_links(performs: bool) -> tuple[Control, ...]:
    """The account menu."""
    profile = link("profile", "Profile", "user", reverse("profile"))
    told = link("notice-settings", "What you are told", "bell", reverse("notice-settings"))
    menu = link("settings", "Menu and shortcuts", "sliders", reverse("menu-settings"))
    return (profile, told, menu) if performs else (profile, told)


def plain_nav(access: Access, at: str) -> tuple[NavSection, ...]:
    """The navigation of those who do not perform."""
    sections = []
    if "viewer" in access.roles:
        sections.append(NavSection("watch", "Watch", viewer_links(at)))
    if "studio manager" in access.roles:
        sections.append(
            NavSection("studio", "Studio", (link("studio", "Performers", "users", reverse("studio"), at=at),))
        )
    if "staff" in access.roles:
        sections.append(
            NavSection("staff", "Staff", (link("admin", "Administration", "shield", reverse("admin:index")),))
        )
    support = (
        link("help", "Help", "question", reverse("help"), at=at),
        link("status", "System status", "activity", reverse("status"), at=at),
    )
    return (*sections, NavSection("support", "Support", support))


def viewer_links(at: str) -> tuple[Control, ...]:
    """What a viewer moves between."""
    return (
        link("rooms", "Rooms", "door", reverse("rooms"), at=at),
        link("my-queue", "My queue", "ticket", reverse("my-queue"), at=at),
        link("wallet", "Wallet", "wallet", reverse("wallet"), at=at),
        link("transactions", "Transactions", "history", reverse("transactions"), at=at),
        link("limits", "Limits", "lock", reverse("my-limits"), at=at),
    )


def plain_bottom(access: Access, at: str) -> tuple[Control, ...]:
    """The bottom bar of those who do not perform."""
    if "viewer" in access.roles:
        return viewer_links(at)[:3]
    return tuple(item for section in plain_nav(access, at) for item in section.items)[:3]
