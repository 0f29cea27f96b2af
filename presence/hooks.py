"""What a room above does when somebody is there again. It registers in its `apps.ready`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class ReturnHook(Protocol):
    """Called after a lease was gained by somebody who had none."""

    def __call__(self, owner_ids: Sequence[UUID]) -> None:
        """Do what coming back means. Who is called twice, or not at all for a moment, loses nothing by it."""


_returned: list[ReturnHook] = []


def on_return(callback: ReturnHook) -> None:
    """Call `callback` whenever people are there again. Registering twice counts once."""
    if callback not in _returned:
        _returned.append(callback)


def announce_return(owner_ids: Sequence[UUID]) -> None:
    """Tell all who registered."""
    for callback in _returned if owner_ids else ():
        callback(owner_ids)
