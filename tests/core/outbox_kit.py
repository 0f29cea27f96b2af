"""A deliverer for tests of the outbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import outbox
from core.outbox import Channel, Message

KIND = "test.sent"


class Deliverer:
    """Remembers what it was handed; each call does what the next of `outcomes` says, then succeeds."""

    def __init__(self, *outcomes: Exception) -> None:
        self.outcomes = list(outcomes)
        self.seen: list[Message] = []
        self.open = True

    def __call__(self, message: Message) -> str:
        self.seen.append(message)
        if self.outcomes:
            raise self.outcomes.pop(0)
        return "sent"


Install = Callable[..., Deliverer]


def install_with(monkeypatch: pytest.MonkeyPatch) -> Install:
    """How a test makes one deliverer the only one, open for business."""

    def make(*outcomes: Exception, most_attempts: int = 10) -> Deliverer:
        deliverer = Deliverer(*outcomes)
        channel = Channel(KIND, deliverer, lambda: deliverer.open, most_attempts)
        monkeypatch.setattr(outbox, "_channels", {KIND: channel})
        outbox.mirror_kinds()
        return deliverer

    return make
