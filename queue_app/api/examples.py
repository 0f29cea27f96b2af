"""Examples for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

ITEM: dict[str, Any] = {
    "id": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77",
    "idempotencyKey": "performer_menu:01952f1c-6f1b-7e42-8d3c-2b1a0f9e8d7c:enqueue",
    "sourceFeature": "performer_menu",
    "sourceEventId": "01952f1c-6f1b-7e42-8d3c-2b1a0f9e8d7c",
    "performerId": "01952f1c-0000-7c0a-8f4e-3d2b1a0c9e01",
    "userId": "01952f1c-0000-7c0a-8f4e-3d2b1a0c9e02",
    "escrowTransactionId": "01952f1c-6f1d-7a51-9b0c-5f6e7d8c9b10",
    "tokens": 300,
    "title": "A song of your choice",
    "description": "",
    "durationSeconds": 300,
    "metadata": {},
    "note": "",
    "status": "created",
    "position": 1,
    "estimatedWaitSeconds": 0,
    "passThroughMode": False,
    "nextAvailable": False,
    "createdAt": "2026-03-01T18:20:11.482113Z",
    "startedAt": None,
    "endsAt": None,
    "pausedAt": None,
    "remainingSeconds": None,
    "finishedAt": None,
    "abandonedAt": None,
    "refundedAt": None,
    "reversedAt": None,
    "settled": False,
    "settledAt": None,
    "settlementTransactionId": None,
    "refundReason": None,
    "settledTokens": 0,
    "refundedTokens": 0,
    "version": 1,
}
STARTED_ITEM = {
    **ITEM, "status": "started", "position": 0, "startedAt": "2026-03-01T18:25:00.120031Z",
    "endsAt": "2026-03-01T18:30:00.120031Z", "version": 2,
}  # fmt: skip
FINISHED_ITEM = {
    **STARTED_ITEM,
    "status": "finished",
    "endsAt": None,
    "position": None,
    "estimatedWaitSeconds": None,
    "finishedAt": "2026-03-01T18:30:02.000917Z",
    "settled": True,
    "settledAt": "2026-03-01T18:30:02.000917Z",
    "settlementTransactionId": "01952f25-1f1d-7a51-9b0c-5f6e7d8c9b11",
    "settledTokens": 300,
    "version": 3,
}
REFUNDED_ITEM = {
    **STARTED_ITEM,
    "status": "refunded",
    "endsAt": None,
    "position": None,
    "estimatedWaitSeconds": None,
    "abandonedAt": "2026-03-01T18:27:41.550200Z",
    "refundedAt": "2026-03-01T18:27:41.550200Z",
    "reversedAt": None,
    "refundReason": "technical_error",
    "refundedTokens": 300,
    "version": 4,
}


def _answer(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


def _settlement(settled: int, refunded: int, reason: str | None) -> dict[str, object]:
    transfer = "01952f25-1f1d-7a51-9b0c-5f6e7d8c9b11"
    return {"transferId": transfer, "settled": settled, "refunded": refunded, "reason": reason}


WAITING = _answer("an item that waits", ITEM)
STARTED = _answer("started", {"item": STARTED_ITEM, "settlement": None})
FINISHED = _answer("finished and paid", {"item": FINISHED_ITEM, "settlement": _settlement(300, 0, None)})
REFUNDED = _answer("given back", {"item": REFUNDED_ITEM, "settlement": _settlement(0, 300, "technical_error")})
PARTIAL = OpenApiExample("half of it", value={"settled": 150, "refunded": 150}, request_only=True)
REASON = OpenApiExample("the microphone broke", value={"reason": "technical_error"}, request_only=True)
QUEUE = _answer("one item waits", {"results": [ITEM], "next": None, "previous": None, "depth": 1, "version": 17})
HISTORY = _answer("one finished item", {"results": [FINISHED_ITEM], "next": None, "previous": None})
PLACE = _answer(
    "third in the queue",
    {
        "itemId": ITEM["id"],
        "performerId": ITEM["performerId"],
        "position": 3,
        "totalInQueue": 7,
        "estimatedWaitSeconds": 420,
        "status": "created",
    },
)
JOINED = _answer("joined", {"newState": "IN_QUEUE", "queuePosition": 5, "estimatedWaitTime": 240})
LEFT = _answer("left", {"newState": "IDLE", "queuePosition": None, "estimatedWaitTime": None})
SETTINGS = OpenApiExample("as the house has it", value={"mode": "ON", "autoRejoin": False, "acceptsSlots": False})
REQUEST = OpenApiExample(
    "a song by anybody",
    value={"tokens": 150, "title": "A song of your choice", "durationSeconds": 240},
    request_only=True,
)
UNASSIGNED = _answer(
    "nobody has taken it yet",
    {**ITEM, "performerId": None, "sourceFeature": "next_available", "nextAvailable": True, "tokens": 150},
)
_PAID = {
    "kind": "settle",
    "fromAccount": "escrow",
    "toAccount": "earned",
    "toOwner": ITEM["performerId"],
    "tokens": 300,
}
_BACK = {**_PAID, "kind": "refund", "toAccount": "available", "toOwner": ITEM["userId"]}
PREVIEW = _answer("paid, or given back", {"finish": [_PAID], "abandon": [_BACK]})
