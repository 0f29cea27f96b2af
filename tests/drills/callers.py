"""People at the product's door: over HTTP with bearer tokens and keys; they ask again until they know."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.drills.report import Deed

PATIENCE_SECONDS = 120
#: Who is told that he asks too often knows that somebody is there: he asks on for so long.
SLOWED_SECONDS = 900
LOOK_SECONDS = 0.03
AGAIN_SECONDS = 0.2
TOKEN_SECONDS = 200
NOT_NOW = {401, 429, 502, 503, 504}


class Caller:
    """One signed-in person. Hears nothing, or "not now": asks the same again with the same key."""

    def __init__(self, url: str, username: str, password: str, number: int) -> None:
        self.url, self.number = url, number
        self.credentials = {"username": username, "password": password}
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=10)
        self.token, self.token_since = "", float("-inf")
        #: Since when she had the token with which she opened her last socket.
        self.socket_since = float("-inf")
        self.chance = Random(number)
        self.deeds: list[Deed] = []
        self.errors = 0
        self.unheard: Counter[str] = Counter()
        self.took: list[tuple[float, float]] = []

    def read(self, path: str) -> dict[str, Any]:
        """What a GET answers."""
        answer = self._until_known("GET", path, {}, None)
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, verb: str, path: str, body: Mapping[str, Any] | None = None, **given: Any) -> Deed:  # noqa: ANN401
        """Do something once, and note what came of it."""
        key = f"{verb}:{self.number}:{len(self.deeds)}:{time.time_ns()}"
        tries_before = self.errors
        answer = self._until_known("POST", path, {"Idempotency-Key": key}, dict(body or {}))
        told = answer.json()
        tries = 1 + self.errors - tries_before
        facts = {"path": path, **dict(body or {}), **given}
        refusal = "" if answer.is_success else str(told.get("error", answer.status_code))
        deed = Deed(verb, key, facts, told if answer.is_success else None, refusal, tries)
        self.deeds.append(deed)
        return deed

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """Change a setting."""
        answer = self._until_known("PUT", path, {}, body)
        assert answer.is_success, answer.text

    def ticket(self) -> str:
        """For one socket."""
        answer = self._until_known("POST", "/auth/ws-ticket", {}, {})
        return str(answer.json()["ticket"])

    def _until_known(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> httpx.Response:
        began = heard = time.monotonic()
        while True:
            try:
                answer = self._once(method, path, headers, body)
                if (answer.status_code not in NOT_NOW and not _in_flight(answer)) or _joins_too_often(path, answer):
                    self.took.append((began, time.monotonic() - began))
                    return answer
                self.unheard[str(answer.status_code)] += 1
                if answer.status_code == 429:
                    heard = time.monotonic()
            except httpx.TransportError as error:
                self.unheard[type(error).__name__] += 1
            self.errors += 1
            assert time.monotonic() < min(heard + PATIENCE_SECONDS, began + SLOWED_SECONDS), (
                f"{method} {path}: no answer"
            )
            time.sleep(AGAIN_SECONDS)  # the pace of a client that tries again, not a wait for something

    def _once(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> httpx.Response:
        token = self._fresh_token()
        answer = self.client.request(method, path, headers={**headers, "Authorization": f"Bearer {token}"}, json=body)
        if answer.status_code == 401:
            self.token_since = float("-inf")
        return answer

    def _fresh_token(self) -> str:
        if time.monotonic() - self.token_since > TOKEN_SECONDS:
            answer = self.client.post("/auth/token", json=self.credentials)
            if not answer.is_success:
                raise httpx.TransportError(f"no sign-in: {answer.status_code}")
            self.token, self.token_since = answer.json()["access"], time.monotonic()
        return self.token


def _joins_too_often(path: str, answer: httpx.Response) -> bool:
    """Ten times an hour is enough: nobody waits for the next hour, there is other work."""
    return path == "/queue/join" and answer.status_code == 429


def _in_flight(answer: httpx.Response) -> bool:
    return answer.status_code == 409 and b"REQUEST_IN_PROGRESS" in answer.content


class Buyer(Caller):
    """Buys from anybody, changes his mind now and then."""

    def turn(self, offers: list[tuple[UUID, int]]) -> None:
        """One purchase, or a cancellation of the last one."""
        bought = [deed for deed in self.deeds[-5:] if deed.verb == "purchase" and deed.answer]
        if bought and self.chance.random() < 0.15:
            item = bought[-1].answer["queueItem"]["id"]  # type: ignore[index]  # bought ones have an answer
            self.ask("cancel", f"/queue/items/{item}/cancel", item=item)
            return
        offer, price = self.chance.choice(offers)
        self.ask("purchase", f"/public/menu-items/{offer}/purchase", price=price)


class Worker(Caller):
    """A performer: in the line whenever she can be, starts what waits and ends it in one way or another."""

    def turn(self) -> None:
        """The next step of her queue."""
        waiting = self.read("/queue")["results"]
        if not waiting:
            return
        head = waiting[0]["id"]
        if waiting[0]["status"] == "created":
            if self.ask("start", f"/queue/items/{head}/start", item=head).refusal == "INVALID_STATE_TRANSITION":
                self.ask("join", "/queue/join")
                time.sleep(AGAIN_SECONDS)  # the pace of somebody who may not be let in, not a wait for something
            return
        verb, body = self.chance.choice(ENDINGS)
        if body.get("settled"):
            body = {"settled": 1, "refunded": waiting[0]["tokens"] - 1}
        self.ask(verb, f"/queue/items/{head}/{verb}", body, item=head)


ENDINGS: list[tuple[str, dict[str, Any]]] = [
    ("finish", {}),
    ("finish", {}),
    ("finish", {"settled": 1}),
    ("abandon", {"reason": "technical_error"}),
    ("refund", {"reason": "performer_declined"}),
]


class Crowd:
    """All callers at work, each in a thread, until it is over."""

    def __init__(self, turns: Mapping[Caller, Callable[[], None]]) -> None:
        self.callers = list(turns)
        self.over = threading.Event()
        self.failures: list[BaseException] = []
        self.threads = [threading.Thread(target=self._run, args=(turn,), daemon=True) for turn in turns.values()]

    def __enter__(self) -> Crowd:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _run(self, turn: Callable[[], None]) -> None:
        try:
            while not self.over.wait(LOOK_SECONDS):
                turn()
        except BaseException as error:
            self.failures.append(error)
            raise

    @property
    def deeds(self) -> list[Deed]:
        """What all have heard so far."""
        return [deed for caller in self.callers for deed in list(caller.deeds)]

    def unheard(self) -> dict[str, int]:
        """What came instead of an answer, and how often."""
        return dict(sum((caller.unheard for caller in self.callers), Counter[str]()))

    def errors(self) -> int:
        """How often one of them had to ask again."""
        return sum(caller.errors for caller in self.callers)

    def took(self, since: float, before: float) -> list[float]:
        """How long each answer that was asked for between the two was waited for."""
        return [took for caller in self.callers for began, took in list(caller.took) if since <= began < before]

    def acknowledged(self) -> int:
        """How many answers there are."""
        return sum(len(caller.deeds) for caller in self.callers)
