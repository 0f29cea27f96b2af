"""What a performer's menu depends on, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.access import Access, access_of
from accounts.models import User
from core.sql import loaded
from menus.builder import Menu, build
from menus.definitions import STAFF, Facts, Link, MenuContext
from menus.models import MenuPreferences
from menus.preferences import NAMES, Preferences
from modelstate.states import State
from queue_app.queries import standing_of
from wallet.queries import payable_of

_READ_WISHES = """
SELECT
  (SELECT to_jsonb(p) FROM menus_menupreferences p WHERE p.performer_id = %(performer)s),
  (SELECT jsonb_agg(jsonb_build_object(
      'id', l.id, 'title', l.title, 'path', l.path, 'section', l.section, 'public', l.public,
      'new_tab', l.is_open_new_tab, 'parent_id', l.parent_id, 'help', l.help) ORDER BY l.section, l.ordering, l.id)
    FROM menus_stafflink l WHERE l.public OR %(staff)s)
"""


def menu_for(user: User) -> Menu:
    """Her menu as it is now: at most five statements, however many links and items there are."""
    return build(context_for(user))


def context_for(user: User) -> MenuContext:
    """Everything her menu depends on. An account that does not perform has the always-on items of its role."""
    access = access_of(user)
    preferences, links = _wishes(access)
    standing = _standing(access.performer_id)
    return MenuContext(
        roles=access.roles,
        permissions=access.permissions,
        state=State(standing["state"]),
        facts=Facts(access.flags, standing["position"], _payable(access), somebody_waits=standing["head"] is not None),
        head=UUID(standing["head"]) if standing["head"] else None,
        quick_actions=tuple(preferences.quick_actions),
        section_order=tuple(preferences.section_order),
        hidden_sections=frozenset(preferences.hidden_sections),
        shortcuts=tuple(preferences.keyboard_shortcuts.items()),
        links=links,
        version=standing["version"],
        preferences_version=preferences.version,
    )


def preferences_of(performer_id: UUID) -> Preferences:
    """Her preferences, or the defaults; one statement."""
    row = MenuPreferences.objects.filter(performer_id=performer_id).first()
    return Preferences() if row is None else preferences_from(row)


def preferences_from(row: MenuPreferences) -> Preferences:
    """The row as a value."""
    return Preferences(**{name: getattr(row, name) for name in NAMES}, version=row.version)


def _standing(performer_id: UUID | None) -> dict[str, Any]:
    """Her state, her place in the line, the head of her queue; OFFLINE before her first sign-in."""
    found = None if performer_id is None else standing_of(performer_id)
    return found or {"state": State.OFFLINE, "position": None, "version": 0, "head": None}


def _payable(access: Access) -> int:
    if access.performer_id is None or "REQUEST_PAYOUT" not in access.permissions:
        return 0
    return payable_of(access.performer_id)


def _wishes(access: Access) -> tuple[Preferences, tuple[Link, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ_WISHES, {"performer": access.performer_id, "staff": STAFF in access.roles})
        wishes, links = (loaded(value) for value in cursor.fetchone())
    return _preferences(wishes), tree_order([_link(row) for row in links or ()])


def _preferences(row: Mapping[str, Any] | None) -> Preferences:
    if row is None:
        return Preferences()
    return Preferences(**{name: row[name] for name in NAMES}, version=row["version"])


def _link(row: Mapping[str, Any]) -> Link:
    parent = row["parent_id"]
    return Link(**{**row, "id": UUID(row["id"]), "parent_id": UUID(parent) if parent else None})


def tree_order(links: list[Link]) -> tuple[Link, ...]:
    """Parents before their children, siblings in their order; a link whose parent is not shown is not shown either."""
    children: dict[UUID | None, list[Link]] = {}
    for link in links:
        children.setdefault(link.parent_id, []).append(link)
    ordered: list[Link] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        link = waiting.pop()
        ordered.append(link)
        waiting.extend(reversed(children.get(link.id, [])))
    return tuple(ordered)
