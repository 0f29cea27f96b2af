"""One action as a button or a link."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from dashboard.actions import ROUTES, Route
from menus.builder import ItemView, QuickAction

NO_PAGE = "This is not open yet."
NOWHERE = Route("")


@dataclass(frozen=True, slots=True)
class Control:
    """What a template needs to print an action. Exactly one of `href` and `post` is set where it is enabled.

    `subject` is the queue item that the action is about, where the page shows it beside the button.
    """

    id: str
    label: str
    icon: str
    action: str = ""
    href: str = ""
    post: str = ""
    enabled: bool = True
    reason: str = ""
    badge: str = ""
    current: bool = False
    new_tab: bool = False
    shortcut: str = ""
    confirm: str = ""
    detail: str = ""
    optimistic: str = ""
    look: str = "button"
    control_id: str = ""
    subject: UUID | None = None


def link(name: str, label: str, icon: str, href: str, *, at: str = "") -> Control:
    """A plain link of a navigation; `at` is the page that is open."""
    return Control(id=name, label=label, icon=icon, href=href, current=is_at(href, at))


def of_item(item: ItemView, *, at: str = "", look: str = "button", control_id: str = "") -> Control:
    """An item of the menu; one that leads nowhere on this site yet is disabled and says so."""
    route = ROUTES.get(item.action or "")
    if item.href:
        route_address, posts = item.href, False
    else:
        route_address, posts = (route.address, route.posts) if route else ("", False)
    enabled = item.enabled and bool(route_address)
    asked = route or NOWHERE
    return Control(
        id=item.id,
        label=item.label,
        icon=item.icon,
        action=item.action or "",
        href="" if posts else route_address,
        post=route_address if posts else "",
        enabled=enabled,
        reason="" if enabled else _reason(item),
        badge=item.badge if item.badge and item.badge != item.label else "",
        current=not posts and is_at(route_address, at),
        new_tab=item.new_tab,
        shortcut=item.shortcut or "",
        look=look,
        control_id=control_id,
        confirm=asked.confirm,
        detail=asked.detail,
        optimistic=asked.optimistic,
    )


def of_quick(action: QuickAction) -> Control:
    """A quick action; the menu sends only those that work now."""
    route = ROUTES[action.action]
    return Control(
        id=action.id,
        label=action.label,
        icon=action.icon,
        action=action.action,
        href="" if route.posts else route.address,
        post=route.address if route.posts else "",
        shortcut=action.shortcut or "",
        confirm=route.confirm,
        detail=route.detail,
        optimistic=route.optimistic,
    )


def is_at(href: str, at: str) -> bool:
    """Whether the link leads to the open page itself, not to a place on it."""
    parts = urlsplit(href)
    return bool(at) and parts.path == at and not parts.fragment


def _reason(item: ItemView) -> str:
    if item.reason:
        return item.reason
    return NO_PAGE if item.action else ""
