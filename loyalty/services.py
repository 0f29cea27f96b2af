"""Writes of the loyalty rooms: links, and the breaker by hand."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Viewer
from audit.services import record
from core.actors import Actor
from core.exceptions import AlreadyDecided, NotFound, ValidationFailed
from core.sql import translated
from loyalty.models import AccountLink, Breaker, BreakerState

MEMBER_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


def link_account(*, by: Actor, viewer_id: UUID, member_id: str, reason: str) -> AccountLink:
    """Say that a viewer is this member; what is settled from now on earns points.

    Raises NotFound, AlreadyLinked (the viewer or the member is), ValidationFailed.
    """
    if not MEMBER_ID.match(member_id):
        raise ValidationFailed.of("memberId", "invalid", "Letters, digits, - and _, at most 64.")
    if not Viewer.objects.filter(pk=viewer_id).exists():
        raise NotFound()
    with translated(), transaction.atomic():
        link = AccountLink.objects.create(viewer_id=viewer_id, member_id=member_id)
        _recorded(by, "loyalty.linked", link, reason)
    return link


def revoke_link(*, by: Actor, link_id: UUID, reason: str) -> AccountLink:
    """End a link; what was settled before still earns its points. Raises NotFound, AlreadyDecided."""
    with transaction.atomic():
        link = AccountLink.objects.select_for_update().filter(pk=link_id).first()
        if link is None:
            raise NotFound()
        if not link.active:
            raise AlreadyDecided("This link was revoked already.")
        AccountLink.objects.filter(pk=link_id).update(active=False, revoked_at=Now())
        link.refresh_from_db()
        _recorded(by, "loyalty.revoked", link, reason)
    return link


def close_breaker(*, by: Actor, name: str, reason: str) -> Breaker:
    """Let calls go out again at once, without waiting for probes. Raises NotFound."""
    with transaction.atomic():
        breaker = Breaker.objects.select_for_update().filter(pk=name).first()
        if breaker is None:
            raise NotFound()
        before = breaker.state
        Breaker.objects.filter(pk=name).update(
            state=BreakerState.CLOSED, failures=[], outcomes="", successes=0, rest_until=None
        )
        breaker.refresh_from_db()
        record(
            by=by,
            action="loyalty.breaker_closed",
            target_type="loyalty.breaker",
            target_id=name,
            before={"state": before},
            after={"state": breaker.state},
            reason=reason,
        )
    return breaker


def _recorded(by: Actor, action: str, link: AccountLink, reason: str) -> None:
    record(
        by=by,
        action=action,
        target_type="loyalty.accountlink",
        target_id=str(link.pk),
        after={"viewer_id": link.viewer_id, "active": link.active},
        reason=reason,
    )
