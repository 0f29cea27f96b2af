"""A viewer's side: rooms, what they offer, his own bookings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.urls import reverse

from accounts.models import Performer
from compliance.queries import Limits
from dashboard.presenters.limits import refusal_words
from dashboard.presenters.session import seconds_left
from dashboard.presenters.states import StateBadge, badge_of, iso
from menus.queries.offers import Offer
from menus.states import NOTE_LENGTH
from modelstate.states import State
from queue_app.policies import share_refusal
from queue_app.queries import Intake, ItemView
from queue_app.states import DEFAULT_DURATION_SECONDS, MAX_DURATION_SECONDS, MAX_REQUESTS_EACH, Status

SOMEBODY = "a performer"
WHOEVER_IS_NEXT = "whoever is next"
LEAST_PRICE = 1
AWAY = "She is offline. You can buy as soon as she is back."
PAUSED = "She takes no new bookings at the moment."


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A door to a room."""

    id: UUID
    name: str
    state: StateBadge


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item that sells; `reason` says why not now, where that is the item's own affair."""

    offer: Offer
    reason: str


@dataclass(frozen=True, slots=True)
class OfferedMenu:
    """A menu that sells."""

    id: UUID
    name: str
    items: tuple[OfferedItem, ...]


@dataclass(frozen=True, slots=True)
class RoomView:
    """A performer's room as a viewer sees it; `closed` says why nothing can be bought, `at_once` that nothing waits."""

    id: UUID
    name: str
    state: StateBadge
    menus: tuple[OfferedMenu, ...]
    closed: str
    at_once: bool
    note_length: int = NOTE_LENGTH


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The form for whoever is next; `reason` says why it is shut, `usual_seconds` are booked where nothing is said."""

    reason: str
    usual_seconds: int = DEFAULT_DURATION_SECONDS
    most_seconds: int = MAX_DURATION_SECONDS
    most_requests: int = MAX_REQUESTS_EACH


@dataclass(frozen=True, slots=True)
class MyItem:
    """One booking that waits or runs."""

    id: UUID
    title: str
    performer: str
    tokens: int
    status: str
    position: int
    wait_seconds: int
    running: bool
    left: int
    ends_at: str
    return_by: str
    duration_seconds: int
    note: str
    cancel: str
    unassigned: bool = False

    @property
    def timer_words(self) -> str:
        """What the figure of its timer is: what is left of the booked time, or what it runs beyond it."""
        return "left" if self.left > 0 else "over the booked time"

    @property
    def place_words(self) -> str:
        """Its place as a viewer reads it."""
        if self.unassigned:
            return "waits for a free performer" if self.position == 1 else f"{self.position - 1} requests before it"
        return "next in line" if self.position == 1 else f"number {self.position} in line"


@dataclass(frozen=True, slots=True)
class MyItems:
    """All of them, the running ones first."""

    rows: tuple[MyItem, ...]


def room_cards(performers: Iterable[Performer], states: Mapping[UUID, State]) -> tuple[RoomCard, ...]:
    """Doors, the open ones first."""
    cards = [RoomCard(row.pk, row.stage_name, public_badge(states.get(row.pk, State.OFFLINE))) for row in performers]
    return tuple(sorted(cards, key=lambda card: (card.state.name == State.OFFLINE, card.name.lower())))


def room_view(performer: Performer, state: State, offers: Iterable[Offer], limits: Limits, intake: Intake) -> RoomView:
    """The room with its menus in her order; what his own limits refuse says so."""
    menus = [
        OfferedMenu(
            menu_id, items[0].menu_name, tuple(OfferedItem(one, refusal_words(limits, one.price)) for one in items)
        )
        for menu_id, group in groupby(offers, key=lambda offer: offer.menu_id)
        if (items := list(group))
    ]
    away = AWAY if state == State.OFFLINE else PAUSED if intake.paused else ""
    closed = away or refusal_words(limits, LEAST_PRICE)
    return RoomView(performer.pk, performer.stage_name, public_badge(state), tuple(menus), closed, intake.at_once)


def request_form(limits: Limits, items: Iterable[ItemView]) -> RequestForm:
    """The form, shut where he has asked for his share, or his own limits leave not even one token."""
    waiting = sum(item.next_available and item.status == Status.CREATED for item in items)
    return RequestForm(share_refusal(waiting) or refusal_words(limits, LEAST_PRICE))


def public_badge(state: State) -> StateBadge:
    """What the public may know: away, online, live or busy; not that she waits in a line."""
    shown = {State.IN_QUEUE: State.IDLE, State.STREAM_IN_QUEUE: State.STREAMING}.get(state, state)
    badge = badge_of(shown)
    return StateBadge(badge.name, "Online" if shown == State.IDLE else badge.word, badge.icon, "")


def my_items(items: Iterable[ItemView], performer_of: Callable[[ItemView], str]) -> MyItems:
    """His bookings."""
    return MyItems(tuple(_mine(item, performer_of(item)) for item in items))


def _mine(item: ItemView, performer: str) -> MyItem:
    running = item.status == Status.STARTED
    return MyItem(
        id=item.id,
        title=item.title,
        performer=performer,
        tokens=item.tokens,
        status=item.status,
        position=item.position or 0,
        wait_seconds=item.wait_seconds or 0,
        running=running,
        left=seconds_left(item) if running else 0,
        ends_at=iso(item.ends_at),
        return_by=iso(item.deadline_at) if item.paused_at else "",
        duration_seconds=item.booked_seconds,
        note=item.note,
        cancel="" if running else reverse("cancel-item", args=[item.id]),
        unassigned=item.performer_id is None,
    )
