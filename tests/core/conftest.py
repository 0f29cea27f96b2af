"""Fixtures of the ground floor's tests."""

from __future__ import annotations

import pytest

from tests.core.outbox_kit import Install, install_with


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Makes a deliverer the only one of the outbox."""
    return install_with(monkeypatch)
