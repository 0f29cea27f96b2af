"""Copies of rendered menus: never older than what the client knows, dropped by events, unused without Valkey."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import msgpack
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Performer
from core.ears import hears
from core.events import client, group_channel
from menus import copies
from menus.builder import Menu, build
from menus.copies import SEEN_SECONDS, UNSEEN_SECONDS, Known, menu_copy, rendered
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
    assert until(lambda: hears() and room in copies.shelf().dropped)


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


# --- the service and the door, on a database where things are really committed


@pytest.fixture
def performer(database_clone: str) -> Iterator[Performer]:
    """Hers are the only copies, and the process listens."""
    copies.shelf().clear()
    assert until(hears)
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
    copies.shelf().keep(performer.pk, replace(found, version=version), found.read_at)
    return version


@pytest.mark.threads
def test_a_client_that_knows_newer_preferences_reads_the_database(performer: Performer) -> None:
    read(performer)
    found = copies.shelf().get(performer.pk)
    assert found is not None
    changed = change_preferences(
        by=factories.actor(performer), performer_id=performer.pk, changes={"quick_actions": ["help"]}
    )
    quiet()
    now = time.monotonic()
    copies.shelf().keep(performer.pk, replace(found, read_at=now), now)
    fresh = menu_copy(performer.pk, Known(preferences=changed.version), lambda: menu_for(performer.user))
    assert fresh.preferences_version == 1


@pytest.mark.threads
def test_inside_a_transaction_no_copy_is_used_or_kept(performer: Performer) -> None:
    from django.db import transaction

    with transaction.atomic():
        read(performer)
        assert copies.shelf().get(performer.pk) is None


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
