"""Clients of the wallet that ask for everything at once, too much, twice, with a used key, and note what they hear."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from random import Random
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections

from core.actors import SYSTEM
from core.exceptions import DomainError, Unavailable
from tests.drills import payout_calls
from tests.drills.report import Deed
from wallet import ledger, services, settlement

START_TOKENS = 1_000_000
TOO_MUCH = 900_000
PATIENCE_SECONDS = 60
Call = Callable[..., Any]
T = TypeVar("T")


@dataclass
class Town:
    """The people and what is open between them; shared by all clients, so that they get in each other's way."""

    viewers: list[UUID]
    performers: list[UUID]
    expires_seconds: int = 300
    holds: list[tuple[UUID, int]] = field(default_factory=list)
    transfers: list[UUID] = field(default_factory=list)
    payouts: list[UUID] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pick(self, things: list[T], chance: Random, *, leave: float) -> T | None:
        """One of them, left for others to try as well in this share of cases; None where there is none."""
        with self._lock:
            if not things:
                return None
            place = chance.randrange(len(things))
            return things[place] if chance.random() < leave else things.pop(place)


class Client:
    """One of many. Asks again with the same key until it knows what became of a request."""

    def __init__(self, number: int, town: Town) -> None:
        self.number, self.town = number, town
        self.chance = Random(number)
        self.deeds: list[Deed] = []
        self.wrong: list[str] = []
        self.errors = 0
        self.verbs: dict[Call, int] = {
            self.fund: 8,
            self.place_hold: 44,
            self.settle: 22,
            self.refund: 12,
            self.reverse: 4,
            self.expire: 4,
            self.request_payout: 5,
            self.end_payout: 3,
        }

    def work(self, goes_on: Callable[[], bool]) -> None:
        """Anything, over and over."""
        kinds, weights = list(self.verbs), list(self.verbs.values())
        try:
            while goes_on():
                self.chance.choices(kinds, weights)[0]()
                if self.deeds and self.chance.random() < 0.1:
                    self.repeat(self.chance.choice(self.deeds[-50:]))
        finally:
            connections.close_all()

    def fund(self) -> None:
        """Tokens come in."""
        done = self.ask("fund", owner_id=self.viewer(), tokens=self.chance.randint(1, 2000))
        if done.answer:
            self.town.transfers.append(done.answer["id"])

    def place_hold(self) -> None:
        """Some that fit, some that only fit once."""
        tokens = TOO_MUCH if self.chance.random() < 0.3 else self.chance.randint(1, 5000)
        done = self.ask(
            "place_hold",
            viewer_id=self.viewer(),
            performer_id=self.chance.choice(self.town.performers),
            tokens=tokens,
            expires_seconds=self.town.expires_seconds,
        )
        if done.answer:
            self.town.holds.append((done.answer["id"], tokens))

    def settle(self) -> None:
        """All of a hold, or a part."""
        self._resolve("settle_hold", {})

    def refund(self) -> None:
        """The other way round."""
        self._resolve("refund_hold", {"reason": "drill"})

    def _resolve(self, verb: str, more: dict[str, str]) -> None:
        found = self.town.pick(self.town.holds, self.chance, leave=0.1)
        if found is None:
            return
        part = self.chance.randint(1, found[1]) if self.chance.random() < 0.3 else None
        done = self.ask(verb, hold_id=found[0], tokens=part, **more)
        if done.answer and done.answer["settled"]:
            self.town.transfers.append(done.answer["transfer_id"])

    def reverse(self) -> None:
        """Take something back that was paid."""
        found = self.town.pick(self.town.transfers, self.chance, leave=0.2)
        if found is not None:
            self.ask("reverse", transfer_id=found, reason="drill")

    def expire(self) -> None:
        """What the sweeper does; it has no client, so its key is the hold's."""
        try:
            hold = ledger.expire_hold()
        except (InterfaceError, OperationalError, Unavailable):
            self.lost_touch()
            return
        if hold is not None:
            self.deeds.append(Deed("expire_hold", f"sweep:{hold.id}", {}, _plain(hold)))

    def request_payout(self) -> None:
        """All she may have, or some of it: credits and reversals come in between."""
        tokens = TOO_MUCH if self.chance.random() < 0.3 else self.chance.randint(1, 20_000)
        done = self.ask("request_payout", performer_id=self.chance.choice(self.town.performers), tokens=tokens)
        if done.answer:
            self.town.payouts.append(done.answer["id"])

    def end_payout(self) -> None:
        """Staff refuse it, or take it step by step to one of its ends."""
        found = self.town.pick(self.town.payouts, self.chance, leave=0.2)
        steps = self.chance.choice([["reject"], ["approve", "reject"], ["approve", "send", "fail"], PAID])
        for step in steps if found is not None else []:
            self.ask(f"{step}_payout", payout_id=found, reason="drill")

    def viewer(self) -> UUID:
        """Anybody."""
        return self.chance.choice(self.town.viewers)

    def ask(self, verb: str, **given: Any) -> Deed:  # noqa: ANN401 - whatever the verb takes
        """Under a new key."""
        deed = self.answer_to(verb, f"{verb}:{self.number}:{len(self.deeds)}", given)
        self.deeds.append(deed)
        return deed

    def repeat(self, deed: Deed) -> None:
        """The same again must be answered the same, the same key for something else refused; neither does anything."""
        if deed.verb not in CALLS or deed.refusal == "VALIDATION_ERROR":
            return
        again = self.answer_to(deed.verb, deed.key, deed.given)
        if (again.answer, again.refusal) != (deed.answer, deed.refusal):
            self.wrong.append(f"{deed.key} was answered {deed.answer or deed.refusal}, then {again}")
        field_name = "reason" if "reason" in deed.given else "tokens"
        other = self.answer_to(deed.verb, deed.key, {**deed.given, field_name: _another(deed.given[field_name])})
        if other.refusal != "DUPLICATE_IDEMPOTENCY_KEY":
            self.wrong.append(f"{deed.key} did two things: {other}")

    def answer_to(self, verb: str, key: str, given: Any) -> Deed:  # noqa: ANN401 - whatever the verb takes
        """Ask until there is an answer or a refusal: whoever hears nothing does not know, and asks again."""
        tries, until = 0, time.monotonic() + PATIENCE_SECONDS
        while True:
            tries += 1
            try:
                return Deed(verb, key, given, _plain(CALLS[verb](by=SYSTEM, key=key, **given)), tries=tries)
            except Unavailable:
                self.lost_touch(until)
            except DomainError as refusal:
                return Deed(verb, key, given, None, refusal.code, tries)
            except (InterfaceError, OperationalError):
                self.lost_touch(until)

    def lost_touch(self, until: float = float("inf")) -> None:
        """The connection is gone: give it back, so that the next try takes another."""
        self.errors += 1
        connections.close_all()
        assert time.monotonic() < until, "the database did not come back"
        time.sleep(0.01)  # the pace of a client that tries again, not a wait for something


CALLS: dict[str, Call] = {
    "fund": services.fund,
    "place_hold": services.place_hold,
    "settle_hold": settlement.settle_hold,
    "refund_hold": settlement.refund_hold,
    "reverse": services.reverse_transfer,
    **payout_calls.CALLS,
}
PAID = ["approve", "send", "pay"]


def _plain(answer: object) -> dict[str, Any]:
    """What was heard, without the notices: they are told once, a repetition brings none."""
    if isinstance(answer, dict):
        return answer
    assert is_dataclass(answer)
    assert not isinstance(answer, type)
    return {name: value for name, value in asdict(answer).items() if name != "notices"}


def _another(value: object) -> object:
    return f"{value}, or not" if isinstance(value, str) else (value if isinstance(value, int) else 0) + 1


def populate(viewers: int, performers: int) -> Town:
    """New people; their accounts are open, their wallets empty."""
    from tests import factories

    town = Town([factories.viewer().pk for _ in range(viewers)], [factories.performer().pk for _ in range(performers)])
    for performer in town.performers:
        services.open_accounts(owner_id=performer)
    payout_calls.allow_many(town.performers)
    return town


def endow(client: Client) -> None:
    """The tokens everybody starts with; in the history like all others."""
    for viewer in client.town.viewers:
        client.ask("fund", owner_id=viewer, tokens=START_TOKENS)


class Works(Protocol):
    """Whoever goes on until told otherwise."""

    def work(self, goes_on: Callable[[], bool]) -> None:
        """Until it says no."""


def crowd(clients: Sequence[Works], goes_on: Callable[[], bool]) -> list[BaseException]:
    """All clients at once, each in a thread; what went wrong in one that no client foresaw."""
    failures: list[BaseException] = []

    def run(client: Works) -> None:
        try:
            client.work(goes_on)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(client,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
