"""What the model of the queues keeps in plain lists: items with their whole history, desks, what people were told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

_numbers = count(1)
#: So many of one viewer's requests for whoever is next may wait, as the product has decided.
SHARE = 5
#: (place of the viewer or the performer, key, item)
Told = tuple[str, int, str, UUID | None]


@dataclass(eq=False)
class Item:
    """What the model knows of an item.

    `due`: its time is over, since the step `due_at`. `overtime`: its booked time is, `ends_at` then says when;
    `at_maximum`: the end comes next. `in_time`: its time to come back was over when she was there again. `stood_still`:
    by all its pauses that are over; `paused_at` is when the present one began.
    """

    id: UUID
    viewer: int
    tokens: int
    desk: int | None
    anybodys: bool = False
    handed_on: bool = False
    needs_viewer: bool = False
    due: bool = False
    due_at: int = 0
    in_time: bool = False
    paused: bool = False
    paused_at: datetime | None = None
    stood_still: timedelta = timedelta(0)
    overtime: bool = False
    at_maximum: bool = False
    ends_at: datetime | None = None
    settled: int | None = None
    steps: list[str] = field(default_factory=lambda: ["enqueue"])
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(eq=False)
class Desk:
    """What the model knows of a performer. `armed`: the item that she must start, by `start_by` where that was seen.

    `away_at`: the step since which she is not `present`.
    """

    state: str
    number: int
    mode: str = "ON"
    rejoin: bool = False
    intake_paused: bool = False
    waiting: list[Item] = field(default_factory=list)
    running: Item | None = None
    earned: int = 0
    present: bool = False
    away_at: int = 0
    armed: Item | None = None
    start_by: datetime | None = None
    start_due: bool = False
    warned: bool = False

    def rearm(self) -> None:
        """Another item at the head, or a place in the line gained or lost: she has all of her time again."""
        head = self.waiting[0] if self.state == "LINE" and self.waiting else None
        if head is not self.armed:
            self.armed, self.start_by, self.start_due, self.warned = head, None, False, False

    @property
    def may_take(self) -> bool:
        """Who is in the line with nothing of her own waiting takes what waits for whoever is next."""
        return self.state == "LINE" and self.mode == "ON" and not self.intake_paused and not self.waiting

    @property
    def depth(self) -> int:
        """How many wait or run."""
        return len(self.waiting) + bool(self.running)


class Lists:
    """Everything that the model says, and how it says it. What really is, is compared with it after each step."""

    def begin(self, desks: int, viewers: int, tokens: int) -> None:
        """Performers in the line, viewers with so much each, nothing bought."""
        self.desks = [Desk("LINE", place) for place in range(desks)]
        self.line = list(self.desks)
        self.pool: list[Item] = []
        self.available = [tokens] * viewers
        self.loose: list[tuple[int, int, bool]] = []
        self.ended: list[Item] = []
        self.told: Counter[Told] = Counter()

    def move(self, desk: Desk, state: str) -> None:
        """Another state; the last in the line, or out of it."""
        desk.state = state
        if state == "LINE" and desk not in self.line:
            self.line.append(desk)
        elif state != "LINE" and desk in self.line:
            self.line.remove(desk)

    def one_of(self, her: int, desks: list[Desk]) -> Desk:
        """One of those whom it concerns: few steps are wasted."""
        return desks[her % len(desks)]

    def all_waiting(self) -> list[Item]:
        """Everything that has not been started."""
        return [*self.pool, *(item for desk in self.desks for item in desk.waiting)]

    def share_is_taken(self, viewer: int) -> bool:
        """Whether five of his requests for whoever is next have not been started, taken by somebody or not."""
        return sum(item.anybodys and item.viewer == viewer for item in self.all_waiting()) >= SHARE

    def all_items(self) -> list[Item]:
        """Everything there is and was."""
        return [*self.all_waiting(), *(desk.running for desk in self.desks if desk.running), *self.ended]

    def escrow(self, viewer: int) -> int:
        """What is set aside of his."""
        open_items = (item for item in self.all_items() if item.settled is None and item.viewer == viewer)
        return sum(item.tokens for item in open_items) + sum(hold[1] for hold in self.loose if hold[0] == viewer)

    # --- ends

    def give_back(self, item: Item, steps: list[str], told: str, by: str = "") -> None:
        """It ends with all its tokens back, whether it waited or ran."""
        for line in (self.pool, *(desk.waiting for desk in self.desks)):
            if item in line:
                line.remove(item)
        for desk in self.desks:
            if desk.running is item:
                desk.running = None
        self.available[item.viewer] += item.tokens
        self.close(item, 0, steps, told, by)

    def pay(self, desk: Desk, item: Item, tokens: int, step: str, by: str) -> None:
        """Hers, the rest his."""
        desk.earned += tokens
        self.available[item.viewer] += item.tokens - tokens
        self.close(item, tokens, [step], "partial" if tokens < item.tokens else "finished", by)

    def close(self, item: Item, settled: int, steps: list[str], told: str, by: str) -> None:
        """Its last steps, and who hears of them: her and him, but not who did it himself."""
        item.settled, item.paused, item.due = settled, False, False
        item.steps += steps
        self.ended.append(item)
        self.tell(item, told, by)

    def tell(self, item: Item, step: str, by: str = "") -> None:
        """Both sides, each once for this cause."""
        if by != "viewer":
            self.tell_one("viewer", item.viewer, f"queue.item.{step}", item)
        if by != "performer" and item.desk is not None:
            self.tell_one("performer", item.desk, f"queue.item.{step}", item)

    def tell_one(self, side: str, who: int, key: str, item: Item | None, *, again: bool = False) -> None:
        """One person; once for a cause, or each time where each time is a cause of its own."""
        told = (side, who, key, item.id if item else None)
        self.told[told] = self.told[told] + 1 if again else 1

    def tell_thirds(self) -> None:
        """Whoever is third in a queue was told so, once in its item's life."""
        for desk in self.desks:
            for item in desk.waiting[2:3]:
                self.tell_one("viewer", item.viewer, "queue.item.third_position_notice", item)
