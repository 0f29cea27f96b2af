"""The menu's registry: every section, category and item, in the order they are shown.

Ids, labels, icons and actions of S0's appendix and samples are kept as they are; other items carry their table
name in kebab-case. What stands in two of S0's lists (View Balance and `view-balance`, Help Center and `help`) is
one item. Rules are their owners': see menus/definitions.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from accounts.permissions import Permission
from menus.captions import position_caption
from menus.definitions import STAFF, Category, MenuItem, Section
from menus.policies import check_payout_minimum, check_somebody_waits
from modelstate.states import LINE_STATES, STREAMING_STATES, Event, State, StateRule

SIGNED_ON = StateRule(frozenset(State) - {State.OFFLINE})
WHILE_STREAMING = StateRule(STREAMING_STATES)
IN_LINE = StateRule(LINE_STATES)

STREAMING = "streaming"
ADMIN = "admin"

SECTIONS: tuple[Section, ...] = (
    Section(STREAMING, "Streaming", "video", 1, flag="section.streaming", movable=False),
    Section("queue", "Queue", "list", 2, flag="section.queue"),
    Section("financial", "Financial", "wallet", 3, flag="section.financial"),
    Section("settings", "Settings", "settings", 4, flag="section.settings"),
    Section("support", "Support", "help", 5, flag="section.support", hideable=False),
    Section("navigation", "Navigation", "home", 6, movable=False, hideable=False),
    Section(ADMIN, "Administration", "shield", 7, role=STAFF, movable=False, hideable=False),
)

CATEGORIES: tuple[Category, ...] = (
    Category("stream-control", "Start/Stop Streaming", STREAMING),
    Category("broadcast", "Broadcast Settings", STREAMING),
    Category("camera-audio", "Camera & Audio Controls", STREAMING),
    Category("performance-mode", "Performance Mode Toggle", STREAMING),
    Category("queue-view", "View Queue", "queue"),
    Category("join-leave", "Join/Leave Queue", "queue"),
    Category("queue-status", "Queue Position Status", "queue"),
    Category("performance-settings", "Performance Settings", "queue"),
    Category("wallet-balance", "Wallet Balance", "financial"),
    Category("earnings-summary", "Earnings Summary", "financial"),
    Category("payout-requests", "Payout Requests", "financial"),
    Category("promotion-settings", "Promotion Settings", "financial"),
    Category("profile", "Profile Settings", "settings"),
    Category("mood-configuration", "Mood Configuration", "settings"),
    Category("notification-settings", "Notification Preferences", "settings"),
    Category("schedule", "Schedule Management", "settings"),
    Category("customization", "Menu & Shortcuts", "settings"),
    Category("help-center", "Help Center", "support"),
    Category("contact", "Contact Support", "support"),
    Category("status", "System Status", "support"),
    Category("tutorials", "Tutorials", "support"),
    Category("home", "Home", "navigation"),
    Category("account", "Account", "navigation"),
    Category("administration", "Administration", ADMIN),
)

STREAMING_ITEMS: tuple[MenuItem, ...] = (
    MenuItem(
        "start-stream", "Start Stream", "video", "stream-control", "startStream",
        event=Event.START_STREAM, permission=Permission.STREAM, shortcut="alt+shift+s",
    ),
    MenuItem(
        "stop-stream", "Stop Stream", "video-off", "stream-control", "stopStream",
        event=Event.STOP_STREAM, permission=Permission.STREAM, shortcut="alt+shift+s",
    ),
    MenuItem("broadcast-settings", "Settings", "sliders", "broadcast", "openSettings"),
    MenuItem("adjust-camera", "Adjust Camera", "camera", "camera-audio", "adjustCamera", during=WHILE_STREAMING),
    MenuItem("adjust-audio", "Adjust Audio", "mic", "camera-audio", "adjustAudio", during=WHILE_STREAMING),
    MenuItem(
        "performance-mode", "Performance Mode", "zap", "performance-mode", "togglePerformanceMode", during=SIGNED_ON
    ),
)  # fmt: skip

QUEUE_ITEMS: tuple[MenuItem, ...] = (
    MenuItem(
        "view-queue", "View Queue", "users", "queue-view", "viewQueue",
        during=SIGNED_ON, permission=Permission.READ_QUEUE, shortcut="g q",
    ),
    MenuItem(
        "next-performance", "Next Performance", "ticket", "queue-view", "viewNextPerformance",
        during=IN_LINE, permission=Permission.READ_QUEUE,
    ),
    MenuItem(
        "performance-history", "Performance History", "history", "queue-view", "viewPerformanceHistory",
        permission=Permission.READ_QUEUE,
    ),
    MenuItem(
        "join-queue", "Join Queue", "list", "join-leave", "joinQueue",
        event=Event.JOIN_QUEUE, permission=Permission.JOIN_QUEUE, shortcut="alt+shift+q",
    ),
    MenuItem(
        "leave-queue", "Leave Queue", "x", "join-leave", "leaveQueue",
        event=Event.LEAVE_QUEUE, permission=Permission.LEAVE_QUEUE, shortcut="alt+shift+q",
    ),
    MenuItem(
        "queue-position", "Position", "activity", "queue-status", None,
        during=IN_LINE, permission=Permission.READ_QUEUE, caption=position_caption,
    ),
    MenuItem(
        "start-next", "Start Next Performance", "play", "performance-settings", "startNext",
        event=Event.PERFORMANCE_STARTED, permission=Permission.READ_QUEUE, shortcut="alt+shift+n",
        policies=(check_somebody_waits,),
    ),
    MenuItem(
        "finish-performance", "Complete Performance", "check", "performance-settings", "finishPerformance",
        event=Event.PERFORMANCE_ENDED, permission=Permission.READ_QUEUE, shortcut="alt+shift+c",
    ),
    MenuItem(
        "abandon-performance", "End Performance Early", "ban", "performance-settings", "abandonPerformance",
        event=Event.PERFORMANCE_ENDED, permission=Permission.READ_QUEUE,
    ),
    MenuItem(
        "performance-settings", "Performance Settings", "settings", "performance-settings", "openPerformanceSettings",
        during=SIGNED_ON,
    ),
)  # fmt: skip

FINANCIAL_ITEMS: tuple[MenuItem, ...] = (
    MenuItem(
        "view-balance", "Balance", "wallet", "wallet-balance", "viewBalance",
        permission=Permission.READ_WALLET, shortcut="alt+shift+b",
    ),
    MenuItem(
        "transaction-history", "Transaction History", "history", "wallet-balance", "viewTransactions",
        permission=Permission.READ_TRANSACTIONS, shortcut="g w",
    ),
    MenuItem(
        "earnings-today", "Earnings Today", "trending-up", "earnings-summary", "viewEarnings",
        permission=Permission.READ_WALLET,
    ),
    MenuItem(
        "request-payout", "Request Payout", "dollar", "payout-requests", "requestPayout",
        during=SIGNED_ON, permission=Permission.REQUEST_PAYOUT, feature="payouts", policies=(check_payout_minimum,),
    ),
    MenuItem(
        "promotion-manager", "Promotion Manager", "tag", "promotion-settings", "managePromotions",
        during=SIGNED_ON, permission=Permission.MANAGE_PROMOTIONS, feature="promotions",
    ),
)  # fmt: skip

SETTINGS_ITEMS: tuple[MenuItem, ...] = (
    MenuItem("profile-settings", "Profile Settings", "user", "profile", "openProfile"),
    MenuItem(
        "set-mood", "Set Mood", "emoji", "mood-configuration", "setMood",
        during=WHILE_STREAMING, permission=Permission.UPDATE_MOOD, feature="mood", shortcut="alt+shift+m",
    ),
    MenuItem(
        "quick-responses", "Quick Responses", "message", "mood-configuration", "openQuickResponses",
        during=WHILE_STREAMING, permission=Permission.UPDATE_MOOD, feature="mood",
    ),
    MenuItem(
        "engagement-tools", "Engagement Tools", "gamepad", "mood-configuration", "openEngagementTools",
        during=WHILE_STREAMING, feature="engagement",
    ),
    MenuItem(
        "notification-preferences", "Notification Preferences", "bell", "notification-settings",
        "openNotificationPreferences",
    ),
    MenuItem("schedule-management", "Schedule Management", "calendar", "schedule", "openSchedule", feature="schedule"),
    MenuItem("menu-settings", "Menu Settings", "menu", "customization", "openMenuSettings", shortcut="g s"),
)  # fmt: skip

SUPPORT_ITEMS: tuple[MenuItem, ...] = (
    MenuItem("help", "Help", "question", "help-center", "openHelp"),
    MenuItem("contact-support", "Contact Support", "mail", "contact", "contactSupport"),
    MenuItem("system-status", "System Status", "activity", "status", "viewSystemStatus"),
    MenuItem("tutorials", "Tutorials", "book", "tutorials", "openTutorials"),
)

NAVIGATION_ITEMS: tuple[MenuItem, ...] = (
    MenuItem("dashboard", "Dashboard", "home", "home", "navigateDashboard", shortcut="g h"),
    MenuItem("notification-center", "Notification Center", "bell", "home", "openNotifications", feature="notices"),
    MenuItem("logout", "Logout", "log-out", "account", "logout"),
)

ADMIN_ITEMS: tuple[MenuItem, ...] = (
    MenuItem("admin-console", "Administration", "shield", "administration", "openAdmin", role=STAFF),
    MenuItem("admin-menus", "Menus", "menu", "administration", "openMenuAdmin", role=STAFF),
    MenuItem("admin-audit", "Audit Log", "book", "administration", "openAuditLog", role=STAFF),
)

ITEMS: tuple[MenuItem, ...] = (
    *STREAMING_ITEMS,
    *QUEUE_ITEMS,
    *FINANCIAL_ITEMS,
    *SETTINGS_ITEMS,
    *SUPPORT_ITEMS,
    *NAVIGATION_ITEMS,
    *ADMIN_ITEMS,
)

BY_ID: Mapping[str, MenuItem] = {item.id: item for item in ITEMS}
SECTION_BY_ID: Mapping[str, Section] = {section.id: section for section in SECTIONS}
SECTION_OF: Mapping[str, str] = {category.id: category.section for category in CATEGORIES}
ACTIONS: frozenset[str] = frozenset(item.action for item in ITEMS if item.action)

#: Of these pairs only one makes sense at a time, so both may answer to one key.
TWINS: frozenset[frozenset[str]] = frozenset(
    {frozenset({"startStream", "stopStream"}), frozenset({"joinQueue", "leaveQueue"})}
)

#: What a performer most likely wants next, by state; her pins come before these.
SUGGESTED: Mapping[State, tuple[str, ...]] = {
    State.OFFLINE: ("dashboard", "performance-history", "help"),
    State.IDLE: ("start-stream", "join-queue", "view-balance", "broadcast-settings"),
    State.STREAMING: ("stop-stream", "join-queue", "set-mood", "adjust-camera", "view-balance"),
    State.IN_QUEUE: ("start-next", "leave-queue", "view-queue", "next-performance"),
    State.STREAM_IN_QUEUE: ("start-next", "leave-queue", "set-mood", "stop-stream", "view-queue"),
    State.PERFORMING: ("finish-performance", "abandon-performance", "view-queue"),
    State.STREAM_PERFORMING: ("finish-performance", "abandon-performance", "set-mood", "adjust-audio", "view-queue"),
}

#: The cards a performer may choose for her desk.
WIDGETS: Mapping[str, str] = {
    "performance": "Current performance",
    "queue": "Queue",
    "wallet": "Wallet",
    "quick-actions": "Quick actions",
}
