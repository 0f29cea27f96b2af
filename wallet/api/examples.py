"""Examples of the wallet's answers."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

AT = "2026-03-01T18:20:11.482113Z"
HOLD = "01952f1c-6f1d-7a51-9b0c-5f6e7d8c9b10"
ITEM = "01952f1c-6f1f-7b20-a1c2-3d4e5f607182"
VIEWER = "01952f1c-0000-7a51-9b0c-5f6e7d8c0001"
PERFORMER = "01952f1c-0000-7a51-9b0c-5f6e7d8c0002"

BALANCE = OpenApiExample(
    "A viewer's wallet",
    value={
        "available": 700,
        "escrow": 300,
        "earned": 0,
        "payoutPending": 0,
        "owed": 0,
        "verified": False,
        "asOf": AT,
        "version": 12,
    },
    response_only=True,
)
TRANSACTIONS = OpenApiExample(
    "Tokens held for a performance",
    value={
        "results": [
            {
                "id": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77",
                "kind": "hold",
                "tokens": 300,
                "change": 0,
                "from": "available",
                "to": "escrow",
                "direction": "within",
                "counterparty": None,
                "holdId": HOLD,
                "queueItemId": ITEM,
                "groupId": "01952f1c-6f1b-7e42-8d3c-2b1a0f9e8d7c",
                "reason": "",
                "createdAt": AT,
            }
        ],
        "next": None,
        "previous": None,
    },
    response_only=True,
)
STATEMENT = OpenApiExample(
    "A statement with one line",
    value=(
        "at,kind,what,direction,tokens,change,from,to,counterparty,hold,queue_item,group,reason,balance_after,id\r\n"
        f"{AT},fund,Tokens credited,in,1000,1000,,available,house,,,01952f1c-6f1b-7e42-8d3c-2b1a0f9e8d7c,,1000,"
        "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77\r\n"
    ),
    response_only=True,
    media_type="text/csv",
)
TRACE = OpenApiExample(
    "Performed and paid",
    value={
        "holdId": HOLD,
        "viewerId": VIEWER,
        "performerId": PERFORMER,
        "queueItemId": ITEM,
        "title": "A song",
        "state": "settled",
        "tokens": 300,
        "settled": 300,
        "refunded": 0,
        "reversed": 0,
        "createdAt": AT,
        "expiresAt": None,
        "resolvedAt": "2026-03-01T18:31:02.000418Z",
        "steps": [
            {
                "at": AT,
                "part": "wallet",
                "event": "hold",
                "tokens": 300,
                "from": "available",
                "to": "escrow",
                "by": None,
                "reason": "",
            },
            {
                "at": "2026-03-01T18:20:11.484007Z",
                "part": "queue",
                "event": "enqueue",
                "tokens": None,
                "from": "",
                "to": "created",
                "by": "viewer",
                "reason": "",
            },
            {
                "at": "2026-03-01T18:31:02.000418Z",
                "part": "wallet",
                "event": "settle",
                "tokens": 300,
                "from": "escrow",
                "to": "earned",
                "by": None,
                "reason": "",
            },
        ],
    },
    response_only=True,
)
