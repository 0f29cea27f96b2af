"""Performers who let every kind of deadline pass: one keeps out of the line, one never starts, one never ends what she
started, one ends it too late, one vanishes in the middle of it, one comes back to it, one stays away while somebody
waits for her.

They and their viewers are at the product's door like all others. The limits are short: much is due all the time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.drills.callers import Buyer, Caller, Worker
from tests.drills.cast import Cast, engage

PACE_SECONDS = 0.5
OPEN_SECONDS = 8
BOOKED_SECONDS = 1
LATE_BY = timedelta(seconds=4)


def appoint(url: str, ways: Sequence[Callable[[Worker], None]] = ()) -> tuple[Cast, dict[Caller, Callable[[], None]]]:
    """A pair for each of these ways (else the five that meet every deadline), and what each does all the time."""
    ways = ways or (keep_out, never_start, never_end, vanish, stay_away)
    cast = engage(url, performers=len(ways), viewers=len(ways), duration_seconds=BOOKED_SECONDS)
    share = len(cast.offers) // len(ways)
    turns: dict[Caller, Callable[[], None]] = {}
    for number, (worker, turn) in enumerate(zip(cast.workers, ways, strict=True)):
        offer, price = cast.offers[number * share]
        turns |= {
            cast.buyers[number]: partial(buy_one, cast.buyers[number], offer, price),
            worker: partial(turn, worker),
        }
    return cast, turns


def buy_one(buyer: Buyer, offer: UUID, price: int) -> None:
    """The next one when the last one has ended."""
    last = next((deed for deed in reversed(buyer.deeds) if deed.answer), None)
    if last is None or is_over(buyer, last.answer["queueItem"]["id"]):  # type: ignore[index]  # purchases have an answer
        buyer.ask("purchase", f"/public/menu-items/{offer}/purchase", price=price)
    _pause()


def is_over(caller: Caller, item: str) -> bool:
    """Whether nothing more comes of it."""
    return caller.read(f"/queue/items/{item}")["status"] in {"finished", "abandoned", "refunded"}


def be_there(worker: Worker) -> None:
    """A sign of life."""
    worker.read("/model/state")
    _pause()


def keep_out(worker: Worker) -> None:
    """There, but not in the line: what was paid for her waits its lifetime."""
    if worker.read("/model/state")["state"] == "IN_QUEUE":
        worker.ask("leave", "/queue/leave")
    _pause()


def never_start(worker: Worker) -> None:
    """In the line again and again, at work never."""
    if worker.read("/model/state")["state"] == "IDLE":
        worker.ask("join", "/queue/join")
    _pause()


def never_end(worker: Worker) -> None:
    """In the line, at work at once, and beyond what was booked until her time is up."""
    if worker.read("/model/state")["state"] == "IDLE":
        worker.ask("join", "/queue/join")
    _start_first(worker)
    _pause()


def end_late(worker: Worker) -> None:
    """In the line, at work at once, and a little beyond what was booked: then she is paid and in the line again."""
    item = _running(worker)
    if item is None:
        never_end(worker)
    elif item["endsAt"] and datetime.fromisoformat(item["endsAt"]) + LATE_BY < datetime.now(UTC):
        worker.ask("finish", f"/queue/items/{item['id']}/finish", item=item["id"])
    _pause()


def come_back(worker: Worker) -> None:
    """There by a socket, starts what waits, cuts the socket, and is back as soon as she is paused: then she ends it."""
    item = _running(worker)
    if item is None:
        _at_a_socket(worker, lambda: _join_and_start(worker))
    elif item["pausedAt"] or worker.token_since != worker.socket_since:
        _at_a_socket(worker, lambda: _finish_what_goes_on(worker))
    _pause()


def vanish(worker: Worker) -> None:
    """There by a socket, starts what waits, and cuts the socket: once she is offline she comes back."""
    if worker.read("/model/state")["state"] != "PERFORMING":
        _at_a_socket(worker, lambda: _join_and_start(worker))
    elif worker.token_since != worker.socket_since:
        _at_a_socket(worker, lambda: True)
    _pause()


def stay_away(worker: Worker) -> None:
    """There by a socket, out of the line; cuts it once somebody waits, and comes back when nobody does any more."""
    waiting = worker.read("/queue")["results"]
    if not waiting:
        _at_a_socket(worker, lambda: _leave_and_look(worker))
    elif worker.token_since != worker.socket_since:
        _at_a_socket(worker, lambda: True)
    _pause()


def _at_a_socket(worker: Worker, done: Callable[[], bool]) -> None:
    """Each sign-in has to open one: without, its requests alone would say that she is there."""
    with contextlib.suppress(WebSocketException, OSError, KeyError):
        address = f"{worker.url.replace('http://', 'ws://')}/ws/v1/model/?ticket={worker.ticket()}"
        with connect(address, origin=Origin(worker.url), open_timeout=OPEN_SECONDS, close_timeout=1) as socket:
            worker.socket_since = worker.token_since
            end = time.monotonic() + OPEN_SECONDS
            while time.monotonic() < end and not done():
                socket.send('{"event": "ping"}')
                _pause()


def _join_and_start(worker: Worker) -> bool:
    if worker.read("/model/state")["state"] == "IDLE":
        worker.ask("join", "/queue/join")
    return _start_first(worker)


def _leave_and_look(worker: Worker) -> bool:
    keep_out(worker)
    return bool(worker.read("/queue")["results"])


def _running(worker: Worker) -> dict[str, Any] | None:
    return next((item for item in worker.read("/queue")["results"] if item["status"] == "started"), None)


def _finish_what_goes_on(worker: Worker) -> bool:
    item = _running(worker)
    if item is None or item["pausedAt"]:
        return item is None
    return not worker.ask("finish", f"/queue/items/{item['id']}/finish", item=item["id"]).refusal


def _start_first(worker: Worker) -> bool:
    waiting = worker.read("/queue")["results"]
    if not waiting or waiting[0]["status"] != "created":
        return False
    worker.ask("start", f"/queue/items/{waiting[0]['id']}/start", item=waiting[0]["id"])
    return True


def _pause() -> None:
    time.sleep(PACE_SECONDS)  # the pace of people, not a wait for something
