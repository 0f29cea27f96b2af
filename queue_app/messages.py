"""Which message tells of an item's step; `notices.registry` has them all."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

THIRD = "queue.item.third_position_notice"
POSITION_UPDATED = "queue.position.updated"
_TEMPLATES = {"user_cancelled": "queue.item.cancelled", "partial_performance": "queue.item.partial"}


def key_of(item: Facts, step: str) -> str:
    """The message's key: why the tokens went back may say more than the step."""
    return _TEMPLATES.get(item["refundReason"], f"queue.item.{step}")


def message_of(item: Facts) -> tuple[str, Facts]:
    """The key of what an item's last step is told by, and its variables; as `queue_app_tell` has them."""
    ended_early = item["status"] == "refunded" and (item["abandonedAt"] or item["startedAt"])
    step = "abandoned" if ended_early else item["status"]
    facts = {"title": item["title"], "tokens": item["tokens"], "reason": item["refundReason"] or ""}
    facts |= {"settled": item["settledTokens"], "refunded": item["refundedTokens"]}
    facts |= {"started": item["startedAt"] is not None}
    return key_of(item, step), facts
