"""Writes of the staff's links: a tree without loops, ordered without conflicts, audited with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from audit.services import record
from core.actors import Actor
from core.exceptions import NotFound, PermissionDenied, ValidationFailed
from core.sql import translated
from menus.exceptions import LinkDoesNotFit, LinkLoops
from menus.models import StaffLink
from menus.registry import SECTION_BY_ID

INTERNAL = re.compile(r"^/(?:[^/\\\s][^\\\s]*)?$")
EXTERNAL = re.compile(r"^https?://[^\s/\\][^\s\\]*$")
RECORDED = ("section", "public", "ordering")
#: One writer at a time: a loop through two links needs a look at the whole tree.
TREE_LOCK = 5_120_001


@transaction.atomic
def save_link(*, by: Actor, link_id: UUID | None, fields: Mapping[str, Any], reason: str) -> StaffLink:
    """Add a link, or change the given fields of one. Without a place it goes behind its siblings; a place in between
    moves the others on.

    Raises ValidationFailed by field, LinkLoops, NotFound for an unknown link, PermissionDenied to all but staff.
    """
    _check_staff(by, reason)
    _lock_tree()
    link = _found(link_id)
    before = None if link_id is None else _facts(link)
    place = fields.get("ordering")
    siblings_before = (link.parent_id, link.section)
    for name in fields.keys() - {"ordering"}:
        setattr(link, name, fields[name])
    _check_fits(link)
    _check_no_loop(link)
    if link_id is None or place is not None or siblings_before != (link.parent_id, link.section):
        _put(link, place)
    with translated():
        link.save()
    _audited(by, "saved", link, before, reason)
    return link


@transaction.atomic
def remove_link(*, by: Actor, link_id: UUID, reason: str) -> None:
    """Take a link away; its children move up to its parent, so that none is lost. Raises as `save_link` does."""
    _check_staff(by, reason)
    _lock_tree()
    link = _found(link_id)
    before = _facts(link)
    for child in StaffLink.objects.filter(parent=link).order_by("ordering"):
        child.parent_id = link.parent_id
        _put(child, None)
        child.save()
    link.delete()
    _audited(by, "removed", StaffLink(pk=link_id), before, reason)


def _check_staff(by: Actor, reason: str) -> None:
    if not by.is_staff:
        raise PermissionDenied()
    if not reason.strip():
        raise ValidationFailed.of("reason", "required", "Say why.")


def _lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _found(link_id: UUID | None) -> StaffLink:
    if link_id is None:
        return StaffLink()
    link = StaffLink.objects.select_for_update().filter(pk=link_id).first()
    if link is None:
        raise NotFound()
    return link


def _check_fits(link: StaffLink) -> None:
    if not link.title.strip():
        raise LinkDoesNotFit("title", "blank", "This may not be blank.")
    if link.section not in SECTION_BY_ID:
        raise LinkDoesNotFit("section", "unknown_section", "There is no such section.")
    if not (INTERNAL if link.internal else EXTERNAL).match(link.path):
        raise LinkDoesNotFit()
    if link.parent is not None and link.parent.section != link.section:
        raise LinkDoesNotFit("parent", "other_section", "The parent stands in another section.")


def _check_no_loop(link: StaffLink) -> None:
    above = link.parent
    while above is not None:
        if above.pk == link.pk:
            raise LinkLoops()
        above = above.parent


def _siblings(link: StaffLink) -> QuerySet[StaffLink]:
    rows = StaffLink.objects.filter(parent_id=link.parent_id, section=link.section)
    return rows.exclude(pk=link.pk).order_by("ordering")


def _put(link: StaffLink, place: int | None) -> None:
    """Give it the place, counted from 1; who stands there or behind moves one on, the last first."""
    taken = list(_siblings(link).values_list("ordering", flat=True))
    last = max(taken, default=0)
    link.ordering = place if place is not None else last + 1
    if link.ordering in taken:
        # Out of the way first: the others may move onto the place where it stood.
        StaffLink.objects.filter(pk=link.pk).update(ordering=last + 2)
        for other in _siblings(link).filter(ordering__gte=link.ordering).order_by("-ordering"):
            other.ordering += 1
            other.save(update_fields=["ordering", "updated_at"])


def _facts(link: StaffLink) -> dict[str, Any]:
    return {name: getattr(link, name) for name in RECORDED}


def _audited(by: Actor, verb: str, link: StaffLink, before: dict[str, Any] | None, reason: str) -> None:
    record(
        by=by,
        action=f"menus.link.{verb}",
        target_type="menus.link",
        target_id=str(link.pk),
        before=before,
        after=_facts(link) if verb == "saved" else None,
        reason=reason,
    )
