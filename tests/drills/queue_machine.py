"""A model of the queues in plain lists, and the real ones beside it: whatever Hypothesis does to both, they agree.

Buyers, performers, staff and sign-outs come in any order; a restart forgets all that a process knew, and who dies in
the middle of something has done nothing. After every step each item's whole history, its hold and its deadline, each
queue, each balance and each notice are what the lists say: no more, no less, no earlier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
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
from queue_app import services
from queue_app.sweeping import sweep
from tests import factories
from tests.drills.queue_doors import Doors
from tests.drills.queue_eyes import Ear, SeenItem, desks_of, items_of, told_to
from tests.drills.queue_lists import Desk, Item, Lists
from tests.queue_app.support import bought
from tests.wallet.numbers import real_balances
from tests.wallet.support import assert_ledger_holds
from wallet.services import fund

TOKENS = 300
#: A performance of an example must not end by itself, however slow the machine is.
DURATION = 3000
NEEDED = {"presenceRequired": True}
PRICES = st.integers(1, 120)
HERS, HIS = st.sampled_from(range(2)), st.sampled_from(range(3))
_numbers = count(1)


class Died(Exception):
    """A process ended before it could commit."""


class Queues(Doors, Lists, RuleBasedStateMachine):
    """Two performers, three viewers, one pool."""

    @initialize()
    def open(self) -> None:
        """New people for every example, the performers in the line: the database is not emptied."""
        self.performers: list[Performer] = [factories.performer() for _ in range(2)]
        self.viewers: list[Viewer] = [factories.viewer() for _ in range(3)]
        self.ear = Ear()
        self.staff = factories.actor(factories.staff())
        for viewer in self.viewers:
            fund(by=SYSTEM, owner_id=viewer.pk, tokens=TOKENS, key=f"machine-{viewer.pk}")
        self.begin(desks=2, viewers=3, tokens=TOKENS)
        for performer in self.performers:
            states.sign_in(by=SYSTEM, performer_id=performer.pk)
            states.join_line(by=SYSTEM, performer_id=performer.pk)

    # --- buyers

    @rule(viewer=HIS, her=HERS, tokens=PRICES, needed=st.sampled_from([False, False, True]))
    def buy(self, viewer: int, her: int, tokens: int, needed: bool) -> None:
        """Held and in her queue, or nothing at all."""
        desk = self.desks[her]
        item_id, refusal = outcome(self._purchase, viewer=viewer, her=her, tokens=tokens, needed=needed)
        if tokens > self.available[viewer] or desk.state == "OFFLINE" or desk.intake_paused:
            assert refusal in {"INSUFFICIENT_BALANCE", "PERFORMER_UNAVAILABLE", "INTAKE_PAUSED"}
            return
        assert refusal is None
        self.available[viewer] -= tokens
        item = Item(item_id, viewer, tokens, her, needs_viewer=needed)
        if desk.mode == "OFF":
            self.pay(desk, item, tokens, "pass_through", "viewer")
        else:
            desk.waiting.append(item)
            self.tell(item, "created", "viewer")

    def _purchase(self, viewer: int, her: int, tokens: int, *, needed: bool = False) -> UUID:
        with transaction.atomic():
            return bought(
                self.viewers[viewer],
                self.performers[her],
                tokens=tokens,
                duration_seconds=DURATION,
                metadata=NEEDED if needed else {},
            )

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
            duration_seconds=DURATION,
        )
        if self.share_is_taken(viewer):
            assert refusal == "QUEUE_FULL"
            return
        if tokens > self.available[viewer]:
            assert refusal == "INSUFFICIENT_BALANCE"
            return
        assert refusal is None
        self.available[viewer] -= tokens
        self.pool.append(Item(UUID(answer.body["id"]), viewer, tokens, None, anybodys=True))

    @rule(viewer=HIS, place=st.integers(0, 3))
    def cancel(self, viewer: int, place: int) -> None:
        """Whatever of his still waits, all tokens back; what runs or has ended stays."""
        waiting = [item for item in self.all_waiting() if item.viewer == viewer]
        if place < len(waiting):
            item = waiting[place]
            self.take("cancel", by=factories.actor(self.viewers[viewer]), item_id=item.id)
            self.give_back(item, ["cancel"], "cancelled", "viewer")
        elif self.ended:
            item = self.ended[place % len(self.ended)]
            owner = factories.actor(self.viewers[item.viewer])
            assert outcome(self.take, "cancel", by=owner, item_id=item.id)[1] == "INVALID_STATE_TRANSITION"

    # --- performers

    @precondition(lambda self: any(desk.state == "OFFLINE" for desk in self.desks))
    @rule(her=HERS)
    def sign_in(self, her: int) -> None:
        """From offline to idle; again: nothing."""
        states.sign_in(by=SYSTEM, performer_id=self.performers[her].pk)
        if self.desks[her].state == "OFFLINE":
            self.move(self.desks[her], "IDLE")

    @rule(her=HERS)
    def vanish(self, her: int) -> None:
        """Offline, whatever she does: what runs is given back, what waits keeps waiting."""
        desk = self.desks[her]
        states.sign_out(by=SYSTEM, performer_id=self.performers[her].pk, forced=True)
        if desk.running is not None:
            self.give_back(desk.running, ["abandon", "refund"], "abandoned")
        self.move(desk, "OFFLINE")

    @precondition(lambda self: any(desk.state != "LINE" for desk in self.desks))
    @rule(her=HERS)
    def join(self, her: int) -> None:
        """Only who is idle."""
        desk = self.desks[her]
        refusal = outcome(states.join_line, by=SYSTEM, performer_id=self.performers[her].pk)[1]
        assert (refusal is None) == (desk.state == "IDLE")
        if refusal is None:
            self.move(desk, "LINE")

    @rule(her=HERS)
    def leave(self, her: int) -> None:
        """Only who is in the line."""
        desk = self.desks[her]
        refusal = outcome(
            self.take, "leave", by=factories.actor(self.performers[her]), performer_id=self.performers[her].pk
        )[1]
        assert (refusal is None) == (desk.state == "LINE")
        if refusal is None:
            self.move(desk, "IDLE")

    @rule(her=HERS, mode=st.sampled_from(["ON", "OFF"]), rejoin=st.booleans())
    def switch(self, her: int, mode: str, rejoin: bool) -> None:
        """What is queued stays."""
        changes = {"mode": mode, "auto_rejoin": rejoin}
        services.save_settings(performer_id=self.performers[her].pk, changes=changes)
        self.desks[her].mode, self.desks[her].rejoin = mode, rejoin

    @precondition(lambda self: any(desk.waiting for desk in self.desks))
    @rule(her=HERS, place=st.sampled_from([0, 0, 0, 1, 2]))
    def start(self, her: int, place: int) -> None:
        """The head, in the line, alone; nothing else, and not twice."""
        desk = self.one_of(her, [desk for desk in self.desks if desk.waiting])
        self.start_at(desk, place % len(desk.waiting))

    def start_at(self, desk: Desk, place: int) -> None:
        """This one of those that wait for her."""
        item, by = desk.waiting[place], factories.actor(self.performers[desk.number])
        refusal = outcome(self.take, "start", by=by, item_id=item.id)[1]
        assert (refusal is None) == (place == 0 and desk.state == "LINE"), refusal
        if refusal is None:
            desk.running = desk.waiting.pop(0)
            self.move(desk, "PERFORMING")
            item.due = False  # its life is over, its end is still to come
            item.steps.append("start")
            self.tell(item, "started", "performer")
            assert outcome(self.take, "start", by=by, item_id=item.id)[1] == "INVALID_STATE_TRANSITION"

    @precondition(lambda self: any(desk.running for desk in self.desks))
    @rule(her=HERS, part=st.none() | PRICES)
    def finish(self, her: int, part: int | None) -> None:
        """What runs is paid, whole or in part."""
        self.finish_hers(self.one_of(her, [desk for desk in self.desks if desk.running]), part)

    def finish_hers(self, desk: Desk, part: int | None) -> None:
        """What this one runs."""
        item = desk.running
        assert item is not None
        parts = {} if part is None else {"settled": part, "refunded": item.tokens - part}
        by = factories.actor(self.performers[desk.number])
        refusal = outcome(self.take, "finish", by=by, item_id=item.id, **parts)[1]
        if part is not None and part > item.tokens:
            assert refusal == "VALIDATION_ERROR"
            return
        assert refusal is None
        desk.running = None
        self.pay(desk, item, item.tokens if part is None else part, "finish", "performer")
        self.move(desk, "LINE" if desk.rejoin else "IDLE")
        assert outcome(self.take, "finish", by=by, item_id=item.id)[1] == "INVALID_STATE_TRANSITION"

    @precondition(lambda self: any(desk.running for desk in self.desks))
    @rule(her=HERS)
    def abandon(self, her: int) -> None:
        """What runs is given back."""
        self.abandon_hers(self.one_of(her, [desk for desk in self.desks if desk.running]))

    def abandon_hers(self, desk: Desk) -> None:
        """What this one runs."""
        if desk.running is not None:
            self.take("abandon", by=factories.actor(self.performers[desk.number]), item_id=desk.running.id)
            self.give_back(desk.running, ["abandon", "refund"], "abandoned", "performer")
            self.move(desk, "LINE" if desk.rejoin else "IDLE")

    # --- staff

    @precondition(lambda self: bool(self.all_waiting()))
    @rule(place=st.integers(0, 5))
    def refund_by_staff(self, place: int) -> None:
        """Anything that waits."""
        waiting = self.all_waiting()
        item = waiting[place % len(waiting)]
        self.take("refund", by=self.staff, item_id=item.id)
        self.give_back(item, ["refund"], "refunded")

    @rule(her=HERS, paused=st.booleans())
    def pause_intake(self, her: int, paused: bool) -> None:
        """Nothing new comes to her; what is there stays. She is told of each change."""
        services.pause_intake(by=self.staff, performer_id=self.performers[her].pk, paused=paused, reason="drill")
        if self.desks[her].intake_paused != paused:
            self.tell_one("performer", her, f"queue.intake.{'paused' if paused else 'resumed'}", None, again=True)
        self.desks[her].intake_paused = paused

    @precondition(lambda self: any(len(desk.waiting) > 1 for desk in self.desks))
    @rule(her=HERS)
    def requeue_by_staff(self, her: int) -> None:
        """The head goes to the end."""
        self.requeue_hers(self.one_of(her, [desk for desk in self.desks if len(desk.waiting) > 1]))

    def requeue_hers(self, desk: Desk) -> None:
        """The first of those that wait for this one."""
        services.requeue(by=self.staff, item_id=desk.waiting[0].id, reason="drill")
        desk.waiting.append(desk.waiting.pop(0))
        desk.waiting[-1].steps.append("requeue")

    # --- the machine room

    @precondition(lambda self: any(desk.waiting or desk.running for desk in self.desks))
    @rule(her=HERS, what=st.sampled_from(["nothing", "start", "finish", "cancel", "deal", "sweep"]))
    def die_midway(self, her: int, what: str) -> None:
        """Who dies before the commit has done nothing; who comes after him knows only what the database knows."""
        with suppress(Died, DomainError), transaction.atomic():
            self._do(what, self.desks[her])
            raise Died
        connections["default"].close()

    def _do(self, what: str, desk: Desk) -> None:
        by = factories.actor(self.performers[desk.number])
        head = desk.waiting[0] if desk.waiting else None
        if what == "start" and head is not None:
            services.start(by=by, item_id=head.id)
        elif what == "cancel" and head is not None:
            services.cancel(by=factories.actor(self.viewers[head.viewer]), item_id=head.id)
        elif what == "finish" and desk.running is not None:
            services.finish(by=by, item_id=desk.running.id)
        elif what == "sweep":
            sweep()
        elif what == "deal":
            services.deal()

    # --- what must hold after every step

    @invariant()
    def agree(self) -> None:
        """Queues, money, deadlines, states and notices are what the model says."""
        if not hasattr(self, "desks"):
            return
        self.seen = items_of([viewer.pk for viewer in self.viewers])
        self.see_who_took()
        self.tell_thirds()
        assert not (self.pool and any(desk.may_take for desk in self.desks)), "somebody is free, and something waits"
        self.agree_on_items()
        self.agree_on_desks()
        self.agree_on_tokens()
        who = {**{person.pk: ("viewer", place) for place, person in enumerate(self.viewers)}}
        who |= {person.pk: ("performer", place) for place, person in enumerate(self.performers)}
        notices, ids = told_to(list(who))
        told = Counter({(*who[owner], key, item): n for (owner, key, item), n in notices.items()})
        assert told == self.told, (told - self.told, self.told - told)
        assert self.ear.missed(ids) == set(), "notices of which no device was told, or twice"

    def agree_on_items(self) -> None:
        """Each item is where it should be, took its steps once, and its hold is as it is."""
        assert set(self.seen) == {item.id for item in self.all_items()}
        for item in self.all_items():
            real = self.seen[item.id]
            assert (real.steps, real.version) == (item.steps, len(item.steps))
            assert real.performer == (None if item.desk is None else self.performers[item.desk].pk)
            assert (real.held, real.hold_settled, real.settled) == (item.tokens, item.settled or 0, item.settled or 0)
            assert (real.hold_state == "held") == (item.settled is None)
            assert (real.status in {"created", "started"}) == (item.settled is None)

    def agree_on_desks(self) -> None:
        """Order, depth, state, settings and the place in the line."""
        real = desks_of([performer.pk for performer in self.performers])
        for performer, desk in zip(self.performers, self.desks, strict=True):
            desk.rearm()
            mine = [item for item in self.seen.values() if item.performer == performer.pk]
            assert [item.id for item in mine if item.status == "created"] == [item.id for item in desk.waiting]
            running = [desk.running.id] if desk.running else []
            assert [item.id for item in mine if item.status == "started"] == running
            found = real[performer.pk]
            assert (NAMES[found.state], found.depth) == (desk.state, desk.depth)
            assert (found.mode, found.intake_paused) == (desk.mode, desk.intake_paused)
            self.agree_on_time(desk, found)
        line = sorted((found.ticket, found.performer) for found in real.values() if found.ticket is not None)
        assert [performer for _ticket, performer in line] == [self.performers[desk.number].pk for desk in self.line]

    def agree_on_time(self, desk: Desk, found: Any) -> None:  # noqa: ANN401 - a SeenDesk
        """What the machine that knows time says of her deadlines."""

    def agree_on_tokens(self) -> None:
        """Everybody has what he should."""
        people = [person.pk for person in (*self.viewers, *self.performers)]
        real = real_balances(people)
        for place, viewer in enumerate(self.viewers):
            mine = real[viewer.pk]
            assert (mine["available"], mine["escrow"]) == (self.available[place], self.escrow(place))
        for performer, desk in zip(self.performers, self.desks, strict=True):
            assert real[performer.pk].get("earned", 0) == desk.earned

    def teardown(self) -> None:
        """Nobody stays in the line and nothing in the pool for the next example's people; then the whole proof."""
        if not hasattr(self, "desks"):
            return
        for her in range(2):
            self.vanish(her)
        for item in self.all_waiting():
            services.cancel(by=factories.actor(self.viewers[item.viewer]), item_id=item.id)
            self.give_back(item, ["cancel"], "cancelled", "viewer")
            self.tell_thirds()
        self.agree()
        self.ear.close()
        assert_ledger_holds()

    # --- the model's own means

    def see_who_took(self) -> None:
        """Items of the pool that have found a performer: the oldest first, and the first in the line who may take."""
        places = {performer.pk: place for place, performer in enumerate(self.performers)}
        for item in list(self.pool):
            owner = self.seen[item.id].performer
            if owner is not None:
                self._take(item, self.desks[places[owner]], self.seen[item.id])
        for item in self.pool:
            item.handed_on = False

    def _take(self, item: Item, desk: Desk, real: SeenItem) -> None:
        # What somebody did not start is handed on at once; what was in the pool goes by its age.
        assert item is self.pool[0] or item.handed_on, "a younger one was given away first"
        assert desk.may_take, "she had work of her own, was not in the line or takes none"
        free = [other for other in self.line if other.may_take]
        assert desk is free[0], "another one was before her in the line"
        assert real.sequence is not None
        self.pool.remove(item)
        item.handed_on, item.desk = False, desk.number
        item.steps.append("assign")
        desk.waiting.append(item)
        self.tell(item, "created", "viewer")


NAMES = {"OFFLINE": "OFFLINE", "IDLE": "IDLE", "IN_QUEUE": "LINE", "PERFORMING": "PERFORMING"}


def outcome(deed: Callable[..., Any], *step: str, **given: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - any answer
    """What it answered, or the code of its refusal."""
    try:
        return deed(*step, **given), None
    except DomainError as refusal:
        return None, refusal.code
