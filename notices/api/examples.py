"""Examples for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from notices.registry import MESSAGES, Audience

NOTICE: dict[str, Any] = {
    "id": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77",
    "templateKey": "queue.item.finished",
    "severity": "success",
    "text": "“A song of your choice” is completed. Tokens paid: 300.",
    "language": "en",
    "variables": {
        "itemId": "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e70",
        "title": "A song of your choice",
        "tokens": 300,
        "settled": 300,
        "refunded": 0,
        "reason": "",
    },
    "createdAt": "2026-03-01T18:30:02.000917Z",
    "readAt": None,
}
NOTICES = OpenApiExample(
    "One that is not read yet",
    value={"results": [NOTICE], "next": None, "previous": None, "unread": 1},
    response_only=True,
)
READ = OpenApiExample("Read", value={**NOTICE, "readAt": "2026-03-01T18:31:40.120031Z"}, response_only=True)
NONE_LEFT = OpenApiExample("Nothing left", value={"unread": 0}, response_only=True)
WISHES = OpenApiExample(
    "In Spanish, without a word on each start",
    value={
        "language": "es",
        "keys": {
            m.key: m.on and m.key != "queue.item.started" for m in MESSAGES.values() if m.audience != Audience.ROOM
        },
    },
    response_only=True,
)
CHANGE = OpenApiExample(
    "Switch one key off", value={"language": "es", "keys": {"queue.item.started": False}}, request_only=True
)
