"""A performer's session: her state, the running performance, what waits for her."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from dashboard.actions import Subjects
from dashboard.presenters import settlement
from dashboard.presenters.controls import Control, of_item
from dashboard.presenters.settlement import SettlementLine
from dashboard.presenters.states import StateBadge, badge, iso
from menus.builder import Menu
from modelstate.queries import StateView
from queue_app.queries import ItemView, QueueView
from queue_app.services import Preview
from queue_app.states import MAX_DEPTH, Status
from wallet.queries.earnings import business_zone

SOMEBODY = "a viewer"
# Of each pair the menu says which one counts; the same place on the screen, so that focus stays.
TWINS = (("start-stream", "stop-stream", "toggle-stream"), ("join-queue", "leave-queue", "toggle-line"))
Booker = Callable[[ItemView], str]


@dataclass(frozen=True, slots=True)
class EndView:
    """A way to end it, beside what it would settle."""

    control: Control
    lines: tuple[SettlementLine, ...]


@dataclass(frozen=True, slots=True)
class RunningView:
    """The performance that runs."""

    id: UUID
    title: str
    note: str
    tokens: int
    viewer: str
    started_at: str
    started_words: str
    duration_seconds: int
    left: int
    ends_at: str
    deadline_at: str
    ends: tuple[EndView, ...]

    @property
    def paused(self) -> bool:
        """Whether its timer stands still."""
        return not self.ends_at

    @property
    def gone(self) -> int:
        """Seconds of the booked time that are used."""
        return min(self.duration_seconds, self.duration_seconds - self.left)

    @property
    def over(self) -> bool:
        """Whether the booked time is over: it ends by itself at the deadline."""
        return not self.paused and self.left <= 0

    @property
    def lost_after(self) -> int:
        """Seconds without an answer after which the server has paused it."""
        return int(settings.PRESENCE_SECONDS["socket"] + settings.QUEUE_LIMITS["rope_drop"])

    @property
    def returns_within(self) -> int:
        """Seconds that a pause lasts before everything is given back."""
        return int(settings.QUEUE_LIMITS["return"])


@dataclass(frozen=True, slots=True)
class StageView:
    """The first card of the desk."""

    state: StateBadge
    sentence: str
    actions: tuple[Control, ...]
    in_line: bool
    place: int | None
    waiting: int
    wait_seconds: int | None
    performance: RunningView | None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One item of the queue."""

    id: UUID
    title: str
    viewer: str
    tokens: int
    place: int
    running: bool
    duration_seconds: int
    since: str
    note: str
    actions: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueCard:
    """What was paid for her, in order."""

    rows: tuple[QueueRow, ...]
    depth: int
    limit: int
    start_next: Control | None
    room: str
    start_by: str
    start_warned: bool
    paused: bool


def stage(
    menu: Menu, state: StateView, queue: QueueView, booker: Booker, wait_seconds: int | None, preview: Preview | None
) -> StageView:
    """Her state and what she can do about it; twins show the one that counts."""
    shown = badge(state)
    return StageView(
        state=shown,
        sentence=shown.sentence,
        actions=_one_primary([control for pair in TWINS if (control := _twin(menu, *pair))]),
        in_line=state.in_queue,
        place=state.queue_position,
        waiting=len(queue.waiting),
        wait_seconds=wait_seconds,
        performance=_running(menu, queue, booker, preview),
    )


def _twin(menu: Menu, entry: str, leave: str, control_id: str) -> Control | None:
    """The enabled one of the pair, else the way out with its reason, else the way in with its own."""
    views = {item_id: menu.item(item_id) for item_id in (entry, leave)}
    seen = {item_id: view for item_id, view in views.items() if view is not None and view.visible}
    enabled = [item_id for item_id, view in seen.items() if view.enabled]
    chosen = next(iter(enabled), leave if leave in seen else entry)
    if chosen not in seen:
        return None
    return of_item(seen[chosen], look="button", control_id=control_id)


def _one_primary(controls: list[Control]) -> tuple[Control, ...]:
    """The first way in that works is what she most likely wants."""
    entries = {entry for entry, _leave, _control_id in TWINS}
    first = next((control for control in controls if control.enabled and control.id in entries), None)
    return tuple(
        replace(control, look="button button-primary") if control is first else control for control in controls
    )


def _ends(menu: Menu, item: ItemView, preview: Preview | None) -> Iterator[EndView]:
    foreseen = {"finish-performance": preview.finish, "abandon-performance": preview.abandon} if preview else {}
    for item_id, look in (
        ("finish-performance", "button button-primary"),
        ("abandon-performance", "button button-danger"),
    ):
        view, found = menu.item(item_id), foreseen.get(item_id, ())
        if view is not None:
            control = of_item(view, look=look, control_id=item_id, about=Subjects(running=item.id))
            yield EndView(replace(control, foreseen=settlement.mark(found)), settlement.lines(found))


def _running(menu: Menu, queue: QueueView, booker: Booker, preview: Preview | None) -> RunningView | None:
    item = queue.running
    if item is None or item.started_at is None:
        return None
    return RunningView(
        id=item.id,
        title=item.title,
        note=item.note,
        tokens=item.tokens,
        viewer=booker(item),
        started_at=iso(item.started_at),
        started_words=f"{item.started_at.astimezone(business_zone()):%H:%M %Z}",
        duration_seconds=item.booked_seconds,
        left=seconds_left(item),
        ends_at=iso(item.ends_at),
        deadline_at=iso(item.deadline_at),
        ends=tuple(_ends(menu, item, preview)),
    )


def seconds_left(item: ItemView) -> int:
    """What is left of the booked time of what runs or is paused; negative beyond it."""
    if item.ends_at is None:
        return item.remaining_seconds or 0
    return ceil((item.ends_at - datetime.now(UTC)).total_seconds())


def queue_card(menu: Menu, queue: QueueView, booker: Booker) -> QueueCard:
    """The queue as a list; the head can be started where she may start."""
    start = menu.item("start-next")
    rows = tuple(_row(item, booker) for item in queue.items)
    return QueueCard(
        rows=rows,
        depth=queue.depth,
        limit=MAX_DEPTH,
        start_next=of_item(start, about=Subjects(head=queue.head.id if queue.head else None)) if start else None,
        room=reverse("room", args=[queue.performer_id]),
        start_by=iso(queue.start_by),
        start_warned=queue.start_warned,
        paused=queue.intake_paused,
    )


def _row(item: ItemView, booker: Booker) -> QueueRow:
    running = item.status == Status.STARTED
    return QueueRow(
        id=item.id,
        title=item.title,
        viewer=booker(item),
        tokens=item.tokens,
        place=item.position or 0,
        running=running,
        duration_seconds=item.booked_seconds,
        since=iso(item.created_at),
        note=item.note,
        actions=() if running else (_decline(item),),
    )


def _decline(item: ItemView) -> Control:
    return Control(
        id="decline",
        label="Decline and refund",
        icon="undo",
        post=reverse("decline-item", args=[item.id]),
        confirm=f"Decline {item.title}?",
        detail=f"The viewer gets all {item.tokens:,} tokens back at once. This cannot be undone.",
    )


def queue_rows(queue: QueueView) -> tuple[QueueRow, ...]:
    """The queue without names, notes or actions, for who only looks on."""
    return tuple(replace(_row(item, lambda _item: SOMEBODY), note="", actions=()) for item in queue.items)
