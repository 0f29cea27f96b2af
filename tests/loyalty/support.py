"""Settlements to deliver, and ways to wait for their points."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.db.models.functions import Now

from accounts.models import Performer, Viewer
from core import outbox
from core.actors import SYSTEM
from core.models import DeadLetter, OutboxMessage, OutboxState
from loyalty.gateway import wire_key
from loyalty.models import AccountLink, Breaker
from loyalty.services import link_account
from tests import factories
from tests.wallet.support import settled, viewer_with

MEMBER = "member-1"


def linked_viewer(tokens: int = 100_000, member: str = MEMBER) -> Viewer:
    """A viewer with tokens who is a member."""
    viewer = viewer_with(tokens)
    link_account(by=SYSTEM, viewer_id=viewer.pk, member_id=member, reason="test")
    return viewer


def settle(viewer: Viewer, performer: Performer | None = None, *, tokens: int = 100, times: int = 1) -> list[str]:
    """Settle that many purchases; the keys that their points have on the wire."""
    performer = performer or factories.performer()
    done = [settled(viewer, performer, tokens) for _ in range(times)]
    return [wire_key(f"wallet.settled:{hold.transfer_id}") for hold in done]


def once_each(keys: list[str]) -> Counter[str]:
    """What the service's books must show."""
    return Counter(keys)


def make_due() -> None:
    """Do not wait for the waiting."""
    OutboxMessage.objects.filter(state=OutboxState.WAITING).update(next_at=Now() - timedelta(seconds=1))


def waiting() -> int:
    """How many messages are not done."""
    return OutboxMessage.objects.filter(state=OutboxState.WAITING).count()


def drain(seconds: float = 20.0) -> None:
    """Deliver as the worker does until nothing waits."""

    def empty() -> bool:
        outbox.deliver_due()
        return waiting() == 0

    until(empty, seconds)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Poll a condition; fails when it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {condition.__name__}"
        time.sleep(0.02)


def results() -> Counter[str]:
    """What the deliveries came to."""
    return Counter(OutboxMessage.objects.filter(state=OutboxState.DONE).values_list("result", flat=True))


def deaths() -> list[str]:
    """The error classes of the dead letters."""
    return list(DeadLetter.objects.order_by("id").values_list("error_class", flat=True))


def breaker_state() -> str:
    """The shared breaker's."""
    return Breaker.objects.get().state


def the_link() -> AccountLink:
    """The only link."""
    return AccountLink.objects.get()
