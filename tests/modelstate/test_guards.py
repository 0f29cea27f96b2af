"""What the database itself refuses, whoever asks: as the application's role and as the owner by direct SQL."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from modelstate.states import TRANSITIONS, Event, State, cell
from tests import factories
from tests.modelstate.support import apply, bring, performer_in
from tests.support.database import Connection

PAIRS = [(a, b) for a in State for b in State]
LEGAL = {(event, a, b) for event, moves in TRANSITIONS.items() for a, b in moves.items()}


@pytest.fixture
def performer_id(database_clone: str) -> UUID:
    """A performer committed to the clone."""
    return UUID(str(factories.performer().pk))


def test_every_event_in_every_state_does_what_the_table_says(owner_connection: Connection, performer_id: UUID) -> None:
    for state in State:
        for event in Event:
            with owner_connection.transaction(force_rollback=True):
                bring(owner_connection, performer_id, state)
                told = apply(owner_connection, performer_id, event)
                expected = cell(event, state)
                assert (told.get("state"), told.get("refusal")) == (
                    expected.to_state or state.value,
                    expected.refusal,
                ), (event, state)


def test_a_step_by_hand_passes_only_where_the_table_has_it(owner_connection: Connection, performer_id: UUID) -> None:
    for before, after in PAIRS:
        with owner_connection.transaction(force_rollback=True):
            bring(owner_connection, performer_id, before)
            for event in Event:
                passed = _step_by_hand(owner_connection, performer_id, event, before, after)
                assert passed == ((event, before, after) in LEGAL), (event, before, after)


def _step_by_hand(owner: Connection, performer_id: UUID, event: Event, before: State, after: State) -> bool:
    ticket = "nextval('modelstate_line_ticket')" if "IN_QUEUE" in after else "NULL"
    keep = "COALESCE(line_ticket, " + ticket + ")" if "IN_QUEUE" in after else "NULL"
    try:
        with owner.transaction(force_rollback=True):
            owner.execute(
                "INSERT INTO modelstate_statechange (performer_id, version, event, from_state, to_state, reason, at)"
                " SELECT performer_id, version + 1, %s, %s, %s, '', now() FROM modelstate_modelstate"
                " WHERE performer_id = %s",
                [event, before, after, performer_id],
            )
            done = owner.execute(
                f"UPDATE modelstate_modelstate SET state = %s, version = version + 1, line_ticket = {keep}"
                " WHERE performer_id = %s",
                [after, performer_id],
            )
            return done.rowcount == 1
    except psycopg.errors.CheckViolation as refused:
        return refused.diag.constraint_name != "modelstate_legal_steps_only"


def test_a_state_without_its_history_is_refused(owner_connection: Connection, performer_id: UUID) -> None:
    apply(owner_connection, performer_id, Event.LOGIN)
    with pytest.raises(psycopg.errors.CheckViolation, match="history"):
        owner_connection.execute("UPDATE modelstate_modelstate SET state = 'STREAMING', version = version + 1")


def test_a_step_without_its_version_is_refused(owner_connection: Connection, performer_id: UUID) -> None:
    apply(owner_connection, performer_id, Event.LOGIN)
    with pytest.raises(psycopg.errors.CheckViolation):
        owner_connection.execute("UPDATE modelstate_modelstate SET state = 'OFFLINE'")
    with pytest.raises(psycopg.errors.CheckViolation):
        owner_connection.execute("UPDATE modelstate_modelstate SET version = version + 1")


def test_history_without_its_step_is_refused_at_the_end(owner_connection: Connection, performer_id: UUID) -> None:
    apply(owner_connection, performer_id, Event.LOGIN)
    with pytest.raises(psycopg.errors.CheckViolation, match="without its step"):
        owner_connection.execute(
            "INSERT INTO modelstate_statechange (performer_id, version, event, from_state, to_state, reason, at)"
            " VALUES (%s, 2, 'logout', 'IDLE', 'OFFLINE', '', now())",
            [performer_id],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE modelstate_statechange SET reason = 'other'",
        "DELETE FROM modelstate_statechange",
        "TRUNCATE modelstate_statechange",
        "DELETE FROM modelstate_modelstate",
        "TRUNCATE modelstate_modelstate",
        "INSERT INTO modelstate_modelstate (performer_id, state, version, last_change)"
        " SELECT user_id, 'IDLE', 0, now() FROM accounts_performer",
    ],
)
def test_nothing_is_rewritten_or_forgotten(owner_connection: Connection, performer_id: UUID, statement: str) -> None:
    if not statement.startswith("INSERT"):
        apply(owner_connection, performer_id, Event.LOGIN)
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.RestrictViolation)):
        owner_connection.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE modelstate_modelstate SET state = 'STREAMING', version = version + 1",
        "INSERT INTO modelstate_statechange (performer_id, version, event, from_state, to_state, reason, at)"
        " SELECT performer_id, 9, 'login', 'OFFLINE', 'IDLE', '', now() FROM modelstate_modelstate",
        "UPDATE modelstate_transition SET to_state = 'IDLE', refusal = NULL",
        "SELECT modelstate_apply(performer_id, 'performance_started', NULL, '') FROM modelstate_modelstate",
    ],
)
def test_the_applications_role_may_not_even_try(statement: str) -> None:
    performer_in(State.IN_QUEUE)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
