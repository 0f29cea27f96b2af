"""Three performers who let every kind of deadline pass: one keeps out of the line, one never starts, one vanishes.

They and their viewers are at the product's door like all others. The limits are short: much is due all the time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.drills.callers import Buyer, Caller, Worker
from tests.drills.cast import Cast, engage

PACE_SECONDS = 0.5
OPEN_SECONDS = 8


def appoint(url: str) -> tuple[Cast, dict[Caller, Callable[[], None]]]:
    """The three pairs, and what each of the six does all the time."""
    cast = engage(url, performers=3, viewers=3)
    share = len(cast.offers) // 3
    turns: dict[Caller, Callable[[], None]] = {}
    for number, (worker, turn) in enumerate(zip(cast.workers, (keep_out, never_start, vanish), strict=True)):
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


def vanish(worker: Worker) -> None:
    """There by a socket, starts what waits, and cuts the socket: once she is offline she comes back."""
    state = worker.read("/model/state")["state"]
    if state != "PERFORMING":
        with contextlib.suppress(WebSocketException, OSError, KeyError):
            _perform_and_go(worker)
    _pause()


def _perform_and_go(worker: Worker) -> None:
    address = f"{worker.url.replace('http://', 'ws://')}/ws/v1/model/?ticket={worker.ticket()}"
    with connect(address, origin=Origin(worker.url), open_timeout=OPEN_SECONDS, close_timeout=1) as socket:
        if worker.read("/model/state")["state"] == "IDLE":
            worker.ask("join", "/queue/join")
        end = time.monotonic() + OPEN_SECONDS
        while time.monotonic() < end:
            socket.send('{"event": "ping"}')
            waiting = worker.read("/queue")["results"]
            if waiting:
                worker.ask("start", f"/queue/items/{waiting[0]['id']}/start", item=waiting[0]["id"])
                return
            _pause()


def _pause() -> None:
    time.sleep(PACE_SECONDS)  # the pace of people, not a wait for something
