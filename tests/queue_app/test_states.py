"""The life of an item: what the table says, and that functions, policies and the database itself say the same."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Performer, Viewer
from modelstate.exceptions import InvalidStateTransition
from queue_app import services
from queue_app.models import QueueItem, Transition
from queue_app.states import TRANSITIONS, ItemEvent, Status, matrix
from tests import factories
from tests.queue_app.support import bought, come, rich, running
from tests.support.database import Connection

#: The items' state machine, written out once more by hand.
EXPECTED = {
    ("pass_through", "created"): "finished",
    ("assign", "created"): "created",
    ("release", "created"): "created",
    ("requeue", "created"): "created",
    ("start", "created"): "started",
    ("finish", "started"): "finished",
    ("abandon", "created"): "abandoned",
    ("abandon", "started"): "abandoned",
    ("refund", "created"): "refunded",
    ("refund", "started"): "refunded",
    ("refund", "abandoned"): "refunded",
    ("cancel", "created"): "refunded",
    ("reverse", "finished"): "finished",
    ("pause", "started"): "started",
    ("resume", "started"): "started",
    ("warn", "started"): "started",
}
RESTING = [status for status in Status if status is not Status.ABANDONED]
VERBS = [ItemEvent.START, ItemEvent.FINISH, ItemEvent.ABANDON, ItemEvent.REFUND, ItemEvent.CANCEL]
#: What a step by hand must set, so that the row's own CHECK has nothing to say.
SETS = {
    "created": "status = 'created'",
    "started": "status = 'started', started_at = now()",
    "finished": "status = 'finished', started_at = now(), finished_at = now(), settled_tokens = tokens,"
    " settlement_transfer_id = core_uuid7()",
    "abandoned": "status = 'abandoned', abandoned_at = now()",
    "refunded": "status = 'refunded', refunded_at = now(), refunded_tokens = tokens, refund_reason = 'timeout'",
}


def item_in(status: Status, viewer: Viewer, performer: Performer) -> UUID:
    """An item brought into a status in which items rest."""
    item_id = bought(viewer, performer)
    if status in {Status.STARTED, Status.FINISHED}:
        services.start(by=factories.actor(performer), item_id=item_id)
    if status is Status.FINISHED:
        services.finish(by=factories.actor(performer), item_id=item_id)
    if status is Status.REFUNDED:
        services.cancel(by=factories.actor(viewer), item_id=item_id)
    return item_id


def test_the_table_is_the_products() -> None:
    assert {(c.event.value, c.from_status.value): c.to_status for c in matrix() if c.to_status} == EXPECTED
    assert len(list(matrix())) == len(TRANSITIONS) * len(Status)


@pytest.mark.django_db
def test_the_database_holds_the_same_table() -> None:
    rows = set(Transition.objects.values_list("event", "from_status", "to_status"))
    assert rows == {(c.event, c.from_status, c.to_status) for c in matrix()}


def test_the_written_page_is_up_to_date() -> None:
    call_command("item_diagram", "--check")


@pytest.mark.django_db
@pytest.mark.parametrize("status", RESTING)
@pytest.mark.parametrize("event", VERBS)
def test_a_step_is_taken_only_where_the_table_has_it(
    performer: Performer, viewer: Viewer, status: Status, event: ItemEvent
) -> None:
    item_id = item_in(status, viewer, performer)
    by = factories.actor(viewer if event is ItemEvent.CANCEL else performer)
    if (event.value, status.value) in EXPECTED:
        getattr(services, event.value)(by=by, item_id=item_id)
    else:
        with pytest.raises(InvalidStateTransition) as refused:
            getattr(services, event.value)(by=by, item_id=item_id)
        assert (refused.value.details["event"], refused.value.details["state"]) == (event.value, status.value)


# --- by direct SQL, as the owner


@pytest.fixture
def committed(database_clone: str) -> dict[Status, UUID]:
    """One item in each resting status, each of a performer of its own, committed to the clone."""
    viewer = rich(factories.viewer())
    return {status: item_in(status, viewer, come(factories.performer())) for status in RESTING}


def test_a_step_by_hand_passes_only_where_the_table_has_it(
    owner_connection: Connection, committed: dict[Status, UUID]
) -> None:
    for before, item_id in committed.items():
        for event in ItemEvent:
            for after in Status:
                legal = EXPECTED.get((event.value, before.value)) == after.value
                refused = _step_by_hand(owner_connection, item_id, event, before, after)
                assert (refused is None) == legal, (event, before, after, refused)


def _step_by_hand(owner: Connection, item_id: UUID, event: ItemEvent, before: Status, after: Status) -> str | None:
    try:
        with owner.transaction(force_rollback=True):
            owner.execute(
                "INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, reason, at)"
                " SELECT id, version + 1, %s, %s, %s, '', now() FROM queue_app_queueitem WHERE id = %s",
                [event, before, after, item_id],
            )
            owner.execute(
                f"UPDATE queue_app_queueitem SET version = version + 1, {SETS[after]} WHERE id = %s", [item_id]
            )
    except psycopg.errors.CheckViolation as refused:
        return refused.diag.constraint_name
    return None


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE queue_app_queueitem SET status = 'started', started_at = now() WHERE id = %s", "legal_steps"),
        ("UPDATE queue_app_queueitem SET tokens = tokens + 1 WHERE id = %s", "legal_steps"),
        ("DELETE FROM queue_app_queueitem WHERE id = %s", "legal_steps"),
        ("UPDATE queue_app_queueevent SET reason = 'other' WHERE item_id = %s", "append_only"),
        ("DELETE FROM queue_app_queueevent WHERE item_id = %s", "append_only"),
        ("TRUNCATE queue_app_queueevent -- %s", "append_only"),
        (
            "INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, reason, at)"
            " VALUES (%s, 2, 'start', 'created', 'started', '', now())",
            "history_was_taken",
        ),
        ("UPDATE queue_app_performerqueue SET depth = 51 FROM queue_app_queueitem i WHERE i.id = %s", "depth_within"),
    ],
)
def test_nothing_is_rewritten_or_forgotten(
    owner_connection: Connection, committed: dict[Status, UUID], statement: str, constraint: str
) -> None:
    parameters = None if "--" in statement else [committed[Status.CREATED]]
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        owner_connection.execute(statement, parameters)
    assert constraint in str(refused.value.diag.constraint_name)


@pytest.mark.parametrize(
    "columns",
    [
        "started_at = now()",
        "settled_tokens = tokens",
        "refund_reason = 'timeout'",
        "status = 'started'",
        "status = 'finished', started_at = now(), finished_at = now(), settled_tokens = tokens",
        "status = 'refunded', refunded_at = now(), refunded_tokens = tokens - 1, refund_reason = 'timeout'",
        "status = 'refunded', refunded_at = now(), refunded_tokens = tokens",
    ],
)
def test_status_times_and_tokens_cannot_disagree(
    owner_connection: Connection, committed: dict[Status, UUID], columns: str
) -> None:
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute("ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only")
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            owner_connection.execute(
                f"UPDATE queue_app_queueitem SET {columns} WHERE id = %s", [committed[Status.CREATED]]
            )
    assert refused.value.diag.constraint_name == "queue_app_status_tells_the_truth"


def test_two_running_items_of_one_performer_cannot_be_written(
    owner_connection: Connection, database_clone: str
) -> None:
    viewer, performer = rich(factories.viewer()), come(factories.performer())
    running(viewer, performer)
    second = bought(viewer, performer)
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute(
            "INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, reason, at)"
            " VALUES (%s, 2, 'start', 'created', 'started', '', now())",
            [second],
        )
        with pytest.raises(psycopg.errors.UniqueViolation) as refused:
            owner_connection.execute(
                "UPDATE queue_app_queueitem SET status = 'started', started_at = now(), version = 2 WHERE id = %s",
                [second],
            )
    assert refused.value.diag.constraint_name == "queue_app_one_started"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE queue_app_queueitem SET tokens = 1",
        "INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, reason, at)"
        " SELECT id, 2, 'start', 'created', 'started', '', now() FROM queue_app_queueitem",
        "UPDATE queue_app_performerqueue SET depth = 0",
        "UPDATE queue_app_transition SET to_status = 'finished'",
        "SELECT queue_app_close(NULL, NULL, 'performer', id, 'finish', NULL, '') FROM queue_app_queueitem",
    ],
)
def test_the_applications_role_may_not_even_try(performer: Performer, viewer: Viewer, statement: str) -> None:
    bought(viewer, performer)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert QueueItem.objects.count() == 1
