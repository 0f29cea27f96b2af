"""What rooms above tell the wallet, registered in their `apps.ready`: what holds paid for, who was verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BookingStep:
    """One step in a booking's life, in a code and in words. Nobody as `actor_id` is the product itself."""

    at: datetime
    event: str
    words: str
    status_before: str
    status_after: str
    actor_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Booking:
    """What a hold paid for, and its life so far."""

    id: UUID
    title: str
    status: str
    steps: tuple[BookingStep, ...]


class BookingFinder(Protocol):
    """Finds the bookings of holds, in one statement."""

    def __call__(self, hold_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
        """The booking's id by the hold's; holds without one are left out."""


class BookingReader(Protocol):
    """Tells a booking's life."""

    def __call__(self, hold_id: UUID) -> Booking | None:
        """What the hold paid for, or None."""


#: Whether an owner's wallet was verified at an instant of the past.
VerifiedReader = Callable[[UUID, datetime], bool]

_verified: list[VerifiedReader] = []
_finders: list[BookingFinder] = []
_readers: list[BookingReader] = []


def register_bookings(finder: BookingFinder, reader: BookingReader) -> None:
    """The one who knows what holds paid for. Registering twice counts once."""
    if finder not in _finders:
        _finders.append(finder)
        _readers.append(reader)


def register_verified(reader: VerifiedReader) -> None:
    """The one who knows whose wallet was verified when. Registering twice counts once."""
    if reader not in _verified:
        _verified.append(reader)


def was_verified(owner_id: UUID, at: datetime) -> bool:
    """Whether the owner's wallet was verified at that instant."""
    return any(reader(owner_id, at) for reader in _verified)


def bookings_of(hold_ids: Iterable[UUID | None]) -> dict[UUID, UUID]:
    """The booking's id by the hold's; nothing is asked where there is no hold."""
    wanted = {hold_id for hold_id in hold_ids if hold_id is not None}
    return {hold: booking for finder in _finders if wanted for hold, booking in finder(wanted).items()}


def booking_of(hold_id: UUID) -> Booking | None:
    """What the hold paid for, as the queue tells."""
    found = (reader(hold_id) for reader in _readers)
    return next((booking for booking in found if booking is not None), None)
