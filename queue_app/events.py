"""When the world hears of the queue: after the commit of each step, from what its function answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from core.events import publish
from modelstate.events import announce as announce_step
from notices.events import announce as announce_notices
from queue_app import queries
from queue_app.frames import (
    IntakeChanged,
    ItemMoved,
    PerformanceEnded,
    PerformancePaused,
    PerformanceResumed,
    PerformanceStarted,
    QueueUpdated,
)
from queue_app.messages import POSITION_UPDATED, THIRD, key_of
from wallet.events import balance_changed

Facts = dict[str, Any]


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
    publish(PerformanceStarted(item=result["item"]), _moved(result["item"], "started"))
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
    publish(PerformancePaused(item=item), _moved(item, "paused"))


def announce_resumed(item: Facts) -> None:
    """Announce that a paused item runs again."""
    publish(PerformanceResumed(item=item), _runs_on(item))


def announce_ended(item: Facts, money: Facts) -> None:
    """Announce the end of an item and where its tokens went: an abandoned one is refunded in the same breath."""
    performed = [PerformanceEnded(item=item)] if item["startedAt"] else []
    abandoned = [_moved(item, "abandoned", version=item["version"] - 1)] if item["abandonedAt"] else []
    publish(*performed, *abandoned, _moved(item, item["status"]))
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
        _announce_places(queries.pool_places())
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
    publish(_placed(result["item"]))
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
        publish(QueueUpdated(snapshot=given["queue"]), _placed(given["item"]))
        announce_told(given)
    if taken:
        _announce_places(taken[-1]["pool"])


def announce_line(behind: list[Facts]) -> None:
    """Tell those behind a freed place that they have moved up."""
    publish(*(QueueUpdated(snapshot=snapshot, is_hint=True) for snapshot in behind))


def _announce_queue(result: Facts) -> None:
    for step in result["steps"]:
        announce_step(step)
        if "behind" not in result:
            announce_line(queries.behind(step["freedTicket"]))
    announce_line(result.get("behind", []))
    publish(QueueUpdated(snapshot=result["queue"]))
    _announce_places(result["queue"]["waiting"])


def _announce_places(places: list[Facts]) -> None:
    publish(
        *(
            ItemMoved(
                item_id=place["itemId"],
                viewer_id=place["viewerId"],
                what="position",
                template_key=POSITION_UPDATED,
                position=place["position"],
                wait_seconds=place["waitSeconds"],
            )
            for place in places
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
        template_key=key_of(item, what),
        version=version or item["version"],
        position=item["position"],
        wait_seconds=item["estimatedWaitSeconds"],
    )
