"""One action as a button or a link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

from dashboard.actions import NOTHING, ROUTES, Route, Subjects
from menus.builder import ItemView, QuickAction

NO_PAGE = "This is not open yet."
NOWHERE = Route("")


@dataclass(frozen=True, slots=True)
class Control:
    """What a template needs to print an action. Exactly one of `href` and `post` is set where it is enabled.

    `subject` is the queue item that the action is about; `foreseen` what ending it would move, where the page shows it.
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
    foreseen: str = ""


def link(name: str, label: str, icon: str, href: str, *, at: str = "") -> Control:
    """A plain link of a navigation; `at` is the page that is open."""
    return Control(id=name, label=label, icon=icon, href=href, current=is_at(href, at))


def of_item(
    item: ItemView, *, at: str = "", look: str = "button", control_id: str = "", about: Subjects = NOTHING
) -> Control:
    """An item of the menu; one that leads nowhere on this site yet is disabled and says so.

    `about` are the queue's items that some actions name.
    """
    route = _route(item)
    control = _control(item.id, item.label, item.icon, item.action or "", route, item.shortcut, about)
    enabled = item.enabled and bool(control.href or control.post)
    return replace(
        control,
        enabled=enabled,
        reason="" if enabled else _reason(item),
        badge=item.badge if item.badge and item.badge != item.label else "",
        current=is_at(control.href, at),
        new_tab=item.new_tab,
        look=look,
        control_id=control_id,
    )


def of_quick(action: QuickAction, about: Subjects = NOTHING) -> Control:
    """A quick action; the menu sends only those that work now."""
    route = ROUTES[action.action]
    return _control(action.id, action.label, action.icon, action.action, route, action.shortcut, about)


def _control(
    name: str, label: str, icon: str, action: str, route: Route, shortcut: str | None, about: Subjects
) -> Control:
    return Control(
        id=name,
        label=label,
        icon=icon,
        action=action,
        href="" if route.posts else route.address,
        post=route.address if route.posts else "",
        shortcut=shortcut or "",
        confirm=route.confirm,
        detail=route.detail,
        optimistic=route.optimistic,
        subject=about.of(route),
    )


def _route(item: ItemView) -> Route:
    """Where it leads: a staff-managed link to its own address."""
    if item.href:
        return Route("", path=item.href)
    return ROUTES.get(item.action or "", NOWHERE)


def is_at(href: str, at: str) -> bool:
    """Whether the link leads to the open page itself, not to a place on it."""
    parts = urlsplit(href)
    return bool(at) and parts.path == at and not parts.fragment


def _reason(item: ItemView) -> str:
    if item.reason:
        return item.reason
    return NO_PAGE if item.action else ""
