"""From a settlement's announcement to points for the viewer who paid."""

from __future__ import annotations

from uuid import UUID

import msgspec

from core.outbox import Message, Postponed, TryLater, Undeliverable
from loyalty.client import gateway
from loyalty.config import active
from loyalty.errors import BreakerOpen, LoyaltyError, NotAdmitted
from loyalty.gateway import Act, wire_key
from loyalty.queries import member_at

REASON = "promotional_award"
# Credentials that are not good now are no fault of the message: it waits for them, and does not die of them.
CREDENTIALS_WAIT_SECONDS = 300.0
OFF_WAIT_SECONDS = 60.0


class Settled(msgspec.Struct, frozen=True):
    """What the wallet announces."""

    transfer_id: UUID
    viewer_id: UUID
    tokens: int


def award_points(message: Message) -> str:
    """Credit the points once, whatever happens on the way; a word on what came of it.

    Raises the outbox's TryLater, Postponed and Undeliverable.
    """
    config = active()
    if config is None:
        raise Postponed(OFF_WAIT_SECONDS)
    fact = msgspec.convert(message.payload, Settled)
    member = member_at(fact.viewer_id, message.created_at)
    if member is None:
        return "not_linked"
    points = config.points_for(fact.tokens)
    if points == 0:
        return "no_points"
    return _credit(member, points, Act(wire_key(message.key), message.created_at, uncertain=message.attempt > 1))


def _credit(member: str, points: int, act: Act) -> str:
    try:
        posting = gateway().credit(member, points, REASON, act)
    except BreakerOpen as error:
        raise Postponed(error.seconds) from error
    except NotAdmitted as error:
        raise TryLater(error.label, CREDENTIALS_WAIT_SECONDS) from error
    except LoyaltyError as error:
        if error.again:
            raise TryLater(error.label, getattr(error, "seconds", 0.0)) from error
        raise Undeliverable(error.label) from error
    return "found" if posting.found else "credited"
