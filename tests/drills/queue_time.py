"""The model of the queues, and time: whatever falls due is worked off once, whoever is away is paused, and comes back.

Nothing falls due by waiting: every limit is a day, and a deadline comes when the machine says so.
"""

from __future__ import annotations

from django.db import connections
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from notices.models import Notice
from queue_app.models import QueueEvent
from queue_app.states import LIMITS
from queue_app.sweeping import sweep
from tests.drills.queue_machine import HERS, Desk, Item, Queues
from tests.queue_app import clockwork
from tests.support.database import at_database, open_url, owner_url

DAY = dict.fromkeys(LIMITS, clockwork.NEVER)
TIMED = ("pause", "resume", "warn")


class TimedQueues(Queues):
    """Sweeps, absences and returns among everything else that people do."""

    @initialize()
    def open(self) -> None:
        """A day for everything; each performer has a sign-in that can show signs of life, and shows none."""
        super().open()
        clockwork.set_limits(DAY)
        for performer in self.performers:
            clockwork.sign_in_of(performer)
            clockwork.go_away(performer)  # who signs in is there at once

    # --- time passes

    @precondition(lambda self: any(desk.running or desk.waiting for desk in self.desks) or self.pool)
    @rule(place=st.integers(0, 7))
    def time_comes(self, place: int) -> None:
        """An item's deadline: what waits has waited too long, what runs is at its end, what is paused is too late."""
        items = [*self.all_waiting(), *(desk.running for desk in self.desks if desk.running)]
        items = [item for item in items if not any(desk.start_due and desk.armed is item for desk in self.desks)]
        if items:
            item = items[place % len(items)]
            self.as_owner(
                "ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only",
                f"UPDATE queue_app_queueitem SET deadline_at = clock_timestamp() WHERE id = '{item.id}'",
                "ALTER TABLE queue_app_queueitem ENABLE TRIGGER legal_steps_only",
            )
            item.due = True

    @precondition(lambda self: any(desk.armed for desk in self.desks))
    @rule(her=HERS)
    def must_start(self, her: int) -> None:
        """The time in which she had to start, or to answer the warning, is over."""
        desk = self.desks[her]
        if desk.armed is not None and not desk.armed.due:
            self.as_owner(
                "UPDATE queue_app_performerqueue SET start_by = clock_timestamp() "
                f"WHERE performer_id = '{self.performers[her].pk}'"
            )
            desk.start_due = True

    # --- she is there, or not

    @rule(her=HERS)
    def go_away(self, her: int) -> None:
        """Her last sign of life is over."""
        clockwork.go_away(self.performers[her])
        self.desks[her].present = False

    @rule(her=HERS)
    def come_back(self, her: int) -> None:
        """A sign of life, which works off at once what concerns her."""
        desk = self.desks[her]
        clockwork.come_back(self.performers[her])
        if not desk.present:
            desk.present = True
            self.expect(desk)
            self.see_who_took()

    # --- the sweeper

    @rule()
    def sweep(self) -> None:
        """Everything that is due, and nothing else; at once again there is nothing left."""
        assert sweep().failed == 0
        self.expect_all()
        assert sweep().done == 0
        assert not (self.pool and any(self.may_take(desk) for desk in self.desks))

    @precondition(lambda self: any(desk.running and not desk.present for desk in self.desks))
    @rule(times=st.integers(1, 2))
    def drop_the_rope(self, times: int) -> None:
        """Who performs and is away is paused, once."""
        for _ in range(times):
            self.be_strict("rope_drop")

    @rule(limit=st.sampled_from(["absence", "keep_place"]))
    def wait_no_longer(self, limit: str) -> None:
        """Who is away goes offline, and what waits for who is offline is given back."""
        self.be_strict(limit)

    def be_strict(self, limit: str) -> None:
        """Whoever is away has been away for too long."""
        self.sweep()
        with clockwork.limits(**DAY | {limit: 0}):
            assert sweep().failed == 0
        clockwork.set_limits(DAY)
        self.expect_all(limit)

    # --- what the model says

    def expect_all(self, strict: str = "") -> None:
        """One round of the sweeper."""
        for desk in self.desks:
            self.expect(desk, strict)
        for item in [item for item in self.pool if item.due]:
            self.pool.remove(item)
            self.return_tokens(item)
        self.see_who_took()

    def expect(self, desk: Desk, strict: str = "") -> None:
        """What is worked off for one performer, in this order."""
        if desk.running is not None:
            self.expect_running(desk, desk.running, strict)
        if desk.running is None:
            self.expect_line(desk, strict)
        gone = strict == "keep_place" and desk.state == "OFFLINE"
        for item in [item for item in desk.waiting if item.due or gone]:
            desk.waiting.remove(item)
            self.return_tokens(item)
        desk.rearm()

    def expect_running(self, desk: Desk, item: Item, strict: str) -> None:
        """Given back, warned, paused or resumed."""
        if item.due and item.paused:
            self.return_tokens(item)
            desk.running, desk.state = None, "OFFLINE"
        elif item.due:
            item.steps.append("warn")
        elif item.paused and desk.present:
            item.steps.append("resume")
            item.paused = False
        elif strict == "rope_drop" and not item.paused and not desk.present:
            item.steps.append("pause")
            item.paused = True
        item.due = False

    def expect_line(self, desk: Desk, strict: str) -> None:
        """There again, gone for good, warned, or out of the line without the item that she did not start."""
        if desk.state == "OFFLINE":
            desk.state = "IDLE" if desk.present else "OFFLINE"
        elif strict == "absence" and not desk.present:
            desk.state = "OFFLINE"
        elif desk.start_due and not desk.warned:
            desk.start_due, desk.warned = False, True
            desk.warnings += 1
        elif desk.start_due:
            self.expect_missed(desk, desk.waiting.pop(0))

    def expect_missed(self, desk: Desk, item: Item) -> None:
        """What was for whoever is next waits for the next one, by its age; the rest is given back."""
        desk.state = "IDLE"
        if item.anybodys:
            item.handed_on = True
            self.pool = sorted([*self.pool, item], key=lambda one: one.number)
        else:
            self.return_tokens(item)

    def teardown(self) -> None:
        """Each step that only time takes stands once in the history, and each was told once."""
        super().teardown()
        for item in getattr(self, "ended", ()):
            events = QueueEvent.objects.filter(item_id=item.id).order_by("version").values_list("event", flat=True)
            assert [event for event in events if event in TIMED] == item.steps
            pauses = Notice.objects.filter(key="queue.item.paused", owner_id=self.viewers[item.viewer].pk)
            assert pauses.filter(cause__startswith=f"queue.item:{item.id}:").count() == item.steps.count("pause")
        for performer, desk in zip(getattr(self, "performers", ()), getattr(self, "desks", ()), strict=True):
            warned = Notice.objects.filter(owner_id=performer.pk, key="queue.item.paused")
            assert warned.count() == desk.warnings

    def as_owner(self, *statements: str) -> None:
        """What no part of the product may do: move a deadline."""
        name = str(connections["default"].settings_dict["NAME"])
        with open_url(at_database(owner_url(), name)) as owner, owner.transaction():
            for statement in statements:
                owner.execute(statement)
