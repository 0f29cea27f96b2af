"""A socket without a network: the ASGI messages that a server would exchange with the application."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.testing import ApplicationCommunicator

from dashboard.routing import socket_application

Header = tuple[bytes, bytes]
PATIENCE_SECONDS = 5


class Line:
    """One socket's client side."""

    def __init__(self, path: str, headers: tuple[Header, ...]) -> None:
        path, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost:8000"), *headers],
            "subprotocols": [],
        }
        self.wire = ApplicationCommunicator(socket_application, scope)

    async def open(self) -> bool:
        """Whether the application accepts the socket."""
        await self.wire.send_input({"type": "websocket.connect"})
        answer: dict[str, Any] = await self.wire.receive_output(PATIENCE_SECONDS)
        return bool(answer["type"] == "websocket.accept")

    async def say(self, text: str | None = None, data: bytes | None = None) -> None:
        """Send a frame."""
        await self.wire.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def heard(self) -> dict[str, Any]:
        """The next frame."""
        message = await self.wire.receive_output(PATIENCE_SECONDS)
        frame: dict[str, Any] = json.loads(message["text"])
        return frame

    async def hears_nothing(self) -> bool:
        """Whether the line stays silent for half a second."""
        return bool(await self.wire.receive_nothing(timeout=0.5))

    async def closed(self) -> int:
        """The code that the socket is closed with; frames before it are passed over."""
        while (message := await self.wire.receive_output(PATIENCE_SECONDS))["type"] != "websocket.close":
            pass
        code: int = message["code"]
        return code

    async def hang_up(self) -> None:
        """The client goes."""
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait(PATIENCE_SECONDS)


@asynccontextmanager
async def socket(path: str, *headers: Header) -> AsyncIterator[Line]:
    """An open socket; the test fails where it does not open."""
    line = Line(path, headers)
    assert await line.open()
    try:
        yield line
    finally:
        await line.hang_up()
