"""What is kept until an event is heard: dropped by it, never used where one may have been missed."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.conf import settings

from core import ears
from core.ears import SILENCE_SECONDS, SLEEP_SECONDS, Ear, Kept
from core.events import client, send_now
from core.ids import uuid7


def until(condition: Callable[[], bool]) -> bool:
    """Wait five seconds at most until the condition holds."""
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def keep(kept: Kept[str], thing: UUID, read_at: float | None = None) -> None:
    """Keep something of it, read now or at another time."""
    kept.keep(thing, "kept", time.monotonic() if read_at is None else read_at)


@pytest.fixture
def kept() -> Kept[str]:
    """Keeps things whose rooms are bells."""
    return Kept("bell:")


@pytest.fixture
def ear(kept: Kept[str]) -> Ear:
    """An ear that hears for it."""
    made = Ear()
    made.hearers.append(kept)
    assert made.hears()
    return made


# --- what is kept


def test_an_event_in_its_room_drops_a_thing_and_no_other(kept: Kept[str]) -> None:
    one, other = uuid7(), uuid7()
    keep(kept, one)
    keep(kept, other)
    kept.hear((f"bell:{one}", f"door:{other}"))
    assert (kept.get(one), kept.get(other)) == (None, "kept")


def test_what_was_read_before_the_event_is_not_kept_after_it(kept: Kept[str]) -> None:
    bell, read_at = uuid7(), time.monotonic()
    kept.hear((f"bell:{bell}",))
    keep(kept, bell, read_at)
    assert kept.get(bell) is None
    keep(kept, bell)
    assert kept.get(bell) == "kept"


def test_nothing_is_kept_longer_than_the_ear_may_sleep(kept: Kept[str]) -> None:
    bell = uuid7()
    keep(kept, bell, time.monotonic() - SLEEP_SECONDS - 0.1)
    assert kept.get(bell) is None


def test_the_least_used_go_first(kept: Kept[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "MOST", 3)
    bells = [uuid7() for _ in range(5)]
    for bell in bells:
        keep(kept, bell)
    assert [kept.get(bell) for bell in bells] == [None, None, "kept", "kept", "kept"]


# --- the ear


def aged(ear: Ear, seconds: float) -> None:
    """Let it have heard nothing for so long."""
    ear.heard_at = time.monotonic() - seconds


def test_what_others_announced_is_heard_when_it_is_asked(ear: Ear, kept: Kept[str]) -> None:
    bell, other = uuid7(), uuid7()
    keep(kept, bell)
    keep(kept, other)
    send_now((f"bell:{bell}",), {"event": "bell.rang"})
    assert until(lambda: ear.hears() and kept.get(bell) is None)
    assert kept.get(other) == "kept"


def test_after_a_silence_it_hears_all_that_came_before_the_answer(ear: Ear, kept: Kept[str]) -> None:
    bell = uuid7()
    keep(kept, bell)
    aged(ear, SILENCE_SECONDS + 0.1)
    send_now((f"bell:{bell}",), {"event": "bell.rang"})
    assert ear.hears()
    assert kept.get(bell) is None
    assert time.monotonic() - ear.heard_at < SILENCE_SECONDS


def test_after_a_sleep_it_begins_anew_with_nothing_kept(ear: Ear, kept: Kept[str]) -> None:
    bell, before = uuid7(), ear.line
    keep(kept, bell)
    aged(ear, SLEEP_SECONDS + 0.1)
    assert ear.hears()
    assert ear.line is not before
    assert kept.get(bell) is None


def test_who_waits_too_long_for_its_turn_uses_nothing(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "TURN_SECONDS", 0.001)
    with ear.lock:
        assert not ear.hears()
    assert ear.hears()


def test_without_valkey_it_hears_nothing_and_waits_before_it_tries_again(
    kept: Kept[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    deaf, bell = Ear(), uuid7()
    deaf.hearers.append(kept)
    keep(kept, bell)
    assert not deaf.hears()
    assert kept.get(bell) is None
    tried = deaf.deaf_until
    assert not deaf.hears()
    assert deaf.deaf_until == tried


def test_a_lost_line_forgets_everything_and_is_drawn_anew(ear: Ear, kept: Kept[str]) -> None:
    bell = uuid7()
    keep(kept, bell)
    (mine,) = [found["id"] for found in client().client_list(_type="pubsub") if found["name"] == ear.name]
    client().client_kill_filter(_id=mine)
    assert until(lambda: not ear.hears())
    assert kept.get(bell) is None
    assert until(ear.hears)


@pytest.mark.django_db
def test_inside_a_transaction_nothing_that_was_kept_is_used() -> None:
    assert not ears.hears()
