"""The books notice who is started before his turn, also where who stood before him was put at the end afterwards."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.models import Performer
from queue_app import services
from tests import factories
from tests.drills.queue_books import out_of_order
from tests.drills.queue_defects import DEFECTS
from tests.queue_app.support import bought, come, rich
from tests.support.database import Connection

pytestmark = [pytest.mark.threads]
ANY_MAY_START = next(defect for defect in DEFECTS if defect.name == "any waiting item may be started")


def start(performer: Performer, item: UUID) -> None:
    services.start(by=factories.actor(performer), item_id=item)


def requeue(item: UUID) -> None:
    services.requeue(by=factories.actor(factories.staff()), item_id=item, reason="drill")


def two_wait() -> tuple[Performer, UUID, UUID]:
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    return performer, bought(viewer, performer), bought(viewer, performer)


def test_in_their_order_and_after_a_requeue_all_is_well(database_clone: str) -> None:
    performer, first, second = two_wait()

    requeue(first)
    start(performer, second)
    services.finish(by=factories.actor(performer), item_id=second)

    assert out_of_order([performer.pk]) == 0


def test_who_is_started_before_his_turn_is_counted(superuser_connection: Connection) -> None:
    performer, _first, second = two_wait()
    ANY_MAY_START.plant(superuser_connection)

    start(performer, second)

    assert out_of_order([performer.pk]) == 1


def test_a_requeue_afterwards_hides_nothing(superuser_connection: Connection) -> None:
    performer, first, second = two_wait()
    ANY_MAY_START.plant(superuser_connection)

    start(performer, second)
    requeue(first)

    assert out_of_order([performer.pk]) == 1


def test_another_ones_queue_is_not_in_the_way(database_clone: str) -> None:
    performer, _first, _second = two_wait()
    other, hers, _next = two_wait()

    start(other, hers)

    assert out_of_order([performer.pk, other.pk]) == 0
