"""The limits in time, in seconds: each a variable of the environment, its default the product's decision."""

from __future__ import annotations

from config.env import Env

DAY = 24 * 3600

#: kind of lease → (variable, default); see presence/states.py
LEASES = {
    "socket": ("PRESENCE_SOCKET_SECONDS", 8),
    "poll": ("PRESENCE_POLL_SECONDS", 25),
    "bearer": ("PRESENCE_BEARER_SECONDS", 120),
    "chat": ("PRESENCE_CHAT_SECONDS", 1800),
}
#: limit → (variable, default); see queue_app/states.py
QUEUE = {
    "start": ("START_SECONDS", 120),
    "start_warning": ("START_WARNING_SECONDS", 60),
    "rope_drop": ("ROPE_DROP_SECONDS", 5),
    "return": ("RETURN_SECONDS", 120),
    "absence": ("ABSENCE_SECONDS", 120),
    "keep_place": ("KEEP_PLACE_SECONDS", 900),
    "lifetime": ("ITEM_LIFETIME_SECONDS", 1800),
    "viewer_absence": ("VIEWER_ABSENCE_SECONDS", 60),
    "maximum": ("MAX_PERFORMANCE_SECONDS", 3600),
    "retry": ("REFUND_RETRY_SECONDS", 60),
}


def presence_seconds(env: Env) -> dict[str, int]:
    """How long a sign of life counts, by its kind."""
    return _read(env, LEASES)


def queue_limits(env: Env) -> dict[str, int]:
    """The limits that the sweeper works off."""
    return _read(env, QUEUE)


def _read(env: Env, known: dict[str, tuple[str, int]]) -> dict[str, int]:
    return {name: env.number(variable, default, least=1, most=DAY) for name, (variable, default) in known.items()}
