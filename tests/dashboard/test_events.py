"""The sockets' document: valid in itself, complete, and true for every event that is really sent."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from accounts.events import SignInEnded
from accounts.models import Performer, Viewer
from accounts.services import set_verified
from core import events
from core.events import Event
from dashboard import snapshots
from dashboard.routing import socket_application
from dashboard.templatetags.ui import SIGNALS
from menus.events import MenuChanged
from notices.services import mark_read
from queue_app.sweeping import sweep
from tests import factories
from tests.dashboard.support import on_sale, press
from tests.queue_app.clockwork import come_back, limits
from tests.queue_app.support import come, rich, running
from tests.wallet.support import settled, viewer_with

DOCUMENT = Path(settings.BASE_DIR, "docs", "asyncapi.yaml")
ITEM_EVENTS = ["created", "position", "third_position_notice", "started", "paused", "finished", "abandoned", "refunded"]
#: Not for clients: it closes the sockets of a sign-in, and is never forwarded.
INSIDE = {SignInEnded.name}


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    return loaded


def payload_of(name: str) -> dict[str, Any]:
    """The schema of a message by its wire name."""
    messages = document()["components"]["messages"].values()
    found: dict[str, Any] = next(message["payload"] for message in messages if message["name"] == name)
    return found


def check(schema: dict[str, Any], frame: dict[str, Any]) -> None:
    """Raises ValidationError where the frame is not as the document says."""
    rooted = {**schema, "components": document()["components"]}
    Draft202012Validator(rooted, format_checker=FormatChecker()).validate(frame)


def kinds() -> set[str]:
    """The wire names of all event types of the product; a base of several has none."""
    names: set[str] = set()
    waiting = Event.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if hasattr(kind, "name") and kind.__module__.split(".")[0] != "tests":
            names |= {f"queue.item.{step}" for step in ITEM_EVENTS} if kind.name == "queue.item" else {kind.name}
    return names - INSIDE


def documented() -> set[str]:
    messages = document()["components"]["messages"].values()
    return {message["name"] for message in messages} - {"ping", "pong", "hello"}


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """What was sent, in order."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: sent.append(frame))
    monkeypatch.setattr("core.events.transaction.on_commit", lambda send: send())
    return sent


def test_every_event_is_documented_and_nothing_else() -> None:
    assert kinds() == documented()


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(document()["components"]["schemas"][name])


def test_every_channel_is_an_address_and_every_address_a_channel() -> None:
    routes = socket_application.application_mapping["websocket"].application.routes
    addresses = {str(route.pattern).replace("<uuid:performer_id>", "{performerId}") for route in routes}
    assert {channel["address"] for channel in document()["channels"].values()} == {
        f"/{address}" for address in addresses if address
    }


def test_every_signal_of_a_region_is_an_event_or_the_client_s_own_word() -> None:
    wired = {name for names in SIGNALS.values() for name in names if not name.startswith("resync")}
    assert wired <= documented()


@pytest.mark.django_db
def test_a_whole_session_says_only_what_is_documented(
    frames: list[dict[str, Any]], performer: Performer, viewer: Viewer, hers: Client, his: Client
) -> None:
    item = on_sale(performer)
    for name in ("start-stream", "join-queue"):
        press(hers, name)
    for _ in range(3):
        press(his, "buy", performer.pk, item)
    for name in ("start-next", "finish-performance", "join-queue", "start-next"):
        press(hers, name)
    with limits(rope_drop=0):
        sweep()
    come_back(performer)
    press(hers, "abandon-performance")
    press(hers, "menu-settings-reset")
    press(hers, "queue-settings", mode="on")
    press(hers, "ask-verification")
    set_verified(performer_id=performer.pk, verified=True)
    settled(viewer_with(1_000), performer, 1_000)
    press(hers, "request-payout", amount="1000")
    rich(viewer)
    mark_read(owner_id=viewer.pk)
    for frame in frames:
        if frame["event"] not in INSIDE:
            check(payload_of(frame["event"]), frame)
    assert {frame["event"] for frame in frames} - INSIDE == documented()


@pytest.mark.django_db
def test_hello_is_as_documented(performer: Performer, viewer: Viewer) -> None:
    running(viewer, come(performer), duration_seconds=60)
    schemas = document()["components"]["schemas"]
    check(schemas["HelloModel"], snapshots.of_performer(performer.pk).frame())
    check(schemas["HelloViewer"], snapshots.of_viewer(viewer.pk).frame())
    check(schemas["HelloRoom"], snapshots.of_room(performer.pk).frame())


@pytest.mark.django_db
def test_hello_knows_the_version_of_everything(performer: Performer, viewer: Viewer) -> None:
    item = running(viewer, come(performer))
    assert snapshots.of_performer(performer.pk).versions.keys() == {
        f"{thing}:{performer.pk}" for thing in ("state", "queue", "preferences")
    }
    assert snapshots.of_viewer(viewer.pk).versions.keys() == {f"wallet:{viewer.pk}", f"item:{item}"}


@pytest.mark.parametrize(
    "spoiled",
    [{"of": "menu"}, {"version": "1"}, {"data": {}}, {"event": "model.menu"}, {"serverTime": 5}, {"extra": 1}],
)
def test_the_check_can_fail(spoiled: dict[str, Any]) -> None:
    frame = MenuChanged(performer_id=uuid4()).frame()
    check(payload_of("model.menu.changed"), frame)
    with pytest.raises(ValidationError):
        check(payload_of("model.menu.changed"), {**frame, **spoiled})


def test_server_time_is_utc() -> None:
    assert datetime.fromisoformat(snapshots.server_time()).tzinfo == UTC


@pytest.mark.django_db
def test_frames_carry_no_names(
    frames: list[dict[str, Any]], performer: Performer, viewer: Viewer, hers: Client, his: Client
) -> None:
    press(hers, "join-queue")
    press(his, "buy", performer.pk, on_sale(performer))
    said = repr(frames)
    assert factories.user_of(viewer).username not in said.replace("sample", "")
    assert viewer.alias not in said
    assert performer.stage_name not in said
