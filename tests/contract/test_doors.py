"""One rule, one place: whichever door one knocks at, the same refusal has the same code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from modelstate import services as states
from queue_app import services as queue
from tests import factories
from tests.contract.routes import ROUTES
from tests.contract.sending import send
from tests.contract.world import World, buy, given

pytestmark = pytest.mark.django_db
BY_NAME = {route.name: route for route in ROUTES}
TOLD = re.compile(r"\(([A-Z_]{4,})\)")
DEPTH = 50

Knock = Callable[[World], str]


def at(name: str, actor: str, *, thing: str = "", body: Any = None, **headers: str) -> Knock:  # noqa: ANN401 - JSON
    """Knock at a row of the table; `thing` stands in for the one in its braces. The refusal's code."""

    def knock(world: World) -> str:
        route = BY_NAME[name]
        things = {
            **world.things,
            **({"dance": world.things[thing], "queue_item": world.things[thing]} if thing else {}),
        }
        sent = {"HX-Request": "true", **headers} if not route.is_json else headers
        answer = send(world, route, actor, address=route.path.format_map(things), body=body, headers=sent)
        if route.is_json:
            return str(json.loads(answer.content).get("error"))
        return str(answer.headers.get("X-Problem-Code"))

    return knock


def staff(action: str, thing: str = "queue_item") -> Knock:
    """Knock at the staff's page of queue items, with a reason. The code in what it says."""

    def knock(world: World) -> str:
        page = "/admin/queue_app/queueitem/"
        form = {"action": action, "_selected_action": world.things[thing], "reason": "ticket 1", "key": str(uuid4())}
        told = TOLD.findall(world.client("staff", page).post(page, form, follow=True).content.decode())
        return str(told[0]) if told else "nothing was refused"

    return knock


def nothing(_world: World) -> None:
    """The world is right as it is."""


def she_performs(world: World) -> None:
    given(world, "running")


def she_performs_on_air(world: World) -> None:
    given(world, "streaming+running")


def she_waits(world: World) -> None:
    given(world, "in-line")


def she_is_away(world: World) -> None:
    states.sign_out(by=factories.actor(world.people["performer"]), performer_id=world.people["performer"].pk)


def her_queue_is_full(world: World) -> None:
    for _ in range(DEPTH - 1):
        buy(world, "wink")


def the_item_is_refunded(world: World) -> None:
    by = factories.actor(world.people["performer"])
    queue.refund(by=by, item_id=UUID(world.things["queue_item"]))


def another_waits_while_she_performs(world: World) -> None:
    given(world, "running")
    world.things["second"] = buy(world, "wink")


def another_stands_behind(world: World) -> None:
    given(world, "in-line")
    world.things["second"] = buy(world, "wink")


def she_joined_ten_times(world: World) -> None:
    for _ in range(queue.JOINS.limit):
        queue.JOINS.hit(world.people["performer"].pk)


@dataclass(frozen=True)
class Refusal:
    """A situation, the code that it is refused with, and the doors at which it can be met."""

    name: str
    code: str
    situation: Callable[[World], None]
    doors: dict[str, Knock]


API = "POST /api/v1"
ITEM = f"{API}/queue/items/{{queue_item}}"
BUY_API, BUY_PAGE = f"{API}/public/menu-items/{{dance}}/purchase", "POST /f/rooms/{performer}/buy/{dance}/"

REFUSALS = [
    Refusal(
        "leave the line while performing",
        "CANNOT_LEAVE_DURING_PERFORMANCE",
        she_performs,
        {"api": at(f"{API}/queue/leave", "performer"), "page": at("POST /f/queue/leave/", "performer")},
    ),
    Refusal(
        "stop the stream while performing",
        "CANNOT_STOP_DURING_PERFORMANCE",
        she_performs_on_air,
        {"api": at(f"{API}/model/stream/stop", "performer"), "page": at("POST /f/stream/stop/", "performer")},
    ),
    Refusal(
        "stop what does not run",
        "INVALID_STATE_TRANSITION",
        nothing,
        {"api": at(f"{API}/model/stream/stop", "performer"), "page": at("POST /f/stream/stop/", "performer")},
    ),
    Refusal(
        "join the line twice",
        "INVALID_STATE_TRANSITION",
        she_waits,
        {"api": at(f"{API}/queue/join", "performer"), "page": at("POST /f/queue/join/", "performer")},
    ),
    Refusal(
        "join an eleventh time in an hour",
        "RATE_LIMIT_EXCEEDED",
        she_joined_ten_times,
        {"api": at(f"{API}/queue/join", "performer"), "page": at("POST /f/queue/join/", "performer")},
    ),
    Refusal(
        "start an item outside the line",
        "INVALID_STATE_TRANSITION",
        nothing,
        {
            "api": at(f"{ITEM}/start", "performer"),
            "staff over the api": at(f"{ITEM}/start", "staff"),
            "page": at("POST /f/queue/start-next/", "performer"),
            "admin": staff("start"),
        },
    ),
    Refusal(
        "start an item while another runs",
        "ALREADY_PROCESSING",
        another_waits_while_she_performs,
        {
            "api": at(f"{ITEM}/start", "performer", thing="second"),
            "page": at("POST /f/queue/start-next/", "performer"),
            "admin": staff("start", "second"),
        },
    ),
    Refusal(
        "start an item before its turn",
        "CANNOT_START_OUT_OF_ORDER",
        another_stands_behind,
        {"api": at(f"{ITEM}/start", "performer", thing="second"), "admin": staff("start", "second")},
    ),
    Refusal(
        "end an item that has ended",
        "INVALID_STATE_TRANSITION",
        the_item_is_refunded,
        {
            "api": at(f"{ITEM}/abandon", "performer"),
            "api, refund": at(f"{ITEM}/refund", "performer"),
            "page": at("POST /f/queue/items/{queue_item}/decline/", "performer"),
            "admin": staff("abandon"),
            "admin, refund": staff("refund"),
        },
    ),
    Refusal(
        "cancel after the start",
        "INVALID_STATE_TRANSITION",
        she_performs,
        {"api": at(f"{ITEM}/cancel", "viewer"), "page": at("POST /f/my/items/{queue_item}/cancel/", "viewer")},
    ),
    Refusal(
        "cancel what somebody else bought",
        "NOT_FOUND",
        nothing,
        {
            "api": at(f"{ITEM}/cancel", "other_viewer"),
            "page": at("POST /f/my/items/{queue_item}/cancel/", "other_viewer"),
        },
    ),
    Refusal(
        "decline what was bought from somebody else",
        "NOT_FOUND",
        nothing,
        {
            "api": at(f"{ITEM}/abandon", "other_performer"),
            "page": at("POST /f/queue/items/{queue_item}/decline/", "other_performer"),
        },
    ),
    Refusal(
        "buy with too few tokens",
        "INSUFFICIENT_BALANCE",
        nothing,
        {"api": at(BUY_API, "viewer", thing="castle"), "page": at(BUY_PAGE, "viewer", thing="castle")},
    ),
    Refusal(
        "buy from somebody who is away",
        "PERFORMER_UNAVAILABLE",
        she_is_away,
        {"api": at(BUY_API, "viewer"), "page": at(BUY_PAGE, "viewer")},
    ),
    Refusal(
        "buy a fifty-first item",
        "QUEUE_FULL",
        her_queue_is_full,
        {"api": at(BUY_API, "other_viewer", thing="wink"), "page": at(BUY_PAGE, "other_viewer", thing="wink")},
    ),
    Refusal(
        "act as somebody of another role",
        "PERMISSION_DENIED",
        nothing,
        {
            "api": at(f"{API}/queue/join", "viewer"),
            "action": at("POST /f/queue/join/", "viewer"),
            "fragment": at("GET /f/queue/", "viewer"),
            "page": at("GET /queue/", "viewer"),
        },
    ),
    Refusal(
        "act as nobody",
        "NOT_AUTHENTICATED",
        nothing,
        {"api": at(f"{API}/queue/join", "nobody"), "page": at("POST /f/queue/join/", "nobody")},
    ),
    Refusal(
        "save preferences over those of another device",
        "PRECONDITION_FAILED",
        nothing,
        {
            "api": at("PUT /api/v1/model/menu/preferences", "performer", **{"If-Match": '"77"'}),
            "page": at("POST /settings/menu/", "performer", body={"version": "77", "section": "streaming"}),
        },
    ),
]
KNOCKS = [pytest.param(refusal, door, id=f"{refusal.name}-{door}") for refusal in REFUSALS for door in refusal.doors]


@pytest.mark.parametrize(("refusal", "door"), KNOCKS)
def test_the_same_refusal_has_the_same_code_at_every_door(world: World, refusal: Refusal, door: str) -> None:
    refusal.situation(world)
    assert refusal.doors[door](world) == refusal.code
