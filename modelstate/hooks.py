"""What the queue, a room above, tells and does for the state machine. It registers in its `apps.ready`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.actors import Actor


@dataclass(frozen=True, slots=True)
class CurrentPerformance:
    """The item she performs now: `ends_at` is None while it is paused, `remaining_seconds` while it is not."""

    id: UUID
    title: str
    tokens: int
    started_at: datetime
    duration_seconds: int | None
    ends_at: datetime | None
    paused_at: datetime | None
    remaining_seconds: int | None
    version: int


class WorkReader(Protocol):
    """Finds what a performer performs now."""

    def __call__(self, performer_id: UUID) -> CurrentPerformance | None:
        """The running item, or None."""


class WorkEnder(Protocol):
    """Ends what a performer performs when she is taken offline against her will."""

    def __call__(self, *, by: Actor, performer_id: UUID) -> None:
        """Abandon the running item with a full refund, inside the caller's transaction."""


class LineListener(Protocol):
    """Hears, inside the transaction, that a performer took a place in the line or gave one up."""

    def __call__(self, performer_id: UUID, freed_ticket: int | None) -> None:
        """`freed_ticket` is the place she gave up, None where she took one."""


_readers: list[WorkReader] = []
_enders: list[WorkEnder] = []
_listeners: list[LineListener] = []


def register_work_reader(reader: WorkReader) -> None:
    """The one who knows the current performance. Registering twice counts once."""
    if reader not in _readers:
        _readers.append(reader)


def register_work_ender(ender: WorkEnder) -> None:
    """The one who can end the current performance. Registering twice counts once."""
    if ender not in _enders:
        _enders.append(ender)


def register_line_listener(listener: LineListener) -> None:
    """The one who tells the others in the line. Registering twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


def current_performance(performer_id: UUID) -> CurrentPerformance | None:
    """What she performs now, as the queue tells."""
    found = (reader(performer_id) for reader in _readers)
    return next((work for work in found if work is not None), None)


def end_work(*, by: Actor, performer_id: UUID) -> None:
    """End what she performs now."""
    for ender in _enders:
        ender(by=by, performer_id=performer_id)


def line_moved(performer_id: UUID, freed_ticket: int | None) -> None:
    """Tell all who listen to the line."""
    for listener in _listeners:
        listener(performer_id, freed_ticket)
