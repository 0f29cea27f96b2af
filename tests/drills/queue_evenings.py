"""The model of the queues, and whole evenings: where chance seldom leads, these steps do.

Among thirty kinds of steps it hardly ever happens that a performance runs out its time, or that she leaves it and comes
back. So each step here is a course of things that happen to one performer, who is brought to where they can happen.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.drills.queue_lists import Desk, Item
from tests.drills.queue_machine import HERS, HIS
from tests.drills.queue_time import TimedQueues

AWAY = ["leave", "leave", "drop the rope", "drop the rope", "return", "return in time", "deadline", "sweep", "others"]
TO_THE_END = ["booked time", "booked time", "deadline", "sweep", "sweep", "return", "leave", "drop the rope"]
IN_LINE = ["must start", "must start", "sweep", "sweep", "leave the line", "join", "return", "buy"]
BUSY = ["buy", "buy", "buy", "start", "start another", "finish", "finish", "abandon", "cancel", "requeue", "refund"]
ANYBODY = [
    "ask",
    "ask",
    "ask",
    "never start",
    "never start",
    "sweep",
    "in vain",
    "join",
    "leave the line",
    "switch",
    "start",
    "finish",
]
GONE = ["buy", "vanish", "absence", "keep_place", "viewer_absence", "return", "leave", "sweep", "switch", "rejoin"]

#: What happens, and which viewer has to do with it.
Course = list[tuple[str, int]]


def courses(steps: list[str]) -> st.SearchStrategy[Course]:
    """One thing after another."""
    return st.lists(st.tuples(st.sampled_from(steps), HIS), min_size=4, max_size=8)


class Evenings(TimedQueues):
    """Performances and waits as people have them, from their beginning to some end."""

    @rule(her=HERS, course=courses(AWAY))
    def perform_and_leave(self, her: int, course: Course) -> None:
        """She is away while she performs, and comes back, or not, or too late."""
        self.perform(self.desks[her], course)

    @rule(her=HERS, course=courses(TO_THE_END))
    def perform_to_the_end(self, her: int, course: Course) -> None:
        """Beyond the time that was booked, to the maximum."""
        self.perform(self.desks[her], course)

    def perform(self, desk: Desk, course: Course) -> None:
        """What may happen to a performance, and to the next one after its end."""
        for step, viewer in course:
            if desk.running is None:
                self.come(desk)
                self.happen(desk, "start", viewer)
            self.happen(desk, step, viewer)

    @rule(her=HERS, course=courses(IN_LINE))
    def wait_in_line(self, her: int, course: Course) -> None:
        """She has something to start, and does not."""
        self.work(self.desks[her], course)

    @rule(her=HERS, course=courses(BUSY))
    def have_much_to_do(self, her: int, course: Course) -> None:
        """Some wait for her, in their order."""
        self.work(self.desks[her], course)

    @rule(her=HERS, course=courses(ANYBODY))
    def be_next(self, her: int, course: Course) -> None:
        """Some ask for whoever is next."""
        self.work(self.desks[her], course)

    @rule(her=HERS, course=courses(GONE))
    def be_gone(self, her: int, course: Course) -> None:
        """Somebody waits for her, and she is not there."""
        self.work(self.desks[her], course)

    def work(self, desk: Desk, course: Course) -> None:
        """From the line on."""
        if desk.running is None:
            self.come(desk)
        for step, viewer in course:
            self.happen(desk, step, viewer)

    def come(self, desk: Desk) -> None:
        """In the line, open for all, with something to do; unless nobody has tokens."""
        her = desk.number
        self.switch(her, "ON", desk.rejoin)
        self.pause_intake(her, paused=False)
        if desk.state == "OFFLINE":
            self.sign_in(her)
        if desk.state == "IDLE":
            self.join(her)
        self.agree()
        if not desk.waiting:
            self.happen(desk, "buy", self.available.index(max(self.available)))

    def happen(self, desk: Desk, step: str, viewer: int) -> None:
        """One thing, where it can happen now; then all must be as the lists say."""
        deed = {**self.in_her_time(desk), **self.among_people(desk, viewer)}.get(step)
        if deed is not None:
            deed()
            self.agree()

    def in_her_time(self, desk: Desk) -> dict[str, Callable[[], None]]:
        """What time and her line do to her."""
        can = {
            "return": lambda: self.come_back(desk.number),
            "drop the rope": lambda: self.be_strict("rope_drop"),
            "booked time": lambda: self.reach_end(desk),
            "must start": lambda: self.miss(desk),
            "never start": lambda: self.never_start(desk),
            "sweep": self.sweep,
            "absence": lambda: self.be_strict("absence"),
            "keep_place": lambda: self.be_strict("keep_place"),
            "viewer_absence": lambda: self.be_strict("viewer_absence"),
        }
        if self.pool:
            can["in vain"] = lambda: self.end_time(self.pool[0])
        if desk.present:
            can["leave"] = lambda: self.part(desk)
        if desk.running is not None:
            item = desk.running
            can["deadline"] = lambda: self.end_time(item)
            can["return in time"] = lambda: self.return_in_time(desk, item)
            can["others"] = lambda: self.keep_waiting(desk)
        return can

    def never_start(self, desk: Desk) -> None:
        """Warned, and then it is too late: what she was asked for goes to the next one, if it was for anybody."""
        for _ in ("warned", "missed"):
            if desk.armed is not None:
                self.miss(desk)
                self.sweep()
                self.agree()

    def return_in_time(self, desk: Desk, item: Item) -> None:
        """Back just before her time to come back is over; the sweep comes after it."""
        if not desk.present:
            self.return_unseen(desk)
            self.agree()
        self.end_time(item)

    def keep_waiting(self, desk: Desk) -> None:
        """What waits behind her performance waits too long, which the next sweep works off: only this."""
        if not desk.waiting:
            self.happen(desk, "buy", self.available.index(max(self.available)))
        if desk.waiting:
            self.end_time(desk.waiting[0])
            self.sweep()

    def among_people(self, desk: Desk, viewer: int) -> dict[str, Callable[[], None]]:
        """What people do with her."""
        her = desk.number
        can: dict[str, Callable[[], None]] = {
            "buy": lambda: self.buy(viewer, her, viewer + 5, needed=viewer == 0),
            "ask": lambda: self.ask_whoever_is_next(viewer, viewer + 5),
            "cancel": lambda: self.cancel(viewer, 1),
            "leave the line": lambda: self.leave(her),
            "vanish": lambda: self.vanish(her),
            "switch": lambda: self.switch(her, "ON" if desk.mode == "OFF" else "OFF", desk.rejoin),
            "rejoin": lambda: self.switch(her, desk.mode, not desk.rejoin),
            "join": lambda: self.join(her),
        }
        if desk.running is not None:
            can["finish"] = lambda: self.finish_hers(desk, viewer or None)
            can["abandon"] = lambda: self.abandon_hers(desk)
        if desk.waiting:
            can["start"] = lambda: self.start_at(desk, 0)
            can["refund"] = lambda: self.refund_by_staff(viewer)
        if len(desk.waiting) > 1:
            can["start another"] = lambda: self.start_at(desk, 1)
            can["requeue"] = lambda: self.requeue_hers(desk)
        return can
