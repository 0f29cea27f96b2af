"""Every address of the product, and what each person gets there.

Columns: nobody, other viewer, other performer, studio manager, staff, performer, viewer. The ids in braces belong to
`performer` and `viewer`: for the strangers they are foreign, and foreign is 404. 403 means that the role or the
permission is missing. Requests carry the bodies of BODIES, a key where K stands, and come when the performers are
where the last word says. The admin has a table of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.contract.world import ACTORS

#      path, its owners' ids in braces                                    -  o.v  o.p  man stff perf view  key, given
TABLE = """
POST   /api/v1/auth/token                                                200  200  200  200  200  200  200
POST   /api/v1/auth/token/refresh                                        401  401  401  401  401  401  401
POST   /api/v1/auth/logout                                               401  204  204  204  204  204  204
POST   /api/v1/auth/ws-ticket                                            401  200  200  200  200  200  200
GET    /api/v1/me                                                        401  200  200  200  200  200  200
GET    /api/v1/model/state                                               401  403  200  403  403  200  403
POST   /api/v1/model/presence                                            401  200  200  403  403  200  200
POST   /api/v1/model/stream/start                                        401  403  200  403  403  200  403  K
POST   /api/v1/model/stream/stop                                         401  403  200  403  403  200  403  K streaming
GET    /api/v1/model/broadcast-settings                                  401  403  200  403  403  200  403
PUT    /api/v1/model/broadcast-settings                                  401  403  200  403  403  200  403
GET    /api/v1/model/menu                                                401  403  200  403  403  200  403
GET    /api/v1/model/menu/preferences                                    401  403  200  403  403  200  403
PUT    /api/v1/model/menu/preferences                                    401  403  200  403  403  200  403
POST   /api/v1/model/menu/preferences/reset                              401  403  200  403  403  200  403
GET    /api/v1/wallet/balance                                            401  200  200  403  200  200  200
GET    /api/v1/wallet/transactions                                       401  200  200  403  200  200  200
GET    /api/v1/slot-machine/limits                                       401  200  403  403  403  403  200
PUT    /api/v1/slot-machine/limits                                       401  200  403  403  403  403  200
POST   /api/v1/slot-machine/self-exclusion                               401  200  403  403  403  403  200
GET    /api/v1/wallet/transactions.csv                                   401  200  200  403  200  200  200
GET    /api/v1/wallet/holds/{hold}/trace                                 401  404  404  403  200  200  200
GET    /api/v1/wallet/earnings                                           401  403  200  403  403  200  403
GET    /api/v1/admin/accounts/{performer}/past?at=2026-01-01T00:00:00Z   401  403  403  403  200  403  403
GET    /api/v1/wallet/payouts                                            401  403  200  403  403  200  403
POST   /api/v1/wallet/payouts                                            401  403  403  403  403  200  403  K
GET    /api/v1/wallet/payouts/{payout}                                   401  403  404  403  403  200  403
GET    /api/v1/wallet/verification                                       401  403  200  403  403  200  403
POST   /api/v1/wallet/verification                                       401  403  200  403  403  409  403
POST   /api/v1/wallet/credits                                            401  403  403  403  200  403  403  K
GET    /api/v1/performer/{performer}/menus                               401  404  404  200  200  200  404
POST   /api/v1/performer/{performer}/menus                               401  404  404  404  201  201  404
GET    /api/v1/performer/{performer}/menus/{menu}                        401  404  404  200  200  200  404
PUT    /api/v1/performer/{performer}/menus/{menu}                        401  404  404  404  200  200  404
PATCH  /api/v1/performer/{performer}/menus/{menu}                        401  404  404  404  200  200  404
DELETE /api/v1/performer/{performer}/menus/{menu}?reason=ticket-1        401  404  404  404  204  204  404
POST   /api/v1/performer/{performer}/menus/{menu}/duplicate              401  404  404  404  201  201  404
GET    /api/v1/performer/{performer}/menus/{menu}/items                  401  404  404  200  200  200  404
POST   /api/v1/performer/{performer}/menus/{menu}/items                  401  404  404  404  201  201  404
GET    /api/v1/performer/{performer}/menus/{menu}/items/{dance}          401  404  404  200  200  200  404
PUT    /api/v1/performer/{performer}/menus/{menu}/items/{dance}          401  404  404  404  200  200  404
PATCH  /api/v1/performer/{performer}/menus/{menu}/items/{dance}          401  404  404  404  200  200  404
DELETE /api/v1/performer/{performer}/menus/{menu}/items/{dance}?reason=ticket-1  401  404  404  404  204  204  404
GET    /api/v1/public/performers                                         401  200  200  200  200  200  200
GET    /api/v1/public/performers/{performer}/menu                        401  200  200  200  200  200  200
POST   /api/v1/public/menu-items/{dance}/purchase                        401  200  403  403  403  403  200  K
GET    /api/v1/queue                                                     401  403  200  403  403  200  403
POST   /api/v1/queue/join                                                401  403  200  403  403  200  403  K
POST   /api/v1/queue/leave                                               401  403  200  403  403  200  403  K in-line
GET    /api/v1/queue/settings                                            401  403  200  403  403  200  403
PUT    /api/v1/queue/settings                                            401  403  200  403  403  200  403
GET    /api/v1/queue/history                                             401  200  200  200  200  200  200
GET    /api/v1/queue/items/{queue_item}                                  401  404  404  404  200  200  200
GET    /api/v1/queue/items/{queue_item}/position                         401  404  404  404  200  200  200
GET    /api/v1/queue/items/{queue_item}/settlement-preview               401  403  404  403  200  200  403  running
POST   /api/v1/queue/requests                                            401  200  403  403  403  403  200  K
POST   /api/v1/queue/items/{queue_item}/start                            401  403  404  403  200  200  403  K in-line
POST   /api/v1/queue/items/{queue_item}/finish                           401  403  404  403  200  200  403  K running
POST   /api/v1/queue/items/{queue_item}/abandon                          401  403  404  403  200  200  403  K running
POST   /api/v1/queue/items/{queue_item}/refund                           401  403  404  403  200  200  403  K
POST   /api/v1/queue/items/{queue_item}/cancel                           401  404  403  403  403  403  200  K
GET    /api/v1/notifications                                             401  200  200  200  200  200  200
POST   /api/v1/notifications/{notice}/read                               401  404  404  404  404  200  404
POST   /api/v1/notifications/read-all                                    401  200  200  200  200  200  200
GET    /api/v1/notifications/preferences                                 401  200  200  200  200  200  200
PUT    /api/v1/notifications/preferences                                 401  200  200  200  200  200  200
GET    /api/schema/                                                      401  200  200  200  200  200  200
GET    /api/docs/                                                        401  200  200  200  200  200  200
GET    /healthz                                                          200  200  200  200  200  200  200
GET    /readyz                                                           200  200  200  200  200  200  200
GET    /metrics                                                          200  200  200  200  200  200  200
GET    /problems/not-found/                                              200  200  200  200  200  200  200
POST   /csp-report/                                                      204  204  204  204  204  204  204
POST   /webhooks/loyalty/                                                403  403  403  403  403  403  403
GET    /login/                                                           200  302  302  302  302  302  302
POST   /login/                                                           302  302  302  302  302  302  302
POST   /logout/                                                          302  302  302  302  302  302  302
GET    /password/                                                        302  200  200  200  200  200  200
POST   /password/                                                        302  422  422  422  422  422  422
GET    /                                                                 302  302  200  302  302  200  302
GET    /queue/                                                           302  403  200  403  403  200  403
GET    /queue/history/                                                   302  403  200  403  403  200  403
GET    /stream/                                                          302  403  200  403  403  200  403
POST   /stream/                                                          302  403  200  403  403  200  403
GET    /wallet/                                                          302  200  200  403  200  200  200
GET    /wallet/transactions/                                             302  200  200  403  200  200  200
GET    /wallet/trace/{hold}/                                             302  404  404  403  200  200  200
GET    /settings/menu/                                                   302  403  200  403  403  200  403
POST   /settings/menu/                                                   302  403  200  403  403  200  403
GET    /settings/profile/                                                302  200  200  200  200  200  200
GET    /notifications/                                                   302  200  200  200  200  200  200
GET    /settings/notifications/                                          302  200  200  200  200  200  200
POST   /settings/notifications/                                          302  200  200  200  200  200  200
GET    /rooms/                                                           302  200  403  403  403  403  200
GET    /rooms/{performer}/                                               302  200  403  403  403  403  200
GET    /my/limits/                                                       302  200  403  403  403  403  200
GET    /my/queue/                                                        302  200  403  403  403  403  200
GET    /my/history/                                                      302  200  403  403  403  403  200
GET    /studio/                                                          302  403  403  200  403  403  403
GET    /studio/{performer}/                                              302  403  403  200  403  403  403
GET    /staff/                                                           302  403  403  403  200  403  403
GET    /staff/past/                                                      302  403  403  403  200  403  403
GET    /help/                                                            302  200  200  200  200  200  200
GET    /status/                                                          200  200  200  200  200  200  200
GET    /f/menu/                                                          302  403  200  403  403  200  403
GET    /f/quick/                                                         302  403  200  403  403  200  403
GET    /f/pill/                                                          302  403  200  403  403  200  403
GET    /f/stage/                                                         302  403  200  403  403  200  403
GET    /f/queue/                                                         302  403  200  403  403  200  403
GET    /f/wallet/                                                        302  200  200  403  200  200  200
GET    /f/earnings/                                                      302  403  200  403  403  200  403
GET    /f/balance/                                                       302  200  200  403  200  200  200
GET    /f/payouts/                                                       302  403  200  403  403  200  403
GET    /f/bell/                                                          302  200  200  200  200  200  200
GET    /f/notices/                                                       302  200  200  200  200  200  200
GET    /f/notices/{notice}/                                              302  404  404  404  404  204  404
POST   /f/notices/{notice}/read/                                         302  404  404  404  404  200  404
POST   /f/notices/read-all/                                              302  200  200  200  200  200  200
GET    /f/my-items/                                                      302  200  403  403  403  403  200
GET    /f/next/                                                          302  200  403  403  403  403  200
GET    /f/queue/partial/                                                 302  403  200  403  403  200  403
GET    /f/rooms/{performer}/                                             302  200  403  403  403  403  200
POST   /f/rooms/next/                                                    302  200  403  403  403  403  200  K
POST   /f/stream/start/                                                  302  403  200  403  403  200  403  K
POST   /f/stream/stop/                                                   302  403  200  403  403  200  403  K streaming
POST   /f/queue/join/                                                    302  403  200  403  403  200  403  K
POST   /f/queue/leave/                                                   302  403  200  403  403  200  403  K in-line
POST   /f/queue/start-next/                                              302  403  404  403  403  200  403  K in-line
POST   /f/queue/finish/                                                  302  403  404  403  403  200  403  K running
POST   /f/queue/abandon/                                                 302  403  404  403  403  200  403  K running
POST   /f/queue/settings/                                                302  403  200  403  403  200  403
POST   /f/queue/items/{queue_item}/decline/                              302  403  404  403  403  200  403  K
POST   /f/my/limits/                                                     302  200  403  403  403  403  200  K
POST   /f/my/self-exclusion/                                             302  200  403  403  403  403  200  K
POST   /f/my/items/{queue_item}/cancel/                                  302  404  403  403  403  403  200  K
POST   /f/rooms/{performer}/buy/{dance}/                                 302  200  403  403  403  403  200  K
POST   /f/wallet/payouts/                                                302  403  403  403  403  200  403  K
POST   /f/wallet/verification/                                           302  403  200  403  403  409  403  K
POST   /f/menu/reset/                                                    302  403  200  403  403  200  403
POST   /f/theme/                                                         302  204  204  204  204  204  204
POST   /f/sign-out/                                                      302  200  200  200  200  200  200
"""

REASON = {"reason": "asked for by the performer, ticket 1"}
MENU = {"name": "More songs", "type": "purchasable", "visibility": "public", **REASON}
ITEM = {"name": "Third song", "price": 30, "durationSeconds": 60, **REASON}
CREDENTIALS = {"username": "contract-signer", "password": "correct horse battery staple"}
BROADCAST = {"title": "Tonight", "quality": "720p", "privacy": "public", "camera": "front", "microphone": "desk"}

# What is sent, by row; nothing where a row is not named. Pages send forms, the API JSON.
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/auth/token": CREDENTIALS,
    "POST /api/v1/auth/token/refresh": {"refresh": "not-a-token"},
    "PUT /api/v1/model/broadcast-settings": BROADCAST,
    "PUT /api/v1/model/menu/preferences": {"quickActions": ["start-stream"]},
    "POST /api/v1/performer/{performer}/menus": MENU,
    "PUT /api/v1/performer/{performer}/menus/{menu}": MENU,
    "PATCH /api/v1/performer/{performer}/menus/{menu}": {"name": "Old songs", **REASON},
    "POST /api/v1/performer/{performer}/menus/{menu}/duplicate": REASON,
    "POST /api/v1/performer/{performer}/menus/{menu}/items": ITEM,
    "PUT /api/v1/performer/{performer}/menus/{menu}/items/{dance}": ITEM,
    "PATCH /api/v1/performer/{performer}/menus/{menu}/items/{dance}": {"price": 40, **REASON},
    "POST /api/v1/public/menu-items/{dance}/purchase": {"note": "slowly"},
    "POST /f/my/limits/": {"daily": "500", "weekly": ""},
    "POST /f/my/self-exclusion/": {"days": "30", "typed": "EXCLUDE"},
    "PUT /api/v1/slot-machine/limits": {"daily": 500, "weekly": None},
    "POST /api/v1/slot-machine/self-exclusion": {"days": 30},
    "PUT /api/v1/queue/settings": {"autoRejoin": True},
    "POST /api/v1/queue/requests": {"tokens": 10, "title": "A song", "durationSeconds": 60},
    "POST /api/v1/wallet/payouts": {"amount": 1000},
    "POST /api/v1/wallet/credits": {"viewerId": "{viewer}", "tokens": 10, "externalId": "contract-payment"},
    "POST /f/wallet/payouts/": {"amount": "1000"},
    "POST /api/v1/queue/items/{queue_item}/finish": {"settled": 60, "refunded": 40},
    "POST /api/v1/queue/items/{queue_item}/abandon": {"reason": "technical_error"},
    "POST /api/v1/queue/items/{queue_item}/refund": {"reason": "technical_error"},
    "PUT /api/v1/notifications/preferences": {"language": "es", "keys": {"queue.item.started": False}},
    "POST /csp-report/": {"csp-report": {"effective-directive": "script-src"}},
    "POST /login/": CREDENTIALS,
    "POST /stream/": BROADCAST,
    "POST /settings/notifications/": {"shown": "queue.item.started", "language": "es"},
    "POST /settings/menu/": {"version": "0", "section": "streaming", "show": "queue"},
    "POST /f/queue/settings/": {"mode": "ON"},
    "POST /f/rooms/next/": {"tokens": "10", "title": "A song", "durationSeconds": "60"},
    "POST /f/theme/": {"theme": "dark"},
}

# Addresses that take no cookie for who they are asked by, and so need no CSRF token.
WITHOUT_CSRF = {
    "POST /api/v1/auth/token",
    "POST /api/v1/auth/token/refresh",
    "POST /csp-report/",
    "POST /webhooks/loyalty/",
}


@dataclass(frozen=True)
class Route:
    """One row."""

    method: str
    path: str
    expected: dict[str, int]
    keyed: bool
    given: str

    @property
    def name(self) -> str:
        """`POST /login/`."""
        return f"{self.method} {self.path}"

    @property
    def plain_path(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        return BODIES.get(self.name, {})

    @property
    def is_json(self) -> bool:
        """Whether the body goes as JSON."""
        return self.path.startswith(("/api/", "/webhooks/")) or self.path == "/csp-report/"

    @property
    def is_unsafe(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"

    @property
    def who(self) -> str | None:
        """Somebody signed in for whom it works, an owner first; None where nobody is let in at all."""
        works = [actor for actor in reversed(ACTORS[1:]) if self.expected[actor] < 300]
        return works[0] if works else None


def _row(line: str) -> Route:
    method, path, *rest = line.split()
    numbers, words = rest[: len(ACTORS)], rest[len(ACTORS) :]
    given = next((word for word in words if word != "K"), "")
    return Route(method, path, dict(zip(ACTORS, map(int, numbers), strict=True)), "K" in words, given)


ROUTES = [_row(line) for line in TABLE.strip().splitlines()]
