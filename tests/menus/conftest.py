"""Fixtures of the menus' tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from core.events import client, events_in, group_channel
from tests import factories
from tests.menus.support import on_duty, rich


@pytest.fixture
def performer(db: None) -> Performer:
    """A performer who is there, so that her menu sells."""
    return on_duty(factories.performer())


@pytest.fixture
def viewer(db: None) -> Viewer:
    """A viewer with tokens."""
    return rich(factories.viewer())


@pytest.fixture
def api(performer: Performer) -> APIClient:
    """Her application."""
    return factories.bearer(performer)


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """The frames that were really published, read from Valkey when the list is looked at."""
    with client().pubsub() as channel:
        channel.subscribe(group_channel())
        while channel.get_message(timeout=1.0) is None:
            pass
        yield Heard(channel)


class Heard(list[dict[str, Any]]):
    """Reads what has come in by now."""

    def __init__(self, channel: Any) -> None:  # noqa: ANN401 - redis' pubsub
        super().__init__()
        self.channel = channel

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (message := self.channel.get_message(timeout=0.2)) is not None:
            if message["type"] == "message":
                self.extend(frame for _rooms, frame in events_in(message["data"]))
        return super().__iter__()
