"""The action log: what was carried out from the menu, by whom, how it ended; nothing personal; never altered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from accounts.models import Performer
from core.idempotency import Answer
from core.ids import uuid7
from core.sql import call_value
from menus.middleware import log_actions_of
from menus.models import MenuActionLog
from menus.services.actions import carried_out, log_action
from modelstate.exceptions import InvalidStateTransition
from tests import factories

START = "/api/v1/model/stream/start"


def lines() -> list[tuple[Any, ...]]:
    """Item, action, success and code of each line, in order."""
    columns = ("menu_item_id", "action", "success", "error_code")
    return list(MenuActionLog.objects.order_by("at", "id").values_list(*columns))


def test_an_action_over_json_is_logged(api: APIClient, performer: Performer) -> None:
    api.post(START, HTTP_IDEMPOTENCY_KEY="a")
    line = MenuActionLog.objects.get()
    assert lines() == [("start-stream", "startStream", True, "")]
    assert line.performer_id == performer.pk
    assert line.metadata == {"door": "api", "status": 200}
    assert line.duration_ms >= 0


def test_a_refused_one_is_logged_with_its_code(api: APIClient) -> None:
    api.post("/api/v1/model/stream/stop", HTTP_IDEMPOTENCY_KEY="a")
    assert lines() == [("stop-stream", "stopStream", False, "INVALID_STATE_TRANSITION")]


def test_a_replay_carries_nothing_out(api: APIClient) -> None:
    for _ in range(3):
        api.post(START, HTTP_IDEMPOTENCY_KEY="a")
    assert len(lines()) == 1


def test_reading_is_no_action_and_nobody_has_none(api: APIClient, performer: Performer) -> None:
    api.get("/api/v1/model/menu")
    api.get("/api/v1/model/state")
    APIClient().post(START, HTTP_IDEMPOTENCY_KEY="a")
    factories.bearer(factories.viewer()).post(START, HTTP_IDEMPOTENCY_KEY="a")
    assert lines() == []


def test_the_line_is_logged_too(api: APIClient) -> None:
    api.post("/api/v1/queue/join", HTTP_IDEMPOTENCY_KEY="a")
    api.post("/api/v1/queue/leave", HTTP_IDEMPOTENCY_KEY="b")
    assert [line[0] for line in lines()] == ["join-queue", "leave-queue"]


def test_other_rooms_can_add_their_addresses(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("menus.middleware._routes", {})
    log_actions_of({"menu-preferences-reset": "menu-settings"})
    api.post("/api/v1/model/menu/preferences/reset")
    assert lines() == [("menu-settings", "openMenuSettings", True, "")]


def test_a_page_wraps_its_action(performer: Performer) -> None:
    def refuse() -> Answer:
        raise InvalidStateTransition()

    def fail() -> Answer:
        raise ZeroDivisionError

    carried_out(performer.pk, "join-queue", lambda: Answer(200, {}), {"door": "page"})
    with pytest.raises(InvalidStateTransition):
        carried_out(performer.pk, "join-queue", refuse)
    with pytest.raises(ZeroDivisionError):
        carried_out(performer.pk, "join-queue", fail)
    assert [(success, code) for _, _, success, code in lines()] == [
        (True, ""),
        (False, "INVALID_STATE_TRANSITION"),
        (False, "SYSTEM_ERROR"),
    ]


def test_a_page_that_asks_again_has_carried_out_nothing(performer: Performer) -> None:
    def refuse_again() -> Answer:
        refusal = InvalidStateTransition()
        refusal.replayed = True
        raise refusal

    carried_out(performer.pk, "join-queue", lambda: Answer(200, {}, replayed=True))
    with pytest.raises(InvalidStateTransition):
        carried_out(performer.pk, "join-queue", refuse_again)
    assert lines() == []


def test_only_what_is_on_the_menu_can_be_logged(performer: Performer) -> None:
    with pytest.raises(KeyError):
        log_action(performer_id=performer.pk, item_id="dance", duration_ms=1)


def test_a_log_that_cannot_be_written_undoes_nothing(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_fields: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("menus.services.actions.log_action", broken)
    assert api.post(START, HTTP_IDEMPOTENCY_KEY="a").json()["state"] == "STREAMING"
    assert carried_out(uuid7(), "join-queue", lambda: Answer(200, {})) == Answer(200, {})


@pytest.mark.parametrize("change", [{"success": False, "error_code": "X"}, {"metadata": {"name": "Ann"}}])
def test_nothing_in_it_can_be_changed(performer: Performer, change: dict[str, object]) -> None:
    log_action(performer_id=performer.pk, item_id="help", duration_ms=1)
    line = MenuActionLog.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        MenuActionLog.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        MenuActionLog.objects.filter(pk=line.pk).delete()


@pytest.mark.parametrize(("lazily", "waits"), [(True, "off"), (False, "on")])
def test_only_a_transaction_of_its_own_does_not_wait_for_the_disk(
    performer: Performer, lazily: bool, waits: str
) -> None:
    call_value(
        "menus_log_action", id=uuid7(), performer=performer.pk, action="start", item="start-stream", error="",
        duration=1, metadata={}, lazily=lazily,
    )  # fmt: skip
    assert _commits() == waits


def test_a_line_written_beside_other_work_waits_with_it(performer: Performer) -> None:
    log_action(performer_id=performer.pk, item_id="start-stream", duration_ms=1)
    assert _commits() == "on"


def test_a_line_by_itself_does_not_wait(performer: Performer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("menus.services.actions.connection", SimpleNamespace(in_atomic_block=False))
    log_action(performer_id=performer.pk, item_id="start-stream", duration_ms=1)
    assert _commits() == "off"


def _commits() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])
