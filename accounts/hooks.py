"""What other rooms may add to a performer's coming and going. They register in their `apps.ready`."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from core.actors import Actor


class SignedInHook(Protocol):
    """Called inside the transaction that opens a performer's sign-in."""

    def __call__(self, *, by: Actor, performer_id: UUID) -> None:
        """Do what a sign-in means; raising refuses the sign-in."""


class LastSignOutHook(Protocol):
    """Called inside the transaction that ends a performer's last sign-in, before it ends."""

    def __call__(self, *, by: Actor, performer_id: UUID, forced: bool) -> None:
        """Do what leaving means. May raise a refusal, unless `forced` (revoked, disabled, timed out)."""


class BearerHook(Protocol):
    """Called for each request with a good bearer token, outside of any transaction. It must cost next to nothing."""

    def __call__(self, *, sign_in_id: UUID) -> None:
        """Take note."""


_signed_in: list[SignedInHook] = []
_last_sign_out: list[LastSignOutHook] = []
_bearer_requests: list[BearerHook] = []


def on_signed_in(callback: SignedInHook) -> None:
    """Call `callback` whenever a performer signs in. Registering twice counts once."""
    if callback not in _signed_in:
        _signed_in.append(callback)


def on_last_sign_out(callback: LastSignOutHook) -> None:
    """Call `callback` before a performer's last sign-in ends. Registering twice counts once."""
    if callback not in _last_sign_out:
        _last_sign_out.append(callback)


def on_bearer_request(callback: BearerHook) -> None:
    """Call `callback` for each request with a good bearer token. Registering twice counts once."""
    if callback not in _bearer_requests:
        _bearer_requests.append(callback)


def announce_signed_in(*, by: Actor, performer_id: UUID) -> None:
    """Tell all who registered."""
    for callback in _signed_in:
        callback(by=by, performer_id=performer_id)


def announce_last_sign_out(*, by: Actor, performer_id: UUID, forced: bool) -> None:
    """Tell all who registered; raises the first refusal."""
    for callback in _last_sign_out:
        callback(by=by, performer_id=performer_id, forced=forced)


def announce_bearer_request(*, sign_in_id: UUID) -> None:
    """Tell all who registered."""
    for callback in _bearer_requests:
        callback(sign_in_id=sign_in_id)
