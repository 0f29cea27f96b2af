"""Copies of rendered menus: never older than what the client knows, dropped by events, unused without Valkey."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import msgpack
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Performer
from core.events import client, group_channel, send_now
from menus import copies
from menus.builder import Menu, build
from menus.copies import SEEN_SECONDS, UNSEEN_SECONDS, Ear, Known, Shelf, menu_copy, rendered
from menus.queries.menu import menu_for
from menus.services.preferences import change_preferences
from modelstate import services as states
from tests import factories
from tests.menus.support import context, on_duty

MENU = "/api/v1/model/menu"


def menu(version: int = 1, preferences: int = 1) -> Menu:
    """A menu of these versions."""
    return build(context(version=version, preferences_version=preferences))


def until(condition: object, seconds: float = 5.0) -> bool:
    """Wait until the condition, a callable, holds."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return bool(condition())


def quiet() -> None:
    """Everything that was announced so far has come back over Valkey and was heard."""
    room = f"model:{uuid4()}"
    client().publish(group_channel(), msgpack.packb({"events": [([room], {})]}))
    assert until(lambda: copies.usable() and room in copies.shelf().dropped)


# --- what a copy is good for


@pytest.mark.parametrize(
    ("known", "age", "good"),
    [
        (Known(), 0.0, True),
        (Known(), UNSEEN_SECONDS + 0.1, False),
        (Known(state=5), UNSEEN_SECONDS + 0.1, True),
        (Known(state=5), SEEN_SECONDS + 0.1, False),
        (Known(state=6), 0.0, False),
        (Known(state=4), 0.0, True),
        (Known(state=5, preferences=2), 0.0, True),
        (Known(state=5, preferences=3), 0.0, False),
        (Known(preferences=3), 0.0, False),
    ],
)
def test_a_copy_is_never_older_than_what_the_client_knows(known: Known, age: float, good: bool) -> None:
    copy = rendered(menu(version=5, preferences=2), read_at=100.0)
    assert copy.is_good_for(known, now=100.0 + age) is good


def test_equal_menus_have_equal_etags_and_others_have_not() -> None:
    assert rendered(menu(1), 0).etag == rendered(menu(1), 5).etag != rendered(menu(2), 0).etag


def test_an_event_of_hers_drops_her_copy_and_no_others() -> None:
    shelf, hers, others = Shelf(), uuid4(), uuid4()
    now = time.monotonic()
    for performer_id in (hers, others):
        shelf.keep(performer_id, rendered(menu(), now))
    shelf.hear((f"model:{hers}", f"viewer:{others}"))
    assert shelf.copy(hers, Known()) is None
    assert shelf.copy(others, Known()) is not None


def test_what_was_read_before_the_event_is_not_kept_after_it() -> None:
    shelf, performer_id = Shelf(), uuid4()
    read_at = time.monotonic()
    shelf.hear((f"model:{performer_id}",))
    shelf.keep(performer_id, rendered(menu(), read_at))
    assert shelf.copy(performer_id, Known()) is None


def test_a_token_is_vouched_for_until_its_sign_in_ends() -> None:
    shelf, performer_id, sign_in = Shelf(), uuid4(), uuid4()
    shelf.vouch("token", performer_id, sign_in, time.monotonic())
    assert shelf.vouched_for("token") == performer_id
    shelf.hear((f"sign-in:{sign_in}",))
    assert shelf.vouched_for("token") is None


def test_a_token_is_vouched_for_one_second() -> None:
    shelf = Shelf()
    shelf.vouch("token", uuid4(), uuid4(), time.monotonic() - UNSEEN_SECONDS - 0.01)
    assert shelf.vouched_for("token") is None
    assert shelf.vouched_for("other") is None


def test_a_sign_in_that_ended_meanwhile_is_not_vouched_for() -> None:
    shelf, sign_in = Shelf(), uuid4()
    seen_at = time.monotonic()
    shelf.hear((f"sign-in:{sign_in}",))
    shelf.vouch("token", uuid4(), sign_in, seen_at)
    assert shelf.vouched_for("token") is None


def test_the_least_used_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST", 3)
    shelf, ids = Shelf(), [uuid4() for _ in range(5)]
    for performer_id in ids:
        shelf.keep(performer_id, rendered(menu(), time.monotonic()))
    assert [performer_id in shelf.copies for performer_id in ids] == [False, False, True, True, True]


# --- the listener


@pytest.fixture
def ear() -> Ear:
    """A listener that hears."""
    listener = Ear(Shelf())
    assert listener.hears()
    return listener


def aged(ear: Ear, seconds: float) -> None:
    """Let it have heard nothing for so long."""
    ear.heard_at = time.monotonic() - seconds


def test_events_of_other_processes_are_heard_before_a_copy_is_given(ear: Ear) -> None:
    hers, others = uuid4(), uuid4()
    for performer_id in (hers, others):
        ear.shelf.keep(performer_id, rendered(menu(), time.monotonic()))
    send_now((f"model:{hers}",), {"event": "model.state.changed"})
    assert until(lambda: ear.hears() and ear.shelf.copy(hers, Known()) is None)
    assert ear.shelf.copy(others, Known()) is not None


def test_after_a_silence_it_asks_and_hears_what_came_before_the_answer(ear: Ear) -> None:
    performer_id = uuid4()
    ear.shelf.keep(performer_id, rendered(menu(), time.monotonic()))
    aged(ear, UNSEEN_SECONDS + 0.1)
    send_now((f"model:{performer_id}",), {"event": "model.state.changed"})
    assert ear.hears()
    assert ear.shelf.copy(performer_id, Known()) is None
    assert time.monotonic() - ear.heard_at < UNSEEN_SECONDS


def test_after_a_long_silence_it_begins_anew_with_an_empty_shelf(ear: Ear) -> None:
    ear.shelf.keep(uuid4(), rendered(menu(), time.monotonic()))
    before = ear.connection
    aged(ear, SEEN_SECONDS + 0.1)
    assert ear.hears()
    assert ear.connection is not before
    assert not ear.shelf.copies


def test_who_waits_too_long_for_its_turn_uses_no_copy(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "TURN_SECONDS", 0.001)
    with ear.lock:
        assert not ear.hears()
    assert ear.hears()


def test_without_valkey_nothing_is_heard_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    listener = Ear(Shelf())
    listener.shelf.keep(uuid4(), rendered(menu(), time.monotonic()))
    assert not listener.hears()
    assert not listener.shelf.copies
    tried = listener.deaf_until
    assert not listener.hears()
    assert listener.deaf_until == tried, "the next try has to wait"


def test_a_lost_connection_forgets_everything_and_listens_again(ear: Ear) -> None:
    ear.shelf.keep(uuid4(), rendered(menu(), time.monotonic()))
    hers = [found["id"] for found in client().client_list(_type="pubsub") if found["name"] == ear.name]
    assert len(hers) == 1
    client().client_kill_filter(_id=hers[0])
    assert until(lambda: not ear.hears())
    assert not ear.shelf.copies
    assert until(ear.hears)


# --- the service and the door, on a database where things are really committed


@pytest.fixture
def performer(database_clone: str) -> Iterator[Performer]:
    """Hers are the only copies, and the process listens."""
    copies.shelf().clear()
    assert until(copies.usable)
    found = on_duty(factories.performer())
    quiet()
    yield found
    copies.shelf().clear()


def read(performer: Performer, known: Known = Known()) -> int:  # noqa: B008 - frozen
    """Her menu's version, as the service gives it."""
    copy = menu_copy(performer.pk, known, lambda: menu_for(performer.user))
    return copy.version


def statements(api: APIClient, **headers: str) -> int:
    """How many statements one GET takes."""
    with CaptureQueriesContext(connection) as counted:
        assert api.get(MENU, **headers).status_code == 200  # type: ignore[arg-type]  # headers as keywords
    return len(counted)


@pytest.mark.threads
def test_a_cached_menu_takes_less_than_half_of_a_cold_one(performer: Performer) -> None:
    def timed() -> float:
        started = time.perf_counter()
        read(performer)
        return time.perf_counter() - started

    cold, warm = [], []
    for _ in range(9):
        copies.shelf().clear()
        cold.append(timed())
        warm.append(timed())
    assert sorted(warm)[4] < sorted(cold)[4] * 0.5


@pytest.mark.threads
def test_after_a_change_the_next_menu_shows_it(performer: Performer) -> None:
    before = read(performer)
    states.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert read(performer) == before + 1


@pytest.mark.threads
def test_a_client_that_knows_more_reads_the_database(performer: Performer) -> None:
    stale = replace_version(performer, 0)
    assert read(performer) == stale == 0
    assert read(performer, Known(state=1)) == 1


def replace_version(performer: Performer, version: int) -> int:
    """Put an older copy onto the shelf, as if an event had been missed."""
    found = menu_copy(performer.pk, Known(), lambda: menu_for(performer.user))
    copies.shelf().keep(performer.pk, replace(found, version=version))
    return version


@pytest.mark.threads
def test_a_client_that_knows_newer_preferences_reads_the_database(performer: Performer) -> None:
    read(performer)
    found = copies.shelf().copies[performer.pk]
    changed = change_preferences(
        by=factories.actor(performer), performer_id=performer.pk, changes={"quick_actions": ["help"]}
    )
    quiet()
    copies.shelf().keep(performer.pk, replace(found, read_at=time.monotonic()))
    fresh = menu_copy(performer.pk, Known(preferences=changed.version), lambda: menu_for(performer.user))
    assert fresh.preferences_version == 1


@pytest.mark.threads
def test_inside_a_transaction_no_copy_is_used_or_kept(performer: Performer) -> None:
    from django.db import transaction

    with transaction.atomic():
        read(performer)
        assert performer.pk not in copies.shelf().copies


@pytest.mark.threads
def test_the_door_needs_no_statement_for_a_menu_it_has(performer: Performer) -> None:
    api = factories.bearer(performer)
    api.get("/api/v1/me")  # the first request of a sign-in renews its presence
    quiet()
    assert statements(api) <= 6
    assert statements(api) == 0
    states.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert 1 <= statements(api) <= 6


@pytest.mark.threads
def test_a_token_whose_sign_in_ended_gets_nothing(performer: Performer) -> None:
    api = factories.bearer(performer)
    quiet()
    assert statements(api) > 0
    assert statements(api) == 0
    assert api.post("/api/v1/auth/logout").status_code == 204
    assert api.get(MENU).status_code == 401


@pytest.mark.threads
def test_a_session_that_is_not_hers_is_asked_for_again(performer: Performer) -> None:
    api = factories.bearer(performer)
    statements(api)
    assert api.get(MENU, HTTP_X_SESSION_ID=str(uuid4())).status_code == 401


@pytest.mark.threads
def test_another_performers_token_gets_another_menu(performer: Performer) -> None:
    other = on_duty(factories.performer())
    mine, theirs = factories.bearer(performer), factories.bearer(other)
    states.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    for _ in range(2):
        assert (mine.get(MENU).json()["version"], theirs.get(MENU).json()["version"]) == (2, 1)


@pytest.mark.threads
def test_an_expired_token_gets_nothing(performer: Performer, monkeypatch: pytest.MonkeyPatch) -> None:
    api = factories.bearer(performer)
    statements(api)
    later = time.time() + 3600
    monkeypatch.setattr("accounts.tokens.time.time", lambda: later)
    assert api.get(MENU).status_code == 401
