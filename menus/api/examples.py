"""Examples of the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

START = {
    "id": "start-stream",
    "label": "Start Stream",
    "icon": "video",
    "action": "startStream",
    "enabled": True,
    "visible": True,
    "badge": None,
    "reason": None,
    "availableIn": ["IDLE"],
    "shortcut": "alt+shift+s",
    "category": "stream-control",
    "href": None,
    "newTab": False,
}
MENU = OpenApiExample(
    "a menu, shortened",
    value={
        "sections": [{"id": "streaming", "label": "Streaming", "icon": "video", "order": 1, "items": [START]}],
        "quickActions": [{name: START[name] for name in ("id", "label", "icon", "action", "shortcut")}],
        "version": 3,
        "preferencesVersion": 1,
    },
    response_only=True,
)
CHOSEN = {
    "quickActions": ["start-stream", "join-queue", "view-balance"],
    "sectionOrder": ["streaming", "queue", "financial", "settings"],
    "keyboardShortcuts": {"startStream": "ctrl+shift+s", "joinQueue": "ctrl+shift+q"},
}
PREFERENCES = OpenApiExample("three keys", value=CHOSEN)
PREFERENCES_SAVED = OpenApiExample(
    "saved",
    value={
        "success": True,
        "preferences": {
            **CHOSEN,
            "hiddenSections": [],
            "customWidgets": ["performance", "queue", "wallet", "quick-actions"],
            "notifications": {"joinQueue": True},
        },
    },
    response_only=True,
)
ID = "01934b6a-7c1e-7d30-8a53-3f0c2f6b9e10"
MENU_INPUT = OpenApiExample(
    "a menu", value={"name": "Friday", "description": "Just for tonight", "type": "purchasable", "published": True},
    request_only=True,
)  # fmt: skip
ITEM_INPUT = OpenApiExample(
    "a song", value={"name": "Your song", "price": 120, "durationSeconds": 240, "maxDailyPurchases": 3},
    request_only=True,
)  # fmt: skip
PUBLIC_MENU = OpenApiExample(
    "one item",
    value={
        "performerId": ID,
        "items": [
            {
                "id": ID,
                "menuId": ID,
                "menuName": "Friday",
                "name": "Your song",
                "description": "",
                "price": 120,
                "basePrice": 120,
                "durationSeconds": 240,
            }
        ],
    },
    response_only=True,
)
PURCHASE = OpenApiExample(
    "bought",
    value={
        "purchaseId": ID,
        "holdId": ID,
        "queueItem": {"id": ID, "status": "created", "position": 3, "tokens": 120, "title": "Your song"},
        "price": 120,
        "balance": {"available": 880, "escrow": 120},
    },
    response_only=True,
)
