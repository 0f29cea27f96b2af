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
ALL = {
    **CHOSEN,
    "hiddenSections": [],
    "customWidgets": ["performance", "queue", "wallet", "quick-actions"],
    "notifications": {"joinQueue": True},
}
PREFERENCES = OpenApiExample("all of them", value=ALL, response_only=True)
PREFERENCES_CHANGE = OpenApiExample("three keys", value=CHOSEN, request_only=True)
PREFERENCES_SAVED = OpenApiExample("saved", value={"success": True, "preferences": ALL}, response_only=True)
ID = "01934b6a-7c1e-7d30-8a53-3f0c2f6b9e10"
ITEM = {
    "name": "Your song",
    "description": "",
    "price": 120,
    "durationSeconds": 240,
    "active": True,
    "maxDailyPurchases": 3,
}
ITEM_SHOWN = {
    "id": ID,
    "menuId": ID,
    **ITEM,
    "ordering": 1,
    "createdAt": "2026-01-02T15:00:00Z",
    "updatedAt": "2026-01-02T15:00:00Z",
}
MENU_WRITTEN = {"name": "Friday", "description": "Just for tonight", "type": "purchasable", "published": True}
MENU_SHOWN = {
    "id": ID,
    "performerId": ID,
    **MENU_WRITTEN,
    "visibility": "public",
    "active": True,
    "ordering": 1,
    "guestIds": [],
    "items": [ITEM_SHOWN],
    "createdAt": "2026-01-02T15:00:00Z",
    "updatedAt": "2026-01-02T15:00:00Z",
}
PUBLIC_ITEM = {
    "id": ID,
    "menuId": ID,
    "menuName": "Friday",
    "name": "Your song",
    "description": "",
    "price": 120,
    "basePrice": 120,
    "durationSeconds": 240,
}
PUBLIC_PERFORMER = {"id": ID, "stageName": "Vera", "streaming": True, "available": True}


def sent(name: str, value: object) -> OpenApiExample:
    """An example of a request's body."""
    return OpenApiExample(name, value=value, request_only=True)


def answered(name: str, value: object, *, status: str = "200") -> OpenApiExample:
    """An example of an answer's body."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


MENU_INPUT = sent("a menu", MENU_WRITTEN)
MENU_CHANGE = sent("off sale", {"published": False})
MENU_ANSWER = answered("a menu with one item", MENU_SHOWN)
MENU_CREATED = answered("a menu with one item", MENU_SHOWN, status="201")
MENUS_ANSWER = answered("one menu", {"results": [MENU_SHOWN]})
ITEM_INPUT = sent("a song", ITEM)
ITEM_CHANGE = sent("a new price", {"price": 150})
ITEM_ANSWER = answered("a song", ITEM_SHOWN)
ITEM_CREATED = answered("a song", ITEM_SHOWN, status="201")
ITEMS_ANSWER = answered("one item", {"results": [ITEM_SHOWN]})
REASON_INPUT = sent("by staff", {"reason": "Asked for in ticket 812"})
PUBLIC_PERFORMERS = answered("one performer", {"results": [PUBLIC_PERFORMER], "next": None, "previous": None})
PUBLIC_MENU = answered("one item", {"performerId": ID, "items": [PUBLIC_ITEM]})
PURCHASE_INPUT = sent("a word to her", {"note": "The one from Friday, please"})
PURCHASE = answered(
    "bought",
    {
        "purchaseId": ID,
        "holdId": ID,
        "queueItem": {"id": ID, "status": "created", "position": 3, "tokens": 120, "title": "Your song"},
        "price": 120,
        "balance": {"available": 880, "escrow": 120},
    },
)
