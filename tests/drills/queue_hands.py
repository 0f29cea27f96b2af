"""Hands that do anything to a few queues, in any order: buyers, performers, staff, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import F

from accounts.models import Performer, Viewer
from core.actors import SYSTEM, Actor
from core.exceptions import DomainError
from core.idempotency import Claim, fingerprint
from modelstate import services as states
from queue_app import services, sweeping
from queue_app.models import QueueItem
from tests import factories
from tests.drills.queue_doors import take_either
from tests.drills.report import Deed
from tests.queue_app import clockwork
from tests.queue_app.support import bought
from wallet.services import fund

START_TOKENS = 1_000_000
# What a step may be refused with: the step came too late, too early or once too often.
EXPECTED = {402, 404, 409}


@dataclass
class Stage:
    """Who plays."""

    performers: list[Performer]
    viewers: list[Viewer]
    staff: Actor
    numbers: count[int] = field(default_factory=lambda: count(1))


def open_stage(performers: int, viewers: int) -> Stage:
    """New people; the performers are in the line, the viewers have tokens."""
    stage = Stage(
        [factories.performer() for _ in range(performers)],
        [factories.viewer() for _ in range(viewers)],
        factories.actor(factories.staff()),
    )
    for viewer in stage.viewers:
        fund(by=SYSTEM, owner_id=viewer.pk, tokens=START_TOKENS, key=f"stage-{viewer.pk}")
    for performer in stage.performers:
        clockwork.come_back(performer)  # her one sign-in, before many hands look for it
        states.sign_in(by=SYSTEM, performer_id=performer.pk)
        states.join_line(by=SYSTEM, performer_id=performer.pk)
    return stage


class Hand:
    """One of many: any step at any time, whether it fits or not."""

    def __init__(self, number: int, stage: Stage) -> None:
        self.stage, self.chance = stage, Random(number)
        self.deeds: list[Deed] = []
        self.strange: list[str] = []
        self.steps: dict[Callable[[], Any], int] = {
            self.buy: 24,
            self.ask_whoever_is_next: 8,
            self.start: 24,
            self.finish: 14,
            self.finish_part: 5,
            self.abandon: 4,
            self.refund: 4,
            self.cancel: 6,
            self.requeue: 3,
            self.switch_mode: 3,
            self.come: 8,
            self.leave: 2,
            self.vanish: 2,
            self.deal: 3,
            self.sweep: 10,
            self.lose_touch: 5,
            self.get_in_touch: 5,
        }

    def work(self, goes_on: Callable[[], bool]) -> None:
        """Over and over."""
        steps, weights = list(self.steps), list(self.steps.values())
        try:
            while goes_on():
                self.take(self.chance.choices(steps, weights)[0])
        finally:
            connections.close_all()

    def take(self, step: Callable[[], Any]) -> None:
        """One step, and what it came to."""
        name, refusal = step.__name__, ""
        try:
            step()
        except DomainError as refused:
            refusal = refused.code
            if refused.status not in EXPECTED:
                self.strange.append(f"{name}: {refused.code} {refused.message}")
        self.deeds.append(Deed(name, "", {}, None if refusal else {}, refusal))

    def buy(self) -> None:
        """From one of them."""
        bought(self.viewer(), self.performer(), tokens=self.chance.randint(1, 50), duration_seconds=self.seconds())

    def ask_whoever_is_next(self) -> None:
        """From nobody in particular."""
        viewer, tokens, key = self.viewer(), self.chance.randint(1, 50), f"next-{next(self.stage.numbers)}"
        claim = Claim(viewer.pk, key, fingerprint("POST", "/queue/requests", "", {"tokens": tokens}))
        services.request(
            by=factories.actor(viewer), claim=claim, tokens=tokens, title="A song", duration_seconds=self.seconds()
        )

    def start(self) -> None:
        """The head, or one that only was the head a moment ago."""
        self._with_item("start", "created")

    def finish(self) -> None:
        """Paid whole."""
        self._with_item("finish", "started")

    def finish_part(self) -> None:
        """Paid in part, where it has parts."""
        item = self._item("started")
        if item is not None and item.tokens > 1:
            self._take("finish", by=self._her(item), item_id=item.pk, settled=1, refunded=item.tokens - 1)

    def abandon(self) -> None:
        """Given up."""
        self._with_item("abandon", "started")

    def refund(self) -> None:
        """Staff give back whatever it is."""
        item = self._item("created", "started")
        if item is not None:
            self._take("refund", by=self.stage.staff, item_id=item.pk, reason="admin_refund")

    def requeue(self) -> None:
        """Staff put what waits at the end."""
        item = self._item("created")
        if item is not None:
            services.requeue(by=self.stage.staff, item_id=item.pk, reason="drill")

    def cancel(self) -> None:
        """Its viewer does not want it any more."""
        item = self._item("created")
        if item is not None:
            self._take("cancel", by=Actor(id=item.viewer_id, kind="viewer"), item_id=item.pk)

    def switch_mode(self) -> None:
        """Her settings; what is queued stays."""
        mode = self.chance.choice(["ON", "ON", "OFF"])
        rejoin = self.chance.random() < 0.7
        services.save_settings(performer_id=self.performer().pk, changes={"mode": mode, "auto_rejoin": rejoin})

    def come(self) -> None:
        """Signed in and in the line."""
        performer = self.performer()
        states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
        states.join_line(by=factories.actor(performer), performer_id=performer.pk)

    def leave(self) -> None:
        """Out of the line."""
        performer = self.performer()
        self._take("leave", by=factories.actor(performer), performer_id=performer.pk)

    def vanish(self) -> None:
        """Offline, whatever she did."""
        states.sign_out(by=SYSTEM, performer_id=self.performer().pk, forced=True)

    def deal(self) -> None:
        """What the worker does for those who asked nobody in particular."""
        services.deal()

    def sweep(self) -> None:
        """What the sweeper does for whatever is due."""
        failed = sweeping.sweep().failed
        if failed:
            self.strange.append(f"sweep: {failed} failed")

    def lose_touch(self) -> None:
        """All her leases end."""
        clockwork.go_away(self.performer())

    def get_in_touch(self) -> None:
        """A sign of life."""
        clockwork.come_back(self.performer())

    def viewer(self) -> Viewer:
        """Anybody."""
        return self.chance.choice(self.stage.viewers)

    def performer(self) -> Performer:
        """Any of them."""
        return self.chance.choice(self.stage.performers)

    def seconds(self) -> int | None:
        """How long it is to last."""
        return self.chance.choice([None, 1, 300])

    def _take(self, step: str, *, by: Actor, **given: Any) -> None:  # noqa: ANN401 - whatever the step takes
        take_either(self.chance, step, by=by, **given)

    def _with_item(self, step: str, *statuses: str) -> None:
        item = self._item(*statuses)
        if item is not None:
            self._take(step, by=self._her(item), item_id=item.pk)

    def _her(self, item: QueueItem) -> Actor:
        return Actor(id=item.performer_id, kind="performer")

    def _item(self, *statuses: str) -> QueueItem | None:
        """Mostly the first of a queue, now and then the one behind it; others may be at it."""
        items = QueueItem.objects.filter(performer=self.performer(), status__in=statuses).order_by(
            F("sequence").asc(nulls_last=True)
        )
        place = 0 if self.chance.random() < 0.85 else 1
        return items[place : place + 1].first()


def ids(people: list[Performer] | list[Viewer]) -> list[UUID]:
    """Their ids."""
    return [person.pk for person in people]
