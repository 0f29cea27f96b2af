"""What happens at the same time, with real threads on a database of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections, transaction

from modelstate import services
from modelstate.queries import Broadcast, broadcast_of
from tests import factories
from tests.support.database import Connection
from tests.support.threads import wait_for_the_lock


def test_broadcast_settings_saved_at_the_same_time_are_both_kept(owner_connection: Connection) -> None:
    performer = factories.performer()
    services.save_broadcast(performer_id=performer.pk, changes={})

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.save_broadcast(performer_id=performer.pk, changes={"title": "Friday night"})
            other = pool.submit(save_quality, performer.pk)
            wait_for_the_lock(owner_connection)
        other.result(timeout=10)

    assert broadcast_of(performer.pk) == Broadcast(title="Friday night", quality="720p")


def save_quality(performer_id: UUID) -> None:
    """Her other device saves another key."""
    try:
        services.save_broadcast(performer_id=performer_id, changes={"quality": "720p"})
    finally:
        connections.close_all()
