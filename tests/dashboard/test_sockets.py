"""Sockets over the real hub, Valkey and database: who may listen, what they hear, when they are closed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError

from accounts.models import EndReason, Performer, SignIn, User, Viewer
from accounts.queries import open_sign_ins
from accounts.services import end_all_sign_ins, end_sign_in
from accounts.sockets import issue_ticket
from core.hub import hub
from dashboard import consumers, roll, snapshots
from dashboard.routing import is_ours, socket_application
from modelstate.services import start_stream
from queue_app import services as queue
from tests import factories
from tests.dashboard.line import PATIENCE_SECONDS, Line, socket
from tests.queue_app.support import bought, come, rich

ORIGIN = (b"origin", b"http://localhost:8000")
MODEL, VIEWER = "/ws/v1/model/", "/ws/v1/viewer/"
Person = User | Performer | Viewer
later = database_sync_to_async


@pytest.fixture
def performer(database_clone: str) -> Performer:
    """A performer."""
    return factories.performer()


@pytest.fixture
def viewer(database_clone: str) -> Viewer:
    """A viewer with tokens."""
    return rich(factories.viewer())


def cookie(person: Person) -> tuple[bytes, bytes]:
    """The header of a browser that is signed in."""
    name = settings.SESSION_COOKIE_NAME
    return b"cookie", f"{name}={factories.signed_in(person).cookies[name].value}".encode()


def stop_intake(performer: Performer, *, paused: bool = True) -> None:
    """Staff stop what comes to her queue."""
    staff = factories.actor(factories.staff())
    queue.pause_intake(by=staff, performer_id=performer.pk, paused=paused, reason="she asked us to")


def open_intake(performer: Performer) -> None:
    """Staff let it come again."""
    stop_intake(performer, paused=False)


def pass_through(performer: Performer) -> None:
    """What is bought from her is done at once."""
    queue.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})


def ticket(person: Person) -> str:
    """A one-time ticket of an API client."""
    factories.tokens(person)
    return issue_ticket(open_sign_ins(factories.user_of(person).pk)[0]).ticket


# --- who


async def test_hello_comes_first(performer: Performer) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        hello = await line.heard()
    assert (hello["event"], hello["of"], hello["data"]["state"]) == ("hello", f"state:{performer.pk}", "IDLE")
    assert hello["versions"][f"state:{performer.pk}"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"origin", b"https://elsewhere.example")],
        [(b"origin", b"null")],
        [(b"origin", b"http://localhost.evil")],
        [(b"origin", b"http://localhost:9999")],
        [(b"origin", b"http://localhost")],
        [(b"origin", b"https://localhost:8000")],
        [(b"origin", b"http://127.0.0.1:8000")],
    ],
)
async def test_a_foreign_or_missing_origin_is_refused(performer: Performer, headers: list[tuple[bytes, bytes]]) -> None:
    line = Line(MODEL, (await later(cookie)(performer), *headers))
    assert not await line.open()


@pytest.mark.parametrize("setting", ["CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS"])
async def test_a_front_end_on_the_list_is_let_in(
    performer: Performer, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setattr(settings, setting, ["https://app.example"])
    line = Line(MODEL, (await later(cookie)(performer), (b"origin", b"https://app.example")))
    assert await line.open()
    await line.hang_up()


@pytest.mark.parametrize(
    ("origin", "host"),
    [("http://elsewhere.example", "elsewhere.example"), ("http://", ""), ("http://[::1]:x", "[::1]:x")],
)
def test_a_host_that_is_not_ours_is_no_proof(origin: str, host: str) -> None:
    assert not is_ours(origin, host)


@pytest.mark.parametrize("path", [MODEL, VIEWER, "/ws/v1/rooms/01a1fda7-e9a3-715b-8dd9-49a88a7d5333/"])
async def test_nobody_is_told_to_sign_in(database_clone: str, path: str) -> None:
    async with socket(path, ORIGIN) as line:
        assert await line.closed() == consumers.SIGN_IN_FIRST


@pytest.mark.parametrize("sent", ["sessionid=x", "session=", "session=0123456789abcdef0123456789abcdef"])
async def test_a_made_up_cookie_is_nobody(database_clone: str, sent: str) -> None:
    async with socket(MODEL, ORIGIN, (b"cookie", sent.encode())) as line:
        assert await line.closed() == consumers.SIGN_IN_FIRST


async def test_a_viewer_hears_no_session(viewer: Viewer) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(viewer)) as line:
        assert await line.closed() == consumers.NOT_ALLOWED


async def test_a_performer_has_no_viewer_s_feed(performer: Performer) -> None:
    async with socket(VIEWER, ORIGIN, await later(cookie)(performer)) as line:
        assert await line.closed() == consumers.NOT_ALLOWED


async def test_a_room_of_nobody(viewer: Viewer) -> None:
    async with socket(f"/ws/v1/rooms/{uuid4()}/", ORIGIN, await later(cookie)(viewer)) as line:
        assert await line.closed() == consumers.NOT_ALLOWED


@pytest.mark.parametrize("path", ["/ws/v1/", "/ws/v1/rooms/x/", "/elsewhere/"])
async def test_no_other_address_opens(path: str) -> None:
    assert not await Line(path, (ORIGIN,)).open()


async def test_a_ticket_opens_one_socket(performer: Performer) -> None:
    secret = await later(ticket)(performer)
    async with socket(f"{MODEL}?ticket={secret}", ORIGIN) as line:
        assert (await line.heard())["event"] == "hello"
    async with socket(f"{MODEL}?ticket={secret}", ORIGIN) as line:
        assert await line.closed() == consumers.SIGN_IN_FIRST


async def test_plain_http_is_told_to_upgrade() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await socket_application({"type": "http", "path": MODEL}, None, send)
    assert sent[0]["status"] == 426


# --- what they hear


async def test_all_her_devices_hear_a_change(performer: Performer) -> None:
    header = await later(cookie)(performer)
    async with socket(MODEL, ORIGIN, header) as one, socket(MODEL, ORIGIN, header) as two:
        await one.heard(), await two.heard()
        await later(go_live)(performer)
        for line in (one, two):
            frame = await line.heard()
            assert (frame["event"], frame["version"]) == ("model.state.changed", 2)
            assert frame["data"]["newState"] == "STREAMING"


async def test_nobody_else_hears_it(performer: Performer, database_clone: str) -> None:
    other = await later(factories.performer)()
    async with socket(MODEL, ORIGIN, await later(cookie)(other)) as line:
        await line.heard()
        await later(start_stream_of)(performer)
        assert await line.hears_nothing()


async def test_a_viewer_hears_of_his_items_and_tokens_only(performer: Performer, viewer: Viewer) -> None:
    await later(come)(performer)
    neighbour = await later(factories.viewer)()
    await later(rich)(neighbour)
    async with socket(VIEWER, ORIGIN, await later(cookie)(viewer)) as line:
        hello = await line.heard()
        assert (hello["data"]["available"], hello["data"]["items"]) == (1000, [])
        await later(bought)(neighbour, performer)
        item = await later(bought)(viewer, performer)
        names = [(frame["event"], frame["of"]) for frame in [await line.heard(), await line.heard()]]
        assert names == [("wallet.balance.changed", f"wallet:{viewer.pk}"), ("queue.item.created", f"item:{item}")]


async def test_a_room_says_whether_she_is_there(performer: Performer, viewer: Viewer) -> None:
    async with socket(f"/ws/v1/rooms/{performer.pk}/", ORIGIN, await later(cookie)(viewer)) as line:
        hello = await line.heard()
    assert hello["data"] == {"performerId": str(performer.pk), "available": False, "streaming": False}


async def test_a_room_hears_that_she_goes_live(performer: Performer, viewer: Viewer) -> None:
    await later(cookie)(performer)
    async with socket(f"/ws/v1/rooms/{performer.pk}/", ORIGIN, await later(cookie)(viewer)) as line:
        assert (await line.heard())["data"]["available"]
        await later(go_live)(performer)
        assert (await line.heard())["data"]["newState"] == "STREAMING"


async def test_a_room_hears_that_what_is_bought_comes_in_otherwise(performer: Performer, viewer: Viewer) -> None:
    await later(cookie)(performer)
    async with socket(f"/ws/v1/rooms/{performer.pk}/", ORIGIN, await later(cookie)(viewer)) as line:
        await line.heard()
        for change in (stop_intake, open_intake, pass_through):
            await later(change)(performer)
            heard = await line.heard()
            assert (heard["event"], heard["of"]) == ("model.intake.changed", f"intake:{performer.pk}")


# --- what they may say


async def test_a_ping_is_answered_with_the_time(performer: Performer) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        await line.heard()
        await line.say('{"event": "ping"}')
        assert (await line.heard()).keys() == {"event", "serverTime"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 1008),
        ("ping", 1008),
        ("[]", 1008),
        ('{"event": "start_stream"}', 1008),
        ('{"event": "ping", "more": 1}', 1008),
        ("{" * 17_000, 1009),
    ],
)
async def test_anything_else_ends_the_conversation(performer: Performer, text: str, code: int) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        await line.heard()
        await line.say(text)
        assert await line.closed() == code


async def test_bytes_end_the_conversation(performer: Performer) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        await line.heard()
        await line.say(data=b'{"event": "ping"}')
        assert await line.closed() == consumers.NOT_UNDERSTOOD


async def test_twenty_frames_a_second_and_no_more(performer: Performer) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        await line.heard()
        for _ in range(consumers.FRAMES_A_SECOND + 1):
            await line.say('{"event": "ping"}')
        assert await line.closed() == consumers.TOO_FAST


# --- when it ends


async def test_signing_out_closes_within_two_seconds(performer: Performer) -> None:
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        await line.heard()
        started = asyncio.get_running_loop().time()
        await later(end_every)(performer)
        assert await line.closed() == consumers.SIGN_IN_FIRST
        assert asyncio.get_running_loop().time() - started < 2


async def test_a_sign_in_that_ends_before_the_socket_listens(
    performer: Performer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(_consumer: consumers.ModelConsumer, _sign_in: SignIn) -> bool:
        end_every(performer)
        return True

    monkeypatch.setattr(consumers.ModelConsumer, "may_listen", too_late)
    async with socket(MODEL, ORIGIN, await later(cookie)(performer)) as line:
        assert await line.closed() == consumers.SIGN_IN_FIRST
    assert not roll.roll().present


async def test_a_greeting_that_fails_leaves_nobody_behind(
    performer: Performer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_performer_id: UUID) -> None:
        raise DatabaseError("the database went away")

    monkeypatch.setattr(snapshots, "of_performer", lost)
    line = Line(MODEL, (ORIGIN, await later(cookie)(performer)))
    await line.open()
    with pytest.raises(DatabaseError):
        await line.wire.wait(PATIENCE_SECONDS)
    assert not roll.roll().present
    assert not hub().rooms


async def test_another_sign_in_of_hers_stays_open(performer: Performer) -> None:
    first, second = await later(cookie)(performer), await later(cookie)(performer)
    async with socket(MODEL, ORIGIN, first) as line, socket(MODEL, ORIGIN, second) as other:
        await line.heard(), await other.heard()
        await later(end_oldest)(performer)
        assert await line.closed() == consumers.SIGN_IN_FIRST
        await other.say('{"event": "ping"}')
        assert (await other.heard())["event"] in {"model.state.changed", "pong"}


async def test_an_open_page_counts_as_being_there(performer: Performer, monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[list[Any]] = []
    seen = asyncio.Event()
    loop = asyncio.get_running_loop()

    def touch(ids: list[Any]) -> None:
        touched.append(ids)
        loop.call_soon_threadsafe(seen.set)

    monkeypatch.setattr(roll, "touch_sign_ins", touch)
    header = await later(cookie)(performer)
    async with socket(MODEL, ORIGIN, header) as line:
        await line.heard()
        await asyncio.wait_for(seen.wait(), timeout=5)
        assert len(roll.roll().present) == 1
    assert not roll.roll().present
    (sign_in,) = await later(lambda: open_sign_ins(performer.pk))()
    assert touched == [[sign_in.pk]]


def go_live(person: Performer) -> None:
    """She starts her stream."""
    start_stream(by=factories.actor(person), performer_id=person.pk)


def start_stream_of(person: Performer) -> None:
    """She signs in and goes live."""
    factories.signed_in(person)
    start_stream(by=factories.actor(person), performer_id=person.pk)


def end_every(person: Performer) -> None:
    """End all her sign-ins."""
    end_all_sign_ins(by=factories.actor(person), user_id=person.pk, reason=EndReason.SIGNED_OUT)


def end_oldest(person: Performer) -> None:
    """End the first of her sign-ins."""
    oldest: SignIn = open_sign_ins(person.pk)[-1]
    end_sign_in(by=factories.actor(person), sign_in_id=oldest.pk)
