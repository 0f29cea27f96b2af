"""Telling people, and what they say to it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from core.sql import call
from notices.events import announce


def notify(*, owner_id: UUID, key: str, variables: Mapping[str, str | int], cause: str) -> UUID | None:
    """Tell an account something, in the caller's transaction and once for `cause` ("payout:{id}:updated").

    Returns the notice's id, the first one's where the cause was told before, None where the owner switched the key
    off. `variables` are ids, whole numbers and titles, all that the registry declares for the key; a key that is not
    there, or a variable that is missing, is a fault.
    """
    with transaction.atomic():
        told = call("notices_tell", owner=owner_id, key=key, variables=dict(variables), cause=cause)["notices"]
        announce(told)
    return UUID(told[0]["id"]) if told else None
