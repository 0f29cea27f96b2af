"""Buying, and looking at where the tokens went."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import Group

from accounts.access import forget_access
from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from core.idempotency import Claim
from modelstate import services as states
from modelstate.queries import get_state
from modelstate.states import State
from queue_app import services
from queue_app.intake import QueueIntake
from queue_app.models import PerformerQueue, QueueItem
from queue_app.queries import events_of
from queue_app.states import MAX_REQUESTS_EACH
from tests import factories
from wallet.queries import balance_of
from wallet.services import fund, place_hold


def come(performer: Performer) -> Performer:
    """Sign in and take a place in the line."""
    states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    states.join_line(by=factories.actor(performer), performer_id=performer.pk)
    return performer


def rich(viewer: Viewer, tokens: int = 1000) -> Viewer:
    """A viewer with tokens."""
    fund(by=SYSTEM, owner_id=viewer.pk, tokens=tokens, key=f"fund-{uuid4()}")
    return viewer


def buying(performer: Performer) -> Viewer:
    """A performer who buys too: her viewer's side, with tokens."""
    performer.user.groups.add(Group.objects.get(name="viewer"))
    forget_access(performer.user)
    return rich(Viewer.objects.create(user=performer.user, alias=f"Alias {performer.user.username}"))


def intake(viewer: Viewer, performer: Performer | None, **fields: Any) -> QueueIntake:  # noqa: ANN401 - any field of the payload
    """A payload whose tokens are held already."""
    tokens = fields.setdefault("tokens", 100)
    event = fields.setdefault("source_event_id", str(uuid4()))
    if "escrow_transaction_id" not in fields:
        fields["escrow_transaction_id"] = place_hold(
            by=factories.actor(viewer),
            viewer_id=viewer.pk,
            performer_id=performer.pk if performer else None,
            tokens=tokens,
            key=f"hold-{event}",
        ).id
    defaults = {
        "idempotency_key": f"chip_menu:{event}:enqueue",
        "source_feature": "chip_menu",
        "performer_id": performer.pk if performer else None,
        "user_id": viewer.pk,
        "title": "A song",
    }
    return QueueIntake(**{**defaults, **fields})


def bought(viewer: Viewer, performer: Performer, **fields: Any) -> UUID:  # noqa: ANN401 - any field of the payload
    """A paid item in the performer's queue; its id."""
    item = services.enqueue(by=factories.actor(viewer), intake=intake(viewer, performer, **fields))
    return UUID(item["id"])


def asked(viewer: Viewer, *, tokens: int = 50, title: str = "A song", duration_seconds: int | None = None) -> UUID:
    """A request for whoever is next; the item's id."""
    claim = Claim(viewer.pk, str(uuid4()), b"", "")
    by = factories.actor(viewer)
    answer = services.request(by=by, claim=claim, tokens=tokens, title=title, duration_seconds=duration_seconds)
    return UUID(answer.body["id"])


def crowd(requests: int, *, tokens: int = 1) -> list[UUID]:
    """So many requests for whoever is next, of as many viewers as they take; the oldest first."""
    ids: list[UUID] = []
    while len(ids) < requests:
        viewer = rich(factories.viewer())
        share = min(MAX_REQUESTS_EACH, requests - len(ids))
        ids += [asked(viewer, tokens=tokens) for _ in range(share)]
    return ids


def running(viewer: Viewer, performer: Performer, **fields: Any) -> UUID:  # noqa: ANN401 - any field of the payload
    """A paid item that runs; its id."""
    item_id = bought(viewer, performer, **fields)
    services.start(by=factories.actor(performer), item_id=item_id)
    return item_id


def tokens_of(viewer: Viewer) -> tuple[int, int]:
    """(available, escrow) of a viewer."""
    balance = balance_of(viewer.pk)
    return balance.available, balance.escrow


def earned_by(performer: Performer) -> int:
    """What a performer has earned."""
    return balance_of(performer.pk).earned


def status_of(item_id: UUID) -> str:
    """An item's status in the database."""
    return QueueItem.objects.get(pk=item_id).status


def state_of(performer: Performer) -> State:
    """What a performer is doing."""
    return get_state(performer.pk).state


def depth_of(performer: Performer) -> int:
    """What the performer's queue says of its depth."""
    return PerformerQueue.objects.get(pk=performer.pk).depth


def steps_of(item_id: UUID) -> list[str]:
    """The steps of an item's life."""
    return [event.event for event in events_of(item_id)]
