"""Examples for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

ASKED_FOR = {"requestId": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77", "status": "requested"}
SENT: dict[str, Any] = {
    **ASKED_FOR,
    "status": "sent",
    "amount": 2500,
    "rate": "0.050000",
    "currency": "USD",
    "version": 3,
    "createdAt": "2026-03-01T18:20:11.482113Z",
    "endedAt": None,
    "steps": [
        {"status": "requested", "at": "2026-03-01T18:20:11.482113Z"},
        {"status": "approved", "at": "2026-03-02T09:02:40.100712Z"},
        {"status": "sent", "at": "2026-03-02T15:30:00.004120Z"},
    ],
}

PAYOUT_INPUT = OpenApiExample("Half of what she earned", value={"amount": 2500}, request_only=True)
PAYOUT_ANSWER = OpenApiExample("Asked for", value=ASKED_FOR, response_only=True)
PAYOUT = OpenApiExample("On its way", value=SENT, response_only=True)
PAYOUTS = OpenApiExample(
    "One on its way", value={"results": [SENT], "next": None, "previous": None}, response_only=True
)
VERIFICATION = OpenApiExample(
    "Staff are looking at it",
    value={"verified": False, "status": "pending", "askedAt": "2026-03-01T18:20:11.482113Z", "decidedAt": None},
    response_only=True,
)
CREDIT_INPUT = OpenApiExample(
    "A payment",
    value={"viewerId": "01952f1c-0000-7c0a-8f4e-3d2b1a0c9e02", "tokens": 500, "externalId": "pay_8812"},
    request_only=True,
)
CREDIT = OpenApiExample(
    "Credited",
    value={
        "transferId": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e78",
        "balance": {"available": 700, "escrow": 300},
    },
    response_only=True,
)
