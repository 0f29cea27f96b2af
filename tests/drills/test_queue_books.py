"""The books notice who is started before his turn, also where who stood before him was put at the end afterwards; and
each notice that is missing or too many."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.models import Performer
from queue_app import services
from queue_app.sweeping import sweep
from tests import factories
from tests.drills.queue_books import notices_wrong, out_of_order
from tests.drills.queue_defects import DEFECTS, defect
from tests.queue_app.clockwork import come_back, go_away, limits
from tests.queue_app.support import bought, come, rich, running
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


def every_end_and_a_pause() -> list[UUID]:
    """Finished, abandoned, refunded by staff, cancelled, passed through, and paused twice; their viewers."""
    performer, viewer, staff = come(factories.performer()), rich(factories.viewer()), factories.staff()
    her, his = factories.actor(performer), factories.actor(viewer)
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    services.finish(by=her, item_id=running(viewer, performer), settled=60)
    services.abandon(by=her, item_id=running(viewer, performer))
    services.refund(by=factories.actor(staff), item_id=bought(viewer, performer))
    services.cancel(by=his, item_id=bought(viewer, performer))
    running(viewer, performer)
    for _ in range(2):
        pause_and_resume(performer)
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    bought(viewer, performer)
    return [viewer.pk]


def pause_and_resume(performer: Performer) -> None:
    with limits(rope_drop=0):
        come_back(performer)
        go_away(performer)
        sweep()
        come_back(performer)
        sweep()


def test_where_everybody_was_told_of_everything_all_is_well(database_clone: str) -> None:
    assert notices_wrong(every_end_and_a_pause()) == 0


@pytest.mark.parametrize(
    ("function", "right", "wrong", "untold"),
    [
        ("tell", "p_item.viewer_id IS DISTINCT FROM p_actor", "false", 3),
        ("tell", "p_item.performer_id IS DISTINCT FROM p_actor", "false", 3),
        ("tell", "p_item.viewer_id IS DISTINCT FROM p_actor", "true", 2),
        ("tell_sweep", "WHEN v_pauses THEN v_item.version ELSE", "WHEN v_pauses THEN 0 ELSE", 3),
        ("tell_sweep", "WHEN v_pauses THEN v_item.viewer_id ELSE", "WHEN false THEN NULL ELSE", 4),
    ],
)
def test_each_notice_that_is_missing_or_too_many_is_counted(
    superuser_connection: Connection, function: str, right: str, wrong: str, untold: int
) -> None:
    defect("who is told", function, right, wrong).plant(superuser_connection)

    assert notices_wrong(every_end_and_a_pause()) == untold
