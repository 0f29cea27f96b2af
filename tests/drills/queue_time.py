"""The model of the queues, and time: whatever falls due is worked off once, whoever is away is paused, and comes back.

Nothing falls due by waiting: every limit is some days, each another, and a deadline comes when the machine says so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from django.db import connections
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from core.actors import SYSTEM
from core.sql import call, id_array
from presence.services import renew
from presence.states import Kind
from queue_app import services
from queue_app.states import LIMITS, MAX_DEPTH
from queue_app.sweeping import sweep
from tests.drills.queue_eyes import SeenDesk, SeenItem, desks_of
from tests.drills.queue_lists import Desk, Item
from tests.drills.queue_machine import DURATION, HERS, HIS, PRICES, Queues, outcome
from tests.queue_app import clockwork
from tests.support.database import at_database, open_url, owner_url
from wallet.services import place_hold

#: Told apart by an hour each: whoever takes one for another is seen.
DAYS = {name: 10 * clockwork.NEVER + 3600 * place for place, name in enumerate(LIMITS)}
ROUGHLY = timedelta(minutes=20)
NOW = "clock_timestamp()"


def limit(name: str) -> timedelta:
    """A limit as it holds in the machine."""
    return timedelta(seconds=DAYS[name])


class TimedQueues(Queues):
    """Sweeps, absences and returns among everything else that people do."""

    @initialize()
    def open(self) -> None:
        """Days for everything; each performer has a sign-in that can show signs of life, and shows none."""
        super().open()
        self.clock = count(1)
        clockwork.set_limits(DAYS)
        for performer in self.performers:
            clockwork.sign_in_of(performer)
            clockwork.go_away(performer)  # who signs in is there at once

    # --- time passes

    @precondition(lambda self: any(desk.running or desk.waiting for desk in self.desks) or self.pool)
    @rule(place=st.integers(0, 7))
    def time_comes(self, place: int) -> None:
        """An item's deadline: what waits has waited too long, what runs is at its end, what is paused is too late."""
        items = [*(desk.running for desk in self.desks if desk.running), *self.all_waiting()]
        items = [item for item in items if not any(desk.start_due and desk.armed is item for desk in self.desks)]
        if items:
            item = items[place % len(items)]
            self.end_time(item)

    def end_time(self, item: Item, changes: str = "") -> None:
        """The next thing that happens to it is due."""
        self.bring(item, f"{changes}deadline_at = {NOW}")
        item.due, item.due_at = True, next(self.clock)
        item.in_time = item.desk is not None and self.desks[item.desk].present

    @precondition(lambda self: any(desk.running for desk in self.desks))
    @rule(her=HERS)
    def booked_time_is_over(self, her: int) -> None:
        """The end that was booked is reached while she is there: she is warned, and may go on to the maximum."""
        self.reach_end(self.one_of(her, [desk for desk in self.desks if desk.running]))

    def reach_end(self, desk: Desk) -> None:
        """Of what she runs."""
        item = desk.running
        if item is not None and desk.present and not item.paused and not item.overtime:
            self.end_time(item, f"ends_at = {NOW}, ")
            item.overtime, item.ends_at = True, None

    @precondition(lambda self: any(desk.armed for desk in self.desks))
    @rule(her=HERS)
    def must_start(self, her: int) -> None:
        """The time in which she had to start, or to answer the warning, is over."""
        self.miss(self.one_of(her, [desk for desk in self.desks if desk.armed]))

    def miss(self, desk: Desk) -> None:
        """Her time to start."""
        if desk.armed is not None and not desk.armed.due:
            self.as_owner(f"UPDATE queue_app_performerqueue SET start_by = {NOW} WHERE {self.hers(desk)}")
            desk.start_due = True

    @precondition(lambda self: len(self.loose) < 2)
    @rule(viewer=HIS, tokens=PRICES, due=st.booleans())
    def hold_and_forget(self, viewer: int, tokens: int, due: bool) -> None:
        """Tokens set aside for something that never comes."""
        if tokens <= self.available[viewer]:
            place_hold(
                by=SYSTEM,
                viewer_id=self.viewers[viewer].pk,
                performer_id=None,
                tokens=tokens,
                key=f"loose-{uuid4()}",
                expires_seconds=0 if due else clockwork.NEVER,
            )
            self.available[viewer] -= tokens
            self.loose.append((viewer, tokens, due))

    @rule(her=HERS, viewer=HIS)
    def crowd(self, her: int, viewer: int) -> None:
        """Fifty wait already: nobody else comes in, and nothing is held."""
        desk = self.desks[her]
        if desk.state != "OFFLINE" and desk.mode == "ON" and not desk.intake_paused and self.available[viewer]:
            self.as_owner(f"UPDATE queue_app_performerqueue SET depth = {MAX_DEPTH} WHERE {self.hers(desk)}")
            refusal = outcome(self._purchase, viewer=viewer, her=her, tokens=1)[1]
            self.as_owner(f"UPDATE queue_app_performerqueue SET depth = {desk.depth} WHERE {self.hers(desk)}")
            assert refusal == "QUEUE_FULL"

    # --- she is there, or not

    @precondition(lambda self: any(desk.present for desk in self.desks))
    @rule(her=HERS)
    def go_away(self, her: int) -> None:
        """Her last sign of life is over."""
        self.part(self.one_of(her, [desk for desk in self.desks if desk.present]))

    def part(self, desk: Desk) -> None:
        """Her leases end."""
        clockwork.go_away(self.performers[desk.number])
        desk.present, desk.away_at = False, next(self.clock)
        if desk.running is not None:
            desk.running.in_time = False

    @rule(her=HERS)
    def come_back(self, her: int) -> None:
        """A sign of life, which works off at once what concerns her; the next deal makes up for who is free by it."""
        desk = self.desks[her]
        sign_in = clockwork.sign_in_of(self.performers[her])
        renew(sign_in_ids=[sign_in.pk], kind=Kind.POLL, at_least_seconds=clockwork.NEVER)
        if not desk.present:
            desk.present = True
            self.expect(desk)
        services.deal()

    @precondition(lambda self: not all(desk.present for desk in self.desks))
    @rule(her=HERS)
    def come_back_unseen(self, her: int) -> None:
        """A sign of life, and whoever took it ended before he could work off what concerns her: the sweep does."""
        self.return_unseen(self.one_of(her, [desk for desk in self.desks if not desk.present]))

    def return_unseen(self, desk: Desk) -> None:
        """A lease, and nothing else."""
        sign_in = clockwork.sign_in_of(self.performers[desk.number])
        call("presence_renew", sign_ins=id_array([sign_in.pk]), kind=Kind.POLL.value, seconds=clockwork.NEVER)
        desk.present = True

    # --- the sweeper

    @rule()
    def sweep(self) -> None:
        """Everything that is due, and nothing else; at once again there is nothing left."""
        assert sweep().failed == 0
        self.expect_all()
        assert sweep().done == 0

    @precondition(lambda self: any(desk.running and not desk.present for desk in self.desks))
    @rule(times=st.integers(1, 2))
    def drop_the_rope(self, times: int) -> None:
        """Who performs and is away is paused, once."""
        for _ in range(times):
            self.be_strict("rope_drop")

    @rule(name=st.sampled_from(["absence", "keep_place", "viewer_absence"]))
    def wait_no_longer(self, name: str) -> None:
        """Who is away goes offline, and what waits for who is offline, or needs who is not there, is given back."""
        self.be_strict(name)

    def be_strict(self, name: str) -> None:
        """Whoever is away has been away for too long; what else is due was due before, or is due now as well."""
        clockwork.set_limits(DAYS | {name: 0})
        assert sweep().failed == 0
        clockwork.set_limits(DAYS)
        self.expect_all(name)

    # --- what the model says

    def expect_all(self, strict: str = "") -> None:
        """One round of the sweeper."""
        for desk in self.desks:
            self.expect(desk, strict)
        for item in [item for item in self.pool if item.due]:
            self.give_back(item, ["refund"], "refunded")
        for hold in [hold for hold in self.loose if hold[2]]:
            self.loose.remove(hold)
            self.available[hold[0]] += hold[1]

    def expect(self, desk: Desk, strict: str = "") -> None:
        """What is worked off for one performer, in this order."""
        if desk.running is not None:
            self.expect_running(desk, desk.running, strict)
        if desk.running is None:
            self.expect_line(desk, strict)
        gone = strict == "keep_place" and desk.state == "OFFLINE"
        for item in list(desk.waiting):
            if item.due or gone:
                self.give_back(item, ["refund"], "refunded")
            elif strict == "viewer_absence" and item.needs_viewer:
                self.give_back(item, ["refund"], "cancelled")
        desk.rearm()
        self.tell_thirds()

    def expect_running(self, desk: Desk, item: Item, strict: str) -> None:
        """Given back, warned, paused or resumed."""
        dropped = strict == "rope_drop" and not item.paused and not desk.present
        if dropped and (not item.due or desk.away_at < item.due_at):
            item.steps.append("pause")
            item.paused = True
            self.tell_one("viewer", item.viewer, "queue.item.paused", item, again=True)
        elif item.paused and desk.present and (not item.due or item.in_time):
            item.steps.append("resume")
            item.paused, item.at_maximum = False, item.overtime
        elif item.due and (item.paused or item.at_maximum):
            gone = item.paused
            self.give_back(item, ["abandon", "refund"], "abandoned")
            self.move(desk, "OFFLINE" if gone else "IDLE")
        elif item.due:
            item.steps.append("warn")
            item.at_maximum = item.overtime
        item.due = item.in_time = False

    def expect_line(self, desk: Desk, strict: str) -> None:
        """There again, gone for good, warned, or out of the line without the item that she did not start."""
        if desk.state == "OFFLINE":
            self.move(desk, "IDLE" if desk.present else "OFFLINE")
        elif strict == "absence" and not desk.present:
            self.move(desk, "OFFLINE")
        elif desk.start_due and desk.armed is not None and not desk.warned:
            desk.start_due, desk.warned, desk.start_by = False, True, None
            self.tell_one("performer", desk.number, "queue.item.start_due", desk.armed, again=True)
        elif desk.start_due:
            self.expect_missed(desk, desk.waiting[0])

    def expect_missed(self, desk: Desk, item: Item) -> None:
        """What was for whoever is next waits for the next one, by its age; the rest is given back."""
        self.move(desk, "IDLE")
        self.tell_one("performer", desk.number, "queue.line.left", item, again=True)
        if item.anybodys:
            desk.waiting.remove(item)
            item.handed_on, item.desk = True, None
            item.steps.append("release")
            self.pool = sorted([*self.pool, item], key=lambda one: one.number)
        else:
            self.give_back(item, ["abandon", "refund"], "abandoned")

    # --- each deadline, to the microsecond

    def agree_on_items(self) -> None:
        """The next thing that happens to each item, and when, as long as the machine has not brought it."""
        super().agree_on_items()
        for item in self.all_items():
            real = self.seen[item.id]
            assert (real.paused_at is not None) == item.paused
            if item.settled is not None:
                assert (real.deadline_step, real.deadline_at) == ("", None)
            elif real.status == "created":
                assert real.deadline_step == "lifetime"
                assert item.due or real.deadline_at == real.created_at + limit("lifetime")
            else:
                self.agree_on_running(item, real)

    def agree_on_running(self, item: Item, real: SeenItem) -> None:
        """Its end moves by each pause, exactly; its deadline is the end, the maximum, or her return."""
        assert real.started_at is not None
        assert real.ends_at is not None
        self.agree_on_pause(item, real)
        if item.overtime and item.ends_at is None:
            item.ends_at = real.ends_at - item.stood_still
        booked = real.started_at + timedelta(seconds=DURATION)
        assert real.ends_at == (item.ends_at or booked) + item.stood_still
        maximum = real.ends_at - timedelta(seconds=DURATION) + limit("maximum")
        step, at = ("maximum", maximum) if item.at_maximum else ("duration", real.ends_at)
        if real.paused_at is not None:
            step, at = "return", real.paused_at + limit("return")
        if not item.due:
            assert (real.deadline_step, real.deadline_at) == (step, at)

    def agree_on_pause(self, item: Item, real: SeenItem) -> None:
        """It began when her last lease ended, however late that was seen, and lasts until the resume."""
        if item.paused and item.paused_at is None:
            item.paused_at = self.left_at(item, real)
        elif not item.paused and item.paused_at is not None:
            item.stood_still += real.resumed_at() - item.paused_at
            item.paused_at = None
        assert real.paused_at == item.paused_at

    def left_at(self, item: Item, real: SeenItem) -> datetime:
        """When the rope of what she runs was dropped: at the end of her last lease, or at its start."""
        assert item.desk is not None
        assert real.started_at is not None
        gone = desks_of([self.performers[item.desk].pk])[self.performers[item.desk].pk].present_until
        return max(gone, real.started_at) if gone else real.started_at

    def agree_on_time(self, desk: Desk, found: SeenDesk) -> None:
        """She must start what is at the head, by a time that stands still until something changes."""
        assert (found.start_item, found.start_warned) == (desk.armed and desk.armed.id, desk.warned)
        if desk.armed is None:
            assert found.start_by is None
        elif not desk.start_due:
            assert found.start_by is not None
            left = found.start_by - datetime.now(UTC) - limit("start_warning" if desk.warned else "start")
            assert desk.start_by is not None or abs(left) < ROUGHLY
            assert found.start_by == (desk.start_by or found.start_by)
            desk.start_by = found.start_by

    # --- the machine's own means

    def hers(self, desk: Desk) -> str:
        """The rows that are hers."""
        return f"performer_id = '{self.performers[desk.number].pk}'"

    def bring(self, item: Item, changes: str) -> None:
        """A deadline comes."""
        self.as_owner(
            "ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only",
            f"UPDATE queue_app_queueitem SET {changes} WHERE id = '{item.id}'",
            "ALTER TABLE queue_app_queueitem ENABLE TRIGGER legal_steps_only",
        )

    def as_owner(self, *statements: str) -> None:
        """What no part of the product may do: move a deadline."""
        name = str(connections["default"].settings_dict["NAME"])
        with open_url(at_database(owner_url(), name)) as owner, owner.transaction():
            for statement in statements:
                owner.execute(statement)
