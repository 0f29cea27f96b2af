"""Fixtures of the wallet's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import events
from tests.support.threads import connections_for
from tests.wallet.support import assert_ledger_holds


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The frames that went out, with their rooms, in order."""
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "send_now", lambda rooms, frame: frames.append({**frame, "rooms": rooms}))
    return frames


@pytest.fixture
def many_connections(database_clone: str) -> Iterator[str]:
    """A clone that forty threads can be in at once; afterwards the ledger must hold and nobody was in a deadlock."""
    with connections_for(40):
        yield database_clone
        assert_ledger_holds()
