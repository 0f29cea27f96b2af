"""Every read of the queue: typed results, a bounded number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from math import ceil
from operator import or_
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from core.actors import Actor
from core.exceptions import NotFound
from core.sql import call, call_value
from modelstate.hooks import CurrentPerformance
from queue_app.models import PerformerQueue, QueueEvent, QueueItem
from queue_app.states import ACTIVE, DEFAULT_DURATION_SECONDS, Deadline, Mode, Status

#: Which side of an item somebody stands on.
Side = Literal["performed", "bought"]


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as everybody sees it. `position`: the running one 0, waiting ones from 1, else None.

    `ends_at` is when the booked time of what runs is over; while it is paused its timer stands at `remaining_seconds`.
    """

    id: UUID
    idempotency_key: str
    source_feature: str
    source_event_id: str
    performer_id: UUID | None
    viewer_id: UUID
    hold_id: UUID
    tokens: int
    title: str
    description: str
    duration_seconds: int | None
    metadata: dict[str, Any]
    note: str
    status: Status
    position: int | None
    wait_seconds: int | None
    pass_through: bool
    next_available: bool
    created_at: datetime
    started_at: datetime | None
    ends_at: datetime | None
    paused_at: datetime | None
    remaining_seconds: int | None
    deadline_at: datetime | None
    deadline_step: str
    finished_at: datetime | None
    abandoned_at: datetime | None
    refunded_at: datetime | None
    reversed_at: datetime | None
    settlement_transfer_id: UUID | None
    refund_reason: str
    settled_tokens: int
    refunded_tokens: int
    version: int

    @property
    def booked_seconds(self) -> int:
        """How long it is booked for: where nothing else was said, the house's minute."""
        return self.duration_seconds or DEFAULT_DURATION_SECONDS

    @property
    def settled(self) -> bool:
        """Whether the performer was paid."""
        return self.settled_tokens > 0

    @property
    def settled_at(self) -> datetime | None:
        """When she was paid: with the finish."""
        return self.finished_at if self.settled else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands, and how long it will take."""

    item_id: UUID
    performer_id: UUID | None
    position: int | None
    total_in_queue: int
    estimated_wait_seconds: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What a performer has decided about her queue."""

    mode: Mode = Mode.ON
    auto_rejoin: bool = False
    accepts_slots: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """How what is bought comes to a performer: not while staff have paused it, done and paid at once, or in line."""

    paused: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class QueueView:
    """A performer's queue: what runs, what waits, in order."""

    performer_id: UUID
    items: tuple[ItemView, ...]
    version: int
    start_by: datetime | None = None
    start_warned: bool = False
    intake_paused: bool = False

    @property
    def running(self) -> ItemView | None:
        """The started item."""
        return next((item for item in self.items if item.status == Status.STARTED), None)

    @property
    def waiting(self) -> tuple[ItemView, ...]:
        """The created items, the head first."""
        return tuple(item for item in self.items if item.status == Status.CREATED)

    @property
    def head(self) -> ItemView | None:
        """The item to be started next."""
        return next(iter(self.waiting), None)

    @property
    def depth(self) -> int:
        """How many wait or run."""
        return len(self.items)


_READ_QUEUE = """
SELECT i.*, p.place, p.wait_seconds
  FROM queue_app_places(%s) p JOIN queue_app_queueitem i ON i.id = p.item_id
 ORDER BY p.place
"""
_READ_PLACES = """
SELECT p.item_id, p.place, p.wait_seconds
  FROM unnest(%s::uuid[]) AS performer CROSS JOIN LATERAL queue_app_places(performer) p
 UNION ALL
SELECT item_id, place, wait_seconds FROM queue_app_pool() WHERE %s
"""


def queue_of(performer_id: UUID) -> QueueView:
    """Her running and waiting items in order, by one statement for the version and one for the items.

    The version first: a change in between makes the items newer than it, and a page never claims what it does not show.
    """
    told = ("version", "start_by", "start_warned", "intake_paused")
    row = PerformerQueue.objects.filter(performer_id=performer_id).values_list(*told).first() or (0,)
    rows: Iterable[Any] = QueueItem.objects.raw(_READ_QUEUE, [performer_id])  # rows with place and wait_seconds
    items = tuple(_view(row, row.place, row.wait_seconds) for row in rows)
    return QueueView(performer_id, items, *row)


def settings_of(performer_id: UUID) -> QueueSettings:
    """Her settings, or the house's."""
    row = PerformerQueue.objects.filter(performer_id=performer_id).first()
    if row is None:
        return QueueSettings()
    return QueueSettings(Mode(row.mode), row.auto_rejoin, row.accepts_slots)


def intake_of(performer_id: UUID) -> Intake:
    """How what is bought comes to her. One statement."""
    row = PerformerQueue.objects.filter(pk=performer_id).values_list("intake_paused", "mode").first()
    return Intake() if row is None else Intake(paused=row[0], at_once=row[1] == Mode.OFF)


def paused_intakes(performer_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the performers whose intake the staff have paused. One statement."""
    paused = PerformerQueue.objects.filter(pk__in=list(performer_ids), intake_paused=True)
    return frozenset(paused.values_list("pk", flat=True))


def item_for(by: Actor, item_id: UUID) -> ItemView:
    """The item, for its viewer, its performer or staff; raises NotFound for everybody else."""
    rows = QueueItem.objects.filter(pk=item_id)
    if not by.is_staff:
        rows = rows.filter(Q(performer_id=by.id) | Q(viewer_id=by.id))
    found = views(rows)
    if not found:
        raise NotFound()
    return found[0]


def place_for(by: Actor, item_id: UUID) -> Place:
    """Where the item stands; raises NotFound for who may not see it."""
    item = item_for(by, item_id)
    total = QueueItem.objects.filter(performer_id=item.performer_id, status__in=ACTIVE).count()
    return Place(item.id, item.performer_id, item.position, total, item.wait_seconds, item.status)


def open_items_of(viewer_id: UUID) -> list[ItemView]:
    """A viewer's items that wait or run, whosoever they are for: the running ones first, then the nearest."""
    found = views(QueueItem.objects.filter(viewer_id=viewer_id, status__in=ACTIVE))
    return sorted(found, key=lambda item: (item.position or 0, item.created_at))


def history_for(owner_id: UUID, sides: Collection[Side]) -> QuerySet[QueueItem]:
    """Somebody's own items, ended or not: the ones performed, the ones bought, or both. `sides` is not empty.

    Both sides of one person have one id: what she performs and what she buys are told apart by the side asked for.
    """
    own = {"performed": Q(performer_id=owner_id), "bought": Q(viewer_id=owner_id)}
    return QueueItem.objects.filter(reduce(or_, [own[side] for side in sides]))


def ended_for(owner_id: UUID, side: Side) -> QuerySet[QueueItem]:
    """As `history_for`, without what still waits or runs."""
    return history_for(owner_id, [side]).exclude(status__in=ACTIVE)


def views(rows: Iterable[QueueItem]) -> list[ItemView]:
    """Items as typed results, with the places of the active ones by one more statement."""
    items = list(rows)
    performers = {row.performer_id for row in items if row.status in ACTIVE}
    places = _places(performers) if performers else {}
    return [_view(row, *places.get(row.pk, (None, None))) for row in items]


def _places(performer_ids: set[UUID | None]) -> dict[UUID, tuple[int, int]]:
    known = [performer_id for performer_id in performer_ids if performer_id is not None]
    with connection.cursor() as cursor:
        cursor.execute(_READ_PLACES, [known, None in performer_ids])
        return {item_id: (place, wait) for item_id, place, wait in cursor.fetchall()}


def pool_places() -> list[dict[str, Any]]:
    """Where the items stand that wait for whoever is next, as the snapshot of a queue tells its own."""
    found: list[dict[str, Any]] = call_value("queue_app_pool_places")
    return found


def events_of(item_id: UUID) -> QuerySet[QueueEvent]:
    """The steps of an item's life, the first one first."""
    return QueueEvent.objects.filter(item_id=item_id).order_by("version")


def shares_queue(item_id: UUID, viewer_id: UUID | None) -> bool:
    """Whether something that this viewer bought waits in the queue that the item stands in, itself included."""
    queue = QueueItem.objects.filter(pk=item_id, performer__isnull=False).values("performer_id")
    return QueueItem.objects.filter(performer_id__in=queue, viewer_id=viewer_id, status=Status.CREATED).exists()


def is_hers(item_id: UUID, performer_id: UUID) -> bool:
    """Whether the item is this performer's, ended or not."""
    return QueueItem.objects.filter(pk=item_id, performer_id=performer_id).exists()


def running_item(performer_id: UUID) -> UUID | None:
    """The id of what she performs now."""
    return (
        QueueItem.objects.filter(performer_id=performer_id, status=Status.STARTED).values_list("pk", flat=True).first()
    )


def current_performance(performer_id: UUID) -> CurrentPerformance | None:
    """What she performs now, as the state machine tells it."""
    row = QueueItem.objects.filter(performer_id=performer_id, status=Status.STARTED).first()
    if row is None or row.started_at is None:
        return None
    item = _view(row, 0, 0)
    return CurrentPerformance(
        id=item.id,
        title=item.title,
        tokens=item.tokens,
        started_at=row.started_at,
        duration_seconds=item.duration_seconds,
        ends_at=item.ends_at,
        paused_at=item.paused_at,
        remaining_seconds=item.remaining_seconds,
        version=item.version,
    )


def due_performers() -> list[UUID]:
    """The performers for whom some time is over now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_app_due_performers()")
        return [row[0] for row in cursor.fetchall()]


def standing_of(performer_id: UUID) -> dict[str, Any] | None:
    """Her state with its version, her place in the line and the head of her queue; one statement.

    None before her first sign-in.
    """
    found: dict[str, Any] | None = call_value("queue_app_standing", performer=performer_id)
    return found


def snapshot_of(performer_id: UUID) -> dict[str, Any]:
    """What her devices are told of her queue and of her place in the line, in one statement."""
    return call("queue_app_snapshot", performer=performer_id)


def behind(freed_ticket: int | None) -> list[dict[str, Any]]:
    """What the first performers behind a freed place are told of their queues, in one statement; without one, none."""
    if freed_ticket is None:
        return []
    found: list[dict[str, Any]] = call_value("queue_app_behind", ticket=freed_ticket)
    return found


def _view(row: QueueItem, place: int | None, wait: int | None) -> ItemView:
    return ItemView(
        position=place,
        wait_seconds=wait,
        pass_through=row.sequence is None and row.performer_id is not None,
        status=Status(row.status),
        ends_at=row.ends_at if row.deadline_step in _TIMER_RUNS else None,
        remaining_seconds=_rest(row.ends_at, row.paused_at),
        **{name: getattr(row, name) for name in _SAME},
    )


def _rest(ends_at: datetime | None, paused_at: datetime | None) -> int | None:
    return None if ends_at is None or paused_at is None else ceil((ends_at - paused_at).total_seconds())


_TIMER_RUNS = {Deadline.DURATION, Deadline.MAXIMUM}
_OWN = {"position", "wait_seconds", "pass_through", "status", "ends_at", "remaining_seconds"}
_SAME = tuple(name for name in ItemView.__annotations__ if name not in _OWN)
