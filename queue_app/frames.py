"""The events of the queue as they go on the wire; `events` says when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event
from queue_app.states import Status

Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class QueueUpdated(Event):
    """A performer's queue, or her place in the line, has changed."""

    name: ClassVar[str] = "model.queue.updated"
    snapshot: Facts
    is_hint: bool = False

    @property
    def of(self) -> str:
        """The thing that changed."""
        return f"queue:{self.snapshot['performer']}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """All devices of the performer."""
        return (f"model:{self.snapshot['performer']}",)

    @property
    def thing_version(self) -> int | None:
        """The queue's version; none where only others in the line have moved."""
        return None if self.is_hint else int(self.snapshot["version"])

    def data(self) -> Facts:
        """S0's payload with the depth."""
        told = ("inQueue", "position", "estimatedWaitTime", "nextPerformance", "depth")
        return {"modelId": self.snapshot["performer"], **{name: self.snapshot[name] for name in told}}


@dataclass(frozen=True, kw_only=True)
class IntakeChanged(Event):
    """What is bought from a performer comes in otherwise than before, or not at all: her room looks again."""

    name: ClassVar[str] = "model.intake.changed"
    performer_id: UUID

    @property
    def of(self) -> str:
        """Her intake."""
        return f"intake:{self.performer_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """Everybody in her room; her own devices hear of her queue."""
        return (f"room:{self.performer_id}",)

    def data(self) -> Facts:
        """Ids; no version: it is a hint to look again."""
        return {"modelId": str(self.performer_id), "version": None}


@dataclass(frozen=True, kw_only=True)
class Performance(Event):
    """Something about the item that a performer performs."""

    item: Facts

    @property
    def of(self) -> str:
        """The thing that changed."""
        return f"item:{self.item['id']}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """All devices of the performer."""
        return (f"model:{self.item['performerId']}",)

    @property
    def thing_version(self) -> int:
        """The item's version."""
        return int(self.item["version"])

    def data(self) -> Facts:
        """S0's payload."""
        return {
            "modelId": self.item["performerId"],
            "performanceId": self.item["id"],
            "type": self.item["sourceFeature"],
            "duration": self.item["durationSeconds"],
            "tokens": self.item["tokens"],
            "startTime": self.item["startedAt"],
        }


@dataclass(frozen=True, kw_only=True)
class PerformanceStarted(Performance):
    """An item began to run."""

    name: ClassVar[str] = "model.performance.started"


@dataclass(frozen=True, kw_only=True)
class PerformanceEnded(Performance):
    """A running item has ended, one way or another."""

    name: ClassVar[str] = "model.performance.ended"

    def data(self) -> Facts:
        """How it ended, and where the tokens went."""
        return {
            **super().data(),
            "outcome": Status.ABANDONED.value if self.item["abandonedAt"] else self.item["status"],
            "settled": self.item["settledTokens"],
            "refunded": self.item["refundedTokens"],
        }


@dataclass(frozen=True, kw_only=True)
class PerformancePaused(Performance):
    """She is gone: the timer of what she performs stands still."""

    name: ClassVar[str] = "model.performance.paused"

    def data(self) -> Facts:
        """Since when, and where the timer stands."""
        told = ("pausedAt", "remainingSeconds")
        return {**super().data(), **{name: self.item[name] for name in told}}


@dataclass(frozen=True, kw_only=True)
class PerformanceResumed(Performance):
    """She is back: the timer goes on with the time that was left."""

    name: ClassVar[str] = "model.performance.resumed"

    def data(self) -> Facts:
        """When the booked time is over now."""
        return {**super().data(), "endsAt": self.item["endsAt"]}


@dataclass(frozen=True, kw_only=True)
class ItemMoved(Event):
    """Something about a viewer's item: `queue.item.created`, `.position`, `.started` and so on."""

    name: ClassVar[str] = "queue.item"
    item_id: str
    viewer_id: str
    what: str
    template_key: str
    version: int | None = None
    position: int | None = None
    wait_seconds: int | None = None

    @property
    def of(self) -> str:
        """The thing that changed."""
        return f"item:{self.item_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """All devices of the viewer."""
        return (f"viewer:{self.viewer_id}",)

    @property
    def thing_version(self) -> int | None:
        """The item's version; none for a position, which follows from other items."""
        return self.version

    def frame(self) -> Facts:
        """The socket frame under the event's full name."""
        return {**super().frame(), "event": f"{self.name}.{self.what}"}

    def data(self) -> Facts:
        """The item, its place where it has one, and the key of the words to show where there are any."""
        facts: Facts = {"itemId": self.item_id}
        if self.template_key:
            facts["templateKey"] = self.template_key
        if self.position is not None:
            facts |= {"position": self.position, "estimatedWaitSeconds": self.wait_seconds}
        return facts
