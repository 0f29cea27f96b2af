"""Events: after the commit, to the rooms, and never in the way of the deed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from core import events, lines
from core.events import Event, camel_keys, publish, send_now
from core.hub import QUEUE_LENGTH, Mailbox, hub
from core.ids import uuid7

BELL = str(uuid7())


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """A bell that rang."""

    name: ClassVar[str] = "bell.rang"
    bell_id: str
    version: int

    @property
    def of(self) -> str:
        return f"bell:{self.bell_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        return (f"model:{self.bell_id}", "room:all")

    @property
    def thing_version(self) -> int:
        return self.version

    def data(self) -> dict[str, Any]:
        return camel_keys({"bell_id": self.bell_id})


@pytest.mark.django_db
def test_the_world_hears_after_the_commit(
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publish(Rang(bell_id="1", version=3))
        assert sent == []
    assert (sent[0]["event"], sent[0]["of"], sent[0]["version"]) == ("bell.rang", "bell:1", 3)
    assert sent[0]["data"] == {"bellId": "1"}
    assert sent[0]["serverTime"].endswith("Z")


@pytest.mark.django_db
def test_a_rolled_back_change_is_never_announced(
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401
) -> None:
    def ring_and_fail() -> None:
        with transaction.atomic():
            publish(Rang(bell_id="1", version=3))
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        ring_and_fail()
    assert sent == []


def test_a_dead_valkey_loses_the_event_and_nothing_else(settings: Any) -> None:  # noqa: ANN401
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with capture_logs() as logs:
        send_now(("room:all",), {"event": "bell.rang"})
    assert [(entry["event"], entry["count"]) for entry in logs] == [("events.lost", 1)]


async def test_an_event_is_heard_though_its_line_has_gone() -> None:
    mailbox = await hub().join(f"model:{BELL}")

    def ring_before_and_after_a_cut() -> None:
        send_now((f"model:{BELL}",), Rang(bell_id=BELL, version=1).frame())
        assert lines._own.line is not None
        lines._own.line.send_command("CLIENT", "ID")
        events.client().client_kill_filter(_id=lines._own.line.read_response())
        send_now((f"model:{BELL}",), Rang(bell_id=BELL, version=2).frame())

    await asyncio.to_thread(ring_before_and_after_a_cut)
    heard = [await asyncio.wait_for(mailbox.get(), timeout=5) for _ in range(2)]
    assert [frame["version"] for frame in heard] == [1, 2]


async def test_a_published_frame_reaches_the_rooms_of_the_hub_once() -> None:
    mailbox = await hub().join(f"model:{BELL}", "room:all")
    stranger = await hub().join(f"model:{uuid7()}")
    rang = Rang(bell_id=BELL, version=3)
    await asyncio.to_thread(send_now, rang.rooms, rang.frame())
    frame = await asyncio.wait_for(mailbox.get(), timeout=5)
    assert (frame["event"], frame["version"]) == ("bell.rang", 3)
    assert mailbox.queue.empty()
    assert stranger.queue.empty()


async def test_what_a_request_announces_leaves_together_at_its_end_and_in_order() -> None:
    mailbox = await hub().join(f"model:{BELL}")

    def ring_twice_and_fail() -> None:
        with events.together():
            for version in (4, 5):
                send_now((f"model:{BELL}",), Rang(bell_id=BELL, version=version).frame())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(ring_twice_and_fail)
    heard = [await asyncio.wait_for(mailbox.get(), timeout=5) for _ in range(2)]
    assert [frame["version"] for frame in heard] == [4, 5]


async def test_more_than_fits_a_message_arrives_whole_and_in_order() -> None:
    mailbox = await hub().join(f"model:{BELL}")

    def ring() -> None:
        with events.together():
            for version in range(40):
                send_now((f"model:{BELL}",), Rang(bell_id=BELL, version=version).frame())

    await asyncio.to_thread(ring)
    heard = [await asyncio.wait_for(mailbox.get(), timeout=5) for _ in range(40)]
    assert [frame["version"] for frame in heard] == list(range(40))


async def test_a_socket_that_left_hears_nothing() -> None:
    mailbox = await hub().join("model:1")
    hub().leave(mailbox)
    assert "model:1" not in hub().rooms


def listeners() -> int:
    """How many subscriptions the group has."""
    return dict(events.client().pubsub_numsub(events.group_channel()))[events.group_channel().encode()]


async def listened_by(wanted: int) -> None:
    """Wait until so many subscriptions are left."""
    async with asyncio.timeout(5):
        while await asyncio.to_thread(listeners) != wanted:
            await asyncio.sleep(0.005)


async def test_a_process_without_sockets_does_not_listen() -> None:
    before = await asyncio.to_thread(listeners)
    first, second = await hub().join("model:1"), await hub().join("model:2")
    assert await asyncio.to_thread(listeners) == before + 1
    for mailbox in (first, first, second):
        hub().leave(mailbox)
    await listened_by(before)


async def test_who_comes_as_the_last_one_leaves_is_heard() -> None:
    hub().leave(await hub().join("model:1"))
    mailbox = await hub().join(f"model:{BELL}")
    rang = Rang(bell_id=BELL, version=7)
    await asyncio.to_thread(send_now, rang.rooms, rang.frame())
    assert (await asyncio.wait_for(mailbox.get(), timeout=5))["version"] == 7


async def test_who_gives_up_before_the_hub_listens_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        async def new_channel(self) -> str:
            raise OSError("no Valkey")

    monkeypatch.setattr("core.hub.get_channel_layer", Deaf)
    monkeypatch.setattr("core.hub.READY_SECONDS", 0.05)
    with pytest.raises(TimeoutError):
        await hub().join("model:1")
    assert not hub().mailboxes
    assert hub().task is None


def test_a_slow_socket_loses_its_oldest_frames() -> None:
    mailbox = Mailbox(set())
    for number in range(QUEUE_LENGTH + 2):
        mailbox.put({"n": number})
    assert mailbox.dropped == 2
    assert mailbox.queue.get_nowait() == {"n": 2}
