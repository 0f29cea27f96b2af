"""Fixtures of the state machine's tests."""

from __future__ import annotations

from typing import Any

import pytest

from core import events


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The frames that went out, in order."""
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: frames.append(frame))
    return frames
