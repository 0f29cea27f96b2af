"""A model of the queues in plain lists, and the real ones beside it: whatever Hypothesis does to both, they agree.

Buyers, performers, staff and sign-outs come in any order; a restart forgets all that a process knew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from core.exceptions import DomainError
from core.idempotency import Claim, fingerprint
from modelstate import services as states
from modelstate.queries import get_state
from notices.models import Notice
from queue_app import services
from queue_app.models import PerformerQueue, QueueItem
from tests import factories
from tests.queue_app.support import bought
from tests.wallet.support import assert_ledger_holds
from wallet.queries import balance_of
from wallet.services import fund

TOKENS = 300
PRICES = st.integers(1, 120)
HERS, HIS = st.sampled_from(range(2)), st.sampled_from(range(3))
_numbers = count(1)


@dataclass(eq=False)
class Item:
    """What the model knows of an item."""

    id: UUID
    viewer: int
    tokens: int
    anybodys: bool = False
    handed_on: bool = False
    due: bool = False
    paused: bool = False
    steps: list[str] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(eq=False)
class Desk:
    """What the model knows of a performer."""

    state: str
    mode: str = "ON"
    rejoin: bool = False
    waiting: list[Item] = field(default_factory=list)
    running: Item | None = None
    earned: int = 0
    present: bool = False
    armed: Item | None = None
    start_due: bool = False
    warned: bool = False
    warnings: int = 0

    def rearm(self) -> None:
        """Another item at the head, or a place in the line gained or lost: she has all of her time again."""
        head = self.waiting[0] if self.state == "LINE" and self.waiting else None
        if head is not self.armed:
            self.armed, self.start_due, self.warned = head, False, False


class Queues(RuleBasedStateMachine):
    """Two performers, three viewers, one pool."""

    @initialize()
    def open(self) -> None:
        """New people for every example, the performers in the line: the database is not emptied."""
        self.performers: list[Performer] = [factories.performer() for _ in range(2)]
        self.viewers: list[Viewer] = [factories.viewer() for _ in range(3)]
        for viewer in self.viewers:
            fund(by=SYSTEM, owner_id=viewer.pk, tokens=TOKENS, key=f"machine-{viewer.pk}")
        self.desks = [Desk("LINE"), Desk("LINE")]
        for performer in self.performers:
            states.sign_in(by=SYSTEM, performer_id=performer.pk)
            states.join_line(by=SYSTEM, performer_id=performer.pk)
        self.pool: list[Item] = []
        self.available = [TOKENS] * 3
        self.ended: list[Item] = []

    # --- buyers

    @rule(viewer=HIS, her=HERS, tokens=PRICES)
    def buy(self, viewer: int, her: int, tokens: int) -> None:
        """Held and in her queue, or nothing at all."""
        desk = self.desks[her]

        def purchase() -> UUID:
            with transaction.atomic():
                return bought(self.viewers[viewer], self.performers[her], tokens=tokens)

        item_id, refusal = outcome(purchase)
        if tokens > self.available[viewer] or desk.state == "OFFLINE":
            assert refusal in {"INSUFFICIENT_BALANCE", "PERFORMER_UNAVAILABLE"}
            return
        assert refusal is None
        self.available[viewer] -= tokens
        item = Item(item_id, viewer, tokens)
        if desk.mode == "OFF":
            self.pay(desk, item, tokens)
        else:
            desk.waiting.append(item)

    @rule(viewer=HIS, tokens=PRICES)
    def ask_whoever_is_next(self, viewer: int, tokens: int) -> None:
        """Held, and in the pool until somebody takes it."""
        person = self.viewers[viewer]
        claim = Claim(person.pk, f"machine-{next(_numbers)}-{uuid4()}", fingerprint("POST", "/", "", {"t": tokens}))
        answer, refusal = outcome(
            services.request,
            by=factories.actor(person),
            claim=claim,
            tokens=tokens,
            title="A song",
            duration_seconds=None,
        )
        if tokens > self.available[viewer]:
            assert refusal == "INSUFFICIENT_BALANCE"
            return
        assert refusal is None
        self.available[viewer] -= tokens
        self.pool.append(Item(UUID(answer.body["id"]), viewer, tokens, anybodys=True))

    @rule(viewer=HIS, place=st.integers(0, 3))
    def cancel(self, viewer: int, place: int) -> None:
        """Whatever of his still waits, all tokens back; what runs or has ended stays."""
        waiting = [item for item in self.all_waiting() if item.viewer == viewer]
        if place < len(waiting):
            self.give_back(services.cancel, factories.actor(self.viewers[viewer]), waiting[place])
        elif self.ended:
            item = self.ended[place % len(self.ended)]
            owner = factories.actor(self.viewers[item.viewer])
            assert outcome(services.cancel, by=owner, item_id=item.id)[1] == "INVALID_STATE_TRANSITION"

    # --- performers

    @rule(her=HERS)
    def sign_in(self, her: int) -> None:
        """From offline to idle; again: nothing."""
        states.sign_in(by=SYSTEM, performer_id=self.performers[her].pk)
        if self.desks[her].state == "OFFLINE":
            self.desks[her].state = "IDLE"

    @rule(her=HERS)
    def vanish(self, her: int) -> None:
        """Offline, whatever she does: what runs is given back, what waits keeps waiting."""
        desk = self.desks[her]
        states.sign_out(by=SYSTEM, performer_id=self.performers[her].pk, forced=True)
        if desk.running is not None:
            self.return_tokens(desk.running)
            desk.running = None
        desk.state = "OFFLINE"

    @rule(her=HERS)
    def join(self, her: int) -> None:
        """Only who is idle."""
        desk = self.desks[her]
        refusal = outcome(states.join_line, by=SYSTEM, performer_id=self.performers[her].pk)[1]
        assert (refusal is None) == (desk.state == "IDLE")
        if refusal is None:
            desk.state = "LINE"

    @rule(her=HERS)
    def leave(self, her: int) -> None:
        """Only who is in the line."""
        desk = self.desks[her]
        refusal = outcome(states.leave_line, by=SYSTEM, performer_id=self.performers[her].pk)[1]
        assert (refusal is None) == (desk.state == "LINE")
        if refusal is None:
            desk.state = "IDLE"

    @rule(her=HERS, mode=st.sampled_from(["ON", "OFF"]), rejoin=st.booleans())
    def switch(self, her: int, mode: str, rejoin: bool) -> None:
        """What is queued stays."""
        changes = {"mode": mode, "auto_rejoin": rejoin}
        services.save_settings(performer_id=self.performers[her].pk, changes=changes)
        self.desks[her].mode, self.desks[her].rejoin = mode, rejoin

    @precondition(lambda self: any(desk.waiting for desk in self.desks))
    @rule(her=HERS, place=st.sampled_from([0, 0, 0, 1, 2]))
    def start(self, her: int, place: int) -> None:
        """The head, in the line, alone; nothing else."""
        desk = self.desks[her]
        if place >= len(desk.waiting):
            return
        item = desk.waiting[place]
        refusal = outcome(services.start, by=factories.actor(self.performers[her]), item_id=item.id)[1]
        assert (refusal is None) == (place == 0 and desk.state == "LINE"), refusal
        if refusal is None:
            desk.running, desk.state = desk.waiting.pop(0), "PERFORMING"
            desk.running.due = False  # its life is over, its end is still to come

    @precondition(lambda self: any(desk.running for desk in self.desks))
    @rule(her=HERS, part=st.none() | PRICES)
    def finish(self, her: int, part: int | None) -> None:
        """What runs is paid, whole or in part."""
        desk = self.desks[her]
        item = desk.running
        if item is None:
            return
        parts = {} if part is None else {"settled": part, "refunded": item.tokens - part}
        by = factories.actor(self.performers[her])
        refusal = outcome(services.finish, by=by, item_id=item.id, **parts)[1]
        if part is not None and part > item.tokens:
            assert refusal == "VALIDATION_ERROR"
            return
        assert refusal is None
        self.pay(desk, item, item.tokens if part is None else part)
        self.stop(desk)
        assert outcome(services.finish, by=by, item_id=item.id)[1] == "INVALID_STATE_TRANSITION"

    @precondition(lambda self: any(desk.running for desk in self.desks))
    @rule(her=HERS)
    def abandon(self, her: int) -> None:
        """What runs is given back."""
        desk = self.desks[her]
        if desk.running is not None:
            services.abandon(by=factories.actor(self.performers[her]), item_id=desk.running.id)
            self.return_tokens(desk.running)
            self.stop(desk)

    # --- staff, the worker, the machine room

    @precondition(lambda self: bool(self.all_waiting()))
    @rule(place=st.integers(0, 5))
    def refund_by_staff(self, place: int) -> None:
        """Anything that waits."""
        waiting = self.all_waiting()
        if waiting:
            self.give_back(services.refund, factories.actor(factories.staff()), waiting[place % len(waiting)])

    @rule()
    def deal(self) -> None:
        """Whoever is free has something afterwards, while anything waits in the pool."""
        services.deal()
        self.see_who_took()
        assert not (self.pool and any(self.may_take(desk) for desk in self.desks))

    @rule()
    def restart(self) -> None:
        """A process ends, another begins: it knows only what the database knows."""
        connections["default"].close()

    # --- what must hold after every step

    @invariant()
    def agree(self) -> None:
        """Queues, money and states are what the model says."""
        if not hasattr(self, "desks"):
            return
        self.see_who_took()
        for performer, desk in zip(self.performers, self.desks, strict=True):
            desk.rearm()
            items = QueueItem.objects.filter(performer=performer, status="created").order_by("sequence")
            assert list(items.values_list("pk", flat=True)) == [item.id for item in desk.waiting]
            running = QueueItem.objects.filter(performer=performer, status="started").values_list("pk", flat=True)
            assert list(running) == ([desk.running.id] if desk.running else [])
            queue = PerformerQueue.objects.filter(pk=performer.pk).first()
            assert (queue.depth if queue else 0) == len(desk.waiting) + bool(desk.running)
            assert NAMES[get_state(performer.pk).state.value] == desk.state
            assert balance_of(performer.pk).earned == desk.earned
        for place, viewer in enumerate(self.viewers):
            held = [*self.all_waiting(), *(desk.running for desk in self.desks if desk.running)]
            escrow = sum(item.tokens for item in held if item.viewer == place)
            balance = balance_of(viewer.pk)
            assert (balance.available, balance.escrow) == (self.available[place], escrow)

    def teardown(self) -> None:
        """The whole proof once an example; every end was told to its viewer at most once."""
        if not hasattr(self, "desks"):
            return
        self.close()
        assert_ledger_holds()
        for item in self.ended:
            told = Notice.objects.filter(
                owner_id=self.viewers[item.viewer].pk, cause__startswith=f"queue.item:{item.id}"
            )
            assert len(set(told.values_list("key", flat=True))) == told.count()
            assert told.filter(key__in=ENDS).count() <= 1

    def close(self) -> None:
        """Nobody stays in the line and nothing in the pool for the next example's people."""
        for her in range(2):
            self.vanish(her)
        for item in self.all_waiting():
            self.give_back(services.cancel, factories.actor(self.viewers[item.viewer]), item)

    # --- the model's own means

    def see_who_took(self) -> None:
        """Items of the pool that have found a performer: the oldest first, and only one who may take it."""
        for item in list(self.pool):
            taken = QueueItem.objects.filter(pk=item.id, performer__isnull=False)
            owner = taken.values_list("performer_id", flat=True).first()
            if owner is None:
                continue
            desk = self.desks[[performer.pk for performer in self.performers].index(owner)]
            # What somebody did not start is handed on at once; what was in the pool goes by its age.
            assert item is self.pool[0] or item.handed_on, "a younger one was given away first"
            assert self.may_take(desk), "she had work of her own, was not in the line or takes none"
            self.pool.remove(item)
            item.handed_on = False
            desk.waiting.append(item)

    def may_take(self, desk: Desk) -> bool:
        """Who is in the line with nothing of her own waiting."""
        return desk.state == "LINE" and desk.mode == "ON" and not desk.waiting

    def all_waiting(self) -> list[Item]:
        """Everything that has not been started."""
        return [*self.pool, *(item for desk in self.desks for item in desk.waiting)]

    def give_back(self, verb: Callable[..., Any], by: Any, item: Item) -> None:  # noqa: ANN401 - an actor
        """End a waiting item with all its tokens."""
        verb(by=by, item_id=item.id)
        for line in (self.pool, *(desk.waiting for desk in self.desks)):
            if item in line:
                line.remove(item)
        self.return_tokens(item)

    def return_tokens(self, item: Item) -> None:
        """They are his again."""
        self.available[item.viewer] += item.tokens
        self.ended.append(item)

    def pay(self, desk: Desk, item: Item, tokens: int) -> None:
        """Hers, the rest his."""
        desk.earned += tokens
        self.available[item.viewer] += item.tokens - tokens
        self.ended.append(item)

    def stop(self, desk: Desk) -> None:
        """Nothing runs any more."""
        desk.running, desk.state = None, "LINE" if desk.rejoin else "IDLE"


NAMES = {"OFFLINE": "OFFLINE", "IDLE": "IDLE", "IN_QUEUE": "LINE", "PERFORMING": "PERFORMING"}
ENDS = ["queue.item.finished", "queue.item.partial", "queue.item.abandoned", "queue.item.refunded"]


def outcome(deed: Callable[..., Any], **given: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - whatever it answers
    """What it answered, or the code of its refusal."""
    try:
        return deed(**given), None
    except DomainError as refusal:
        return None, refusal.code
