"""Clients that act on what they are told: each a script of requests on a connection of its own. 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson

from benchmarks.load import HOST, answer_length, request

Script = Callable[["Talk"], Awaitable[None]]


class Talk(asyncio.Protocol):
    """One kept connection, one request at a time; latencies by what the script calls them."""

    def __init__(self, latencies: dict[str, list[float]]) -> None:
        self.latencies = latencies
        self.received = b""
        self.answer: asyncio.Future[bytes] | None = None

    async def post(self, what: str, path: str, headers: dict[str, str], body: bytes = b"{}") -> Any:  # noqa: ANN401
        """The answer's JSON; raises where it is not a success."""
        began = time.perf_counter()
        raw = await self._ask(request("POST", path, headers, body))
        self.latencies[what].append((time.perf_counter() - began) * 1000)
        head, _, payload = raw.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            payload = unchunked(payload)
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise RuntimeError(f"{what}: {raw[:600].decode(errors='replace')}")
        return orjson.loads(payload)

    async def _ask(self, message: bytes) -> bytes:
        self.received, self.answer = b"", asyncio.get_running_loop().create_future()
        self.transport.write(message)
        return await self.answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to ask."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect the answer until it is whole."""
        self.received += data
        if is_whole(self.received) and self.answer and not self.answer.done():
            self.answer.set_result(self.received)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up; whoever waits is told."""
        if self.answer and not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError("closed before the answer"))


def is_whole(received: bytes) -> bool:
    """Whether the answer has come to its end, by its length or by its last chunk."""
    length = answer_length(received)
    if length == math.inf:
        return received.endswith(b"0\r\n\r\n")
    return length is not None and len(received) >= length


def unchunked(payload: bytes) -> bytes:
    """The body that came in chunks."""
    body = b""
    while payload:
        size, _, rest = payload.partition(b"\r\n")
        length = int(size, 16)
        body, payload = body + rest[:length], rest[length + 2 :] if length else b""
    return body


def converse(port: int, scripts: Sequence[Script]) -> dict[str, list[float]]:
    """Run the scripts side by side until each has ended; the latencies in milliseconds by name."""
    latencies: dict[str, list[float]] = defaultdict(list)
    asyncio.run(_converse(port, scripts, latencies))
    return latencies


async def _converse(port: int, scripts: Sequence[Script], latencies: dict[str, list[float]]) -> None:
    loop = asyncio.get_running_loop()

    async def play(script: Script) -> None:
        transport, talk = await loop.create_connection(lambda: Talk(latencies), HOST, port)
        try:
            await script(talk)
        finally:
            transport.close()

    async with asyncio.TaskGroup() as group:
        for script in scripts:
            group.create_task(play(script))
