"""Where the actions of the menu lead: each names a page, or a form that is posted. The rules stay with the menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Route:
    """A page (`posts` False) or a post. `confirm` is the question asked before what cannot be undone.

    What is about an item names it when it is pressed (`about_running`: the running one, `about_head`: the one that is
    next), so that a page that is behind starts or ends no other one.
    """

    name: str
    anchor: str = ""
    posts: bool = False
    confirm: str = ""
    detail: str = ""
    optimistic: str = ""
    about_running: bool = False
    about_head: bool = False
    path: str = ""

    @property
    def address(self) -> str:
        """Its address on this site; empty where it leads nowhere."""
        if self.path or not self.name:
            return self.path
        return reverse(self.name) + (f"#{self.anchor}" if self.anchor else "")


@dataclass(frozen=True, slots=True)
class Subjects:
    """The items that actions are about: what she performs, and what stands first in her queue."""

    running: UUID | None = None
    head: UUID | None = None

    def of(self, route: Route) -> UUID | None:
        """The one that this action names."""
        if route.about_running:
            return self.running
        return self.head if route.about_head else None


NOTHING = Subjects()

ABANDON = Route(
    "abandon-performance",
    posts=True,
    confirm="End this performance early?",
    detail="The viewer gets every token back and you earn nothing for it. This cannot be undone.",
    about_running=True,
)

ROUTES: Mapping[str, Route] = {
    "startStream": Route("start-stream", posts=True, optimistic="Starting…"),
    "stopStream": Route("stop-stream", posts=True, optimistic="Stopping…"),
    "joinQueue": Route("join-queue", posts=True, optimistic="Joining…"),
    "leaveQueue": Route("leave-queue", posts=True, optimistic="Leaving…"),
    "startNext": Route("start-next", posts=True, about_head=True),
    "finishPerformance": Route("finish-performance", posts=True, about_running=True),
    "abandonPerformance": ABANDON,
    "openSettings": Route("stream-settings"),
    "adjustCamera": Route("stream-settings", "camera"),
    "adjustAudio": Route("stream-settings", "microphone"),
    "togglePerformanceMode": Route("queue", "queue-settings"),
    "openPerformanceSettings": Route("queue", "queue-settings"),
    "viewQueue": Route("queue"),
    "viewNextPerformance": Route("queue", "queue"),
    "viewPerformanceHistory": Route("queue-history"),
    "viewBalance": Route("wallet"),
    "viewEarnings": Route("wallet", "earnings"),
    "viewTransactions": Route("transactions"),
    "requestPayout": Route("wallet", "payouts"),
    "openProfile": Route("profile"),
    "openNotificationPreferences": Route("notice-settings"),
    "openNotifications": Route("notices"),
    "openMenuSettings": Route("menu-settings"),
    "openHelp": Route("help"),
    "openTutorials": Route("help", "tutorials"),
    "contactSupport": Route("help", "contact"),
    "viewSystemStatus": Route("status"),
    "navigateDashboard": Route("desk"),
    "logout": Route("sign-out-here", posts=True),
    "openAdmin": Route("admin:index"),
    "openMenuAdmin": Route("admin:menus_stafflink_changelist"),
    "openAuditLog": Route("admin:audit_auditentry_changelist"),
}
