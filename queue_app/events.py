"""What the world hears of the queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event, publish
from modelstate.events import announce as announce_step
from notices.events import announce as announce_notices
from queue_app import queries
from queue_app.queries import pool_places
from queue_app.states import Status
from wallet.events import balance_changed

THIRD = "queue.item.third_position_notice"
POSITION_UPDATED = "queue.position.updated"

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
class PerformanceStarted(Event):
    """An item began to run."""

    name: ClassVar[str] = "model.performance.started"
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
class PerformanceEnded(PerformanceStarted):
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
class PerformancePaused(PerformanceStarted):
    """She is gone: the timer of what she performs stands still."""

    name: ClassVar[str] = "model.performance.paused"

    def data(self) -> Facts:
        """Since when, and where the timer stands."""
        told = ("pausedAt", "remainingSeconds")
        return {**super().data(), **{name: self.item[name] for name in told}}


@dataclass(frozen=True, kw_only=True)
class PerformanceResumed(PerformanceStarted):
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


def announce_enqueued(result: Facts) -> None:
    """Announce what `queue_app_enqueue` answered; the hold's balance is announced by who placed it."""
    if result.get("replayed"):
        return
    item = result["item"]
    if "queue" in result:
        publish(QueueUpdated(snapshot=result["queue"]))
    publish(_moved(item, "created", version=1))
    announce_taken(result.get("taken") or [])
    if item["passThroughMode"]:
        publish(_moved(item, "finished"))
        _announce_money(result["wallet"])
    announce_told(result)


def announce_started(result: Facts) -> None:
    """Announce what `queue_app_start` answered."""
    publish(PerformanceStarted(item=result["item"]))
    publish(_moved(result["item"], "started"))
    _announce_queue(result)
    announce_told(result)


def announce_closed(result: Facts) -> None:
    """Announce what an end of an item answered: an abandoned one is refunded in the same breath, both are told."""
    announce_ended(result["item"], result["wallet"])
    if result["queue"] is None:
        _announce_places(result["pool"])
    else:
        _announce_queue(result)
    announce_taken(result["taken"])
    announce_told(result)


def announce_paused(item: Facts) -> None:
    """Announce that a running item stands still."""
    publish(PerformancePaused(item=item))
    publish(_moved(item, "paused"))


def announce_resumed(item: Facts) -> None:
    """Announce that a paused item runs again."""
    publish(PerformanceResumed(item=item))
    publish(_runs_on(item))


def announce_ended(item: Facts, money: Facts) -> None:
    """Announce the end of an item and where its tokens went: an abandoned one is refunded in the same breath."""
    if item["startedAt"]:
        publish(PerformanceEnded(item=item))
    if item["abandonedAt"]:
        publish(_moved(item, "abandoned", version=item["version"] - 1))
    publish(_moved(item, item["status"]))
    _announce_money(money)


def announce_swept(result: Facts) -> None:
    """Announce what `queue_app_sweep` did for one performer, or `queue_app_sweep_pool` for nobody's items."""
    for thing in result["done"]:
        match thing["what"]:
            case "pause":
                announce_paused(thing["item"])
            case "resume":
                announce_resumed(thing["item"])
            case "warn":
                publish(_runs_on(thing["item"]))
            case "handed_on":
                publish(_placed(thing["item"]))
                announce_taken(thing["taken"])
            case "closed":
                announce_ended(thing["item"], thing["wallet"])
    if "queue" in result:
        _announce_queue(result)
    elif any(thing["what"] == "closed" for thing in result["done"]):
        _announce_places(pool_places())
    announce_told(result)


def announce_told(result: Facts) -> None:
    """Announce the notices that a step wrote; whoever became third hears it of his item too."""
    told = result.get("notices") or []
    announce_notices(told)
    for notice in told:
        if notice and notice["key"] == THIRD and not notice.get("again"):
            publish(
                ItemMoved(
                    item_id=notice["itemId"],
                    viewer_id=notice["owner"],
                    what="third_position_notice",
                    template_key=THIRD,
                    position=notice["position"],
                    wait_seconds=notice["waitSeconds"],
                )
            )


def announce_reversed(result: Facts) -> None:
    """Announce what `queue_app_reverse` answered: two wallets moved, the item stays where it was."""
    balance_changed(result["wallet"]["viewer_id"], result["wallet"]["version"])
    balance_changed(result["wallet"]["performer_id"])
    announce_notices(result.get("notices") or [])


def announce_requeued(result: Facts) -> None:
    """Announce what `queue_app_requeue` answered: one item went to the end, the others moved up."""
    item = result["item"]
    publish(
        ItemMoved(
            item_id=item["id"],
            viewer_id=item["userId"],
            what="position",
            template_key="queue.position.updated",
            version=item["version"],
            position=item["position"],
            wait_seconds=item["estimatedWaitSeconds"],
        )
    )
    _announce_queue(result)
    announce_told(result)


def announce_touched(result: Facts) -> None:
    """Announce a step of the queue's version that moved no item, what its performer was given after it, and notices."""
    publish(QueueUpdated(snapshot=result["queue"]))
    announce_taken(result["taken"])
    announce_told(result)


def announce_intake(performer_id: UUID) -> None:
    """Announce to her room that what is bought there comes in otherwise."""
    publish(IntakeChanged(performer_id=performer_id))


def announce_taken(taken: list[Facts]) -> None:
    """Announce items that were given to performers: to her, to its viewer, and to those who still wait for anybody."""
    for given in taken:
        publish(QueueUpdated(snapshot=given["queue"]))
        publish(_placed(given["item"]))
        announce_told(given)
    if taken:
        _announce_places(taken[-1]["pool"])


def announce_line(behind: list[Facts]) -> None:
    """Tell those behind a freed place that they have moved up."""
    for snapshot in behind:
        publish(QueueUpdated(snapshot=snapshot, is_hint=True))


def _announce_queue(result: Facts) -> None:
    for step in result["steps"]:
        announce_step(step)
        if "behind" not in result:
            announce_line(queries.behind(step["freedTicket"]))
    announce_line(result.get("behind", []))
    publish(QueueUpdated(snapshot=result["queue"]))
    _announce_places(result["queue"]["waiting"])


def _announce_places(places: list[Facts]) -> None:
    for place in places:
        publish(
            ItemMoved(
                item_id=place["itemId"],
                viewer_id=place["viewerId"],
                what="position",
                template_key=POSITION_UPDATED,
                position=place["position"],
                wait_seconds=place["waitSeconds"],
            )
        )


def _runs_on(item: Facts) -> ItemMoved:
    """It is started as before, its time is another: nothing to tell anybody in words."""
    return replace(_moved(item, "started"), template_key="")


def _placed(item: Facts) -> ItemMoved:
    return replace(_moved(item, "position"), template_key=POSITION_UPDATED)


def _announce_money(money: Facts) -> None:
    balance_changed(money["viewer_id"], money["version"])
    if money["settled"]:
        balance_changed(money["performer_id"])


def _moved(item: Facts, what: str, version: int | None = None) -> ItemMoved:
    return ItemMoved(
        item_id=item["id"],
        viewer_id=item["userId"],
        what=what,
        template_key=_TEMPLATES.get(item["refundReason"], f"queue.item.{what}"),
        version=version or item["version"],
        position=item["position"],
        wait_seconds=item["estimatedWaitSeconds"],
    )


def message_of(item: Facts) -> tuple[str, Facts]:
    """The key of what an item's last step is told by, and its variables; as `queue_app_tell` has them."""
    ended_early = item["status"] == "refunded" and (item["abandonedAt"] or item["startedAt"])
    step = "abandoned" if ended_early else item["status"]
    facts = {"title": item["title"], "tokens": item["tokens"], "reason": item["refundReason"] or ""}
    facts |= {"settled": item["settledTokens"], "refunded": item["refundedTokens"]}
    facts |= {"started": item["startedAt"] is not None}
    return _TEMPLATES.get(item["refundReason"], f"queue.item.{step}"), facts


_TEMPLATES = {"user_cancelled": "queue.item.cancelled", "partial_performance": "queue.item.partial"}
