"""Time in tests: limits that are over at once, leases that are there or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.models import Performer, SignIn, SignInKind, User, Viewer
from accounts.services import open_sign_in
from core.sql import call_value
from presence.services import renew
from presence.states import Kind
from tests import factories

NEVER = 24 * 3600


@contextmanager
def limits(**seconds: int) -> Iterator[None]:
    """These limits hold inside; `return_` stands for `return`. A limit of 0 is over at once."""
    set_limits({name.rstrip("_"): value for name, value in seconds.items()})
    yield
    set_limits(settings.QUEUE_LIMITS)


def set_limits(seconds: Mapping[str, int]) -> None:
    """These limits hold from now on."""
    call_value("queue_app_set_limits", limits=seconds)


def sign_in_of(person: User | Performer | Viewer) -> SignIn:
    """An open sign-in of this person; a new one where there is none."""
    user = factories.user_of(person)
    known = SignIn.objects.filter(user=user, ended_at__isnull=True).order_by("-started_at").first()
    if known is None:
        known = open_sign_in(user=user, kind=SignInKind.TOKEN)  # without tokens: those would be a sign of life
    return known


def come_back(person: User | Performer | Viewer, kind: Kind = Kind.POLL) -> None:
    """A sign of life."""
    renew(sign_in_ids=[sign_in_of(person).pk], kind=kind)


def present_until(owner_id: UUID) -> datetime | None:
    """When the last lease of this account ends or ended, as the sweep sees it; None where there was never one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT presence_until(%s)", [owner_id])
        row = cursor.fetchone()
    found: datetime | None = row[0] if row else None
    return found


def go_away(person: User | Performer | Viewer) -> None:
    """All leases of this person end now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT presence_renew(array_agg(sign_in_id), 'socket', 0) FROM presence_lease WHERE owner_id = %s",
            [factories.user_of(person).pk],
        )
