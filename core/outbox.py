"""The outbox: what must happen outside exactly once is a row written with its cause and delivered afterwards.

A row is delivered at least once; its key lets the other side (or a read-back) make that once. A sweep works off what is
due, each row under a lease, so that a killed worker's rows come back. Nobody talks to the network inside a transaction.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.db.models.functions import Now

from core.actors import Actor
from core.exceptions import AlreadyDecided, NotFound, ValidationFailed
from core.models import DeadLetter, DeadLetterState, OutboxKind, OutboxMessage, OutboxState
from core.sql import call_value

log = structlog.get_logger(__name__)

LEASE_SECONDS = 120.0
BUDGET_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 300.0
MOST_ATTEMPTS = 300  # at the longest wait between them: a day
_dice = secrets.SystemRandom()


class TryLater(Exception):
    """The delivery failed in a way that time may mend. `seconds`: not before then."""

    def __init__(self, error_class: str, seconds: float = 0.0) -> None:
        super().__init__(error_class)
        self.error_class, self.seconds = error_class, seconds


class Postponed(Exception):
    """Nothing was tried, as it is known to be in vain now; does not count as an attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Undeliverable(Exception):
    """No further attempt can succeed: for staff to decide."""

    def __init__(self, error_class: str) -> None:
        super().__init__(error_class)
        self.error_class = error_class


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its deliverer gets it. `attempt` counts from 1: above 1, an earlier one may have had its effect."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    """Who delivers a kind. `deliver` returns a word for the row; raises TryLater, Postponed or Undeliverable."""

    kind: str
    deliver: Callable[[Message], str]
    enabled: Callable[[], bool]
    most_attempts: int = MOST_ATTEMPTS


class Outcome(StrEnum):
    """What became of one delivery."""

    DONE = "done"
    LATER = "later"
    POSTPONED = "postponed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: how many, for how long the oldest is due, and how many dead letters are open."""

    waiting: int
    lag_seconds: float
    dead: int


_channels: dict[str, Channel] = {}
_sweeping = threading.Lock()


def register(channel: Channel) -> None:
    """Deliver this kind from now on; call it from `apps.ready`."""
    _channels[channel.kind] = channel


def put(kind: str, key: str, payload: dict[str, Any]) -> bool:
    """Ask for a delivery, in the caller's transaction; False where nobody wants the kind or the key is known."""
    return bool(call_value("core_outbox_put", kind=kind, key=key, payload=payload))


def mirror_kinds() -> None:
    """Write down which kinds are wanted now, so that SQL knows; writes only what differs."""
    wanted = {channel.kind: channel.enabled() for channel in _channels.values()}
    known = dict(OutboxKind.objects.values_list("kind", "enabled"))
    for kind, enabled in wanted.items():
        if known.get(kind) != enabled:
            OutboxKind.objects.update_or_create(kind=kind, defaults={"enabled": enabled})


def deliver_due(
    *, budget_seconds: float = BUDGET_SECONDS, lease_seconds: float = LEASE_SECONDS
) -> Counter[Outcome] | None:
    """Deliver what is due, one after the other, until nothing is or the time is up; how each went.

    None where another thread of this process is at it. A kind that postpones rests until the next call. An error that
    no deliverer foresaw is written down, then raised.
    """
    if not _sweeping.acquire(blocking=False):
        return None
    try:
        mirror_kinds()
        return _deliver_all(time.monotonic() + budget_seconds, lease_seconds)
    finally:
        _sweeping.release()


def _deliver_all(until: float, lease_seconds: float) -> Counter[Outcome]:
    kinds = {channel.kind for channel in _channels.values() if channel.enabled()}
    tally: Counter[Outcome] = Counter()
    while kinds and time.monotonic() < until:
        message = claim(kinds, lease_seconds)
        if message is None:
            break
        outcome = _deliver(message, _channels[message.kind])
        tally[outcome] += 1
        if outcome is Outcome.POSTPONED:
            kinds.discard(message.kind)
    return tally


def claim(kinds: set[str], lease_seconds: float) -> Message | None:
    """Take one due message under a lease, committed at once; refuses to be part of a transaction."""
    with transaction.atomic(durable=True):
        row = call_value("core_outbox_claim", kinds=sorted(kinds), lease_seconds=lease_seconds)
    if row is None:
        return None
    return Message(**{**row, "created_at": datetime.fromisoformat(row["created_at"])})


def _deliver(message: Message, channel: Channel) -> Outcome:
    if message.attempt > channel.most_attempts:
        return _bury(message, "LeaseLost")
    try:
        result = channel.deliver(message)
    except Postponed as error:
        return _postpone(message, error.seconds)
    except TryLater as error:
        return _put_back(message, channel, error.error_class, error.seconds)
    except Undeliverable as error:
        return _bury(message, error.error_class)
    except Exception as error:
        _put_back(message, channel, type(error).__name__, 0.0)
        raise
    _waiting(message).update(state=OutboxState.DONE, done_at=Now(), result=result)
    return Outcome.DONE


def _waiting(message: Message) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(id=message.id, state=OutboxState.WAITING)


def _leased(message: Message) -> QuerySet[OutboxMessage]:
    # Whose lease ran out and was taken over has no say about the next attempt.
    return _waiting(message).filter(attempts=message.attempt)


def _postpone(message: Message, seconds: float) -> Outcome:
    _leased(message).update(attempts=F("attempts") - 1, next_at=Now() + timedelta(seconds=seconds))
    return Outcome.POSTPONED


def _put_back(message: Message, channel: Channel, error_class: str, seconds: float) -> Outcome:
    if message.attempt >= channel.most_attempts:
        return _bury(message, error_class)
    wait = max(seconds, backoff_seconds(message.attempt))
    _leased(message).update(next_at=Now() + timedelta(seconds=wait))
    log.info("outbox.later", kind=message.kind, attempt=message.attempt, error=error_class, seconds=round(wait, 1))
    return Outcome.LATER


def _bury(message: Message, error_class: str) -> Outcome:
    with transaction.atomic():
        if _leased(message).update(state=OutboxState.DEAD):
            DeadLetter.objects.create(message_id=message.id, error_class=error_class[:64], attempts=message.attempt)
    log.warning("outbox.dead", kind=message.kind, attempt=message.attempt, error=error_class)
    return Outcome.DEAD


def backoff_seconds(attempt: int) -> float:
    """1, 2, 4 … up to 300 seconds, each a random half more or less, so that failures do not come back together."""
    return float(min(LONGEST_WAIT_SECONDS, 2.0 ** min(attempt - 1, 30)) * _dice.uniform(0.5, 1.5))


def retry_dead_letter(*, by: Actor, dead_letter_id: int, reason: str) -> DeadLetter:
    """Put the message back in line, as due now. Raises NotFound, AlreadyDecided, ValidationFailed without a reason."""
    return _decide(by, dead_letter_id, reason, DeadLetterState.RETRIED, OutboxState.WAITING)


def discard_dead_letter(*, by: Actor, dead_letter_id: int, reason: str) -> DeadLetter:
    """Give the message up for good. Raises NotFound, AlreadyDecided, ValidationFailed without a reason."""
    return _decide(by, dead_letter_id, reason, DeadLetterState.DISCARDED, OutboxState.DISCARDED)


def _decide(by: Actor, dead_letter_id: int, reason: str, decision: DeadLetterState, state: OutboxState) -> DeadLetter:
    if not reason.strip():
        raise ValidationFailed.of("reason", "required", "Say why.")
    with transaction.atomic():
        letter = DeadLetter.objects.select_for_update().filter(id=dead_letter_id).first()
        if letter is None:
            raise NotFound()
        if letter.state != DeadLetterState.OPEN:
            raise AlreadyDecided()
        # Attempts start anew at one, not at none: an earlier delivery may have had its effect.
        OutboxMessage.objects.filter(id=letter.message_id).update(state=state, next_at=Now(), attempts=1)
        DeadLetter.objects.filter(id=letter.id).update(
            state=decision, reason=reason.strip(), decided_by=by.id, decided_at=Now()
        )
        letter.refresh_from_db()
    return letter


def backlog() -> Backlog:
    """What waits now; of kinds that nobody delivers, nothing is late."""
    kinds = [channel.kind for channel in _channels.values() if channel.enabled()]
    waiting = OutboxMessage.objects.filter(state=OutboxState.WAITING)
    oldest = waiting.filter(kind__in=kinds).aggregate(lag=Now() - Min("created_at"))["lag"]
    return Backlog(
        waiting=waiting.count(),
        lag_seconds=oldest.total_seconds() if oldest else 0.0,
        dead=DeadLetter.objects.filter(state=DeadLetterState.OPEN).count(),
    )


def figures() -> dict[str, float]:
    """The backlog for /metrics."""
    found = backlog()
    return {
        "outbox_waiting": found.waiting,
        "outbox_lag_seconds": found.lag_seconds,
        "outbox_dead_letters": found.dead,
    }
