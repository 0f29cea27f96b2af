"""What a socket says first: how things stand, and the version of each thing it will speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from accounts.queries import performer
from core.hub import Frame
from menus.queries.menu import preferences_of
from modelstate.queries import StateView, get_state
from modelstate.states import STREAMING_STATES, State
from payouts.queries import open_versions
from queue_app.queries import open_items_of, paused_intakes, queue_of
from wallet.queries import balance_of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The hello's content."""

    of: str
    data: dict[str, Any]
    versions: dict[str, int]

    def frame(self) -> Frame:
        """The hello frame."""
        return {
            "event": "hello",
            "of": self.of,
            "data": self.data,
            "version": None,
            "versions": self.versions,
            "serverTime": server_time(),
        }


def server_time() -> str:
    """Now, for timers in the browser."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def of_performer(performer_id: UUID) -> Snapshot:
    """Her state as `GET /model/state` tells it, and the depth of her queue."""
    state, queue = get_state(performer_id), queue_of(performer_id)
    versions = {
        f"state:{performer_id}": state.version,
        f"queue:{performer_id}": queue.version,
        f"preferences:{performer_id}": preferences_of(performer_id).version,
        **{f"payout:{number}": version for number, version in open_versions(performer_id).items()},
    }
    return Snapshot(f"state:{performer_id}", {**_state_data(state), "depth": queue.depth}, versions)


def of_viewer(viewer_id: UUID) -> Snapshot:
    """His tokens and the items that wait or run for him."""
    balance, items = balance_of(viewer_id), open_items_of(viewer_id)
    data = {
        "ownerId": str(viewer_id),
        "available": balance.available,
        "escrow": balance.escrow,
        "items": [{"itemId": str(item.id), "status": item.status, "position": item.position} for item in items],
    }
    versions = {f"wallet:{viewer_id}": balance.version} | {f"item:{item.id}": item.version for item in items}
    return Snapshot(f"wallet:{viewer_id}", data, versions)


def of_room(performer_id: UUID) -> Snapshot:
    """Whether she can be bought from now."""
    state = get_state(performer_id).state
    data = {
        "performerId": str(performer_id),
        "available": state != State.OFFLINE and not paused_intakes([performer_id]),
        "streaming": state in STREAMING_STATES,
    }
    return Snapshot(f"room:{performer_id}", data, {})


def room_exists(performer_id: UUID) -> bool:
    """Whether there is such a performer."""
    return performer(performer_id) is not None


def _state_data(view: StateView) -> dict[str, Any]:
    work = view.current_performance
    return {
        "modelId": str(view.performer_id),
        "state": view.state.value,
        "streaming": view.streaming,
        "inQueue": view.in_queue,
        "performing": view.performing,
        "queuePosition": view.queue_position,
        "currentPerformance": work
        and {
            "id": str(work.id),
            "title": work.title,
            "tokens": work.tokens,
            "startedAt": _instant(work.started_at),
            "durationSeconds": work.duration_seconds,
            "endsAt": work.ends_at and _instant(work.ends_at),
            "pausedAt": work.paused_at and _instant(work.paused_at),
            "remainingSeconds": work.remaining_seconds,
        },
        "lastStateChange": view.last_state_change and _instant(view.last_state_change),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
