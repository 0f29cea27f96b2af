"""A lean HTTP/1.1 load generator: closed loop on kept connections, or one burst of fresh ones. 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"

# A port of 127.0.0.1, or unix sockets that take the connections in turn.
Address = int | Sequence[Path]
NextRequest = Callable[[int], bytes]


@dataclass
class Outcome:
    """What came back."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    failure: str = ""

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    def demand(self, *expected: int) -> Outcome:
        """Itself, where every answer has an expected status; a bench of refusals would measure nothing."""
        odd = {status: count for status, count in self.statuses.items() if status not in expected}
        if odd or not self.answered:
            raise RuntimeError(f"Expected only {expected}, got {dict(self.statuses)}, {self.lost} lost {self.failure}")
        return self


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drive(address: Address, next_request: NextRequest, *, connections: int, seconds: float) -> Outcome:
    """Send requests on kept connections, each after the last one's answer, for so many seconds."""
    return asyncio.run(_run(address, next_request, connections, seconds, patience=seconds + 30))


def burst(address: Address, next_request: NextRequest, *, connections: int, patience_seconds: float = 30) -> Outcome:
    """One request on each of so many connections that all open at once; those without an answer count as lost."""
    return asyncio.run(_run(address, next_request, connections, 0, patience=patience_seconds))


async def _run(
    address: Address, next_request: NextRequest, connections: int, seconds: float, *, patience: float
) -> Outcome:
    outcome = Outcome()
    began = time.perf_counter()
    clients = [Client(number, next_request, began + seconds, outcome) for number in range(connections)]
    tasks = [asyncio.create_task(client.run(address)) for client in clients]
    _, late = await asyncio.wait(tasks, timeout=patience)
    outcome.seconds = time.perf_counter() - began
    for task in late:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [end for end in ends if isinstance(end, BaseException)]
    outcome.lost, outcome.failure = len(failures), repr(failures[0]) if failures else ""
    return outcome


class Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again until its time is over."""

    def __init__(self, number: int, next_request: NextRequest, until: float, outcome: Outcome) -> None:
        self.number, self.next_request, self.until, self.outcome = number, next_request, until, outcome
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.needed: float | None = None
        self.sent_at = time.perf_counter()

    async def run(self, address: Address) -> None:
        """Work until the end; raises where the connection fails with an answer outstanding."""
        loop = asyncio.get_running_loop()
        if isinstance(address, int):
            transport, _ = await loop.create_connection(lambda: self, HOST, address)
        else:
            path = address[self.number % len(address)]
            transport, _ = await loop.create_unix_connection(lambda: self, str(path))
        try:
            await self.ended
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.next_request(self.number))

    def data_received(self, data: bytes) -> None:
        """Collect an answer; when it is whole, count it and go on."""
        self.received += data
        if self.needed is None:
            self.needed = answer_length(self.received)
        if self.needed is None:
            return
        whole = self.received.endswith(b"0\r\n\r\n") if self.needed == math.inf else len(self.received) >= self.needed
        if whole:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionResetError("closed before the answer"))

    def _answered(self) -> None:
        now = time.perf_counter()
        self.outcome.statuses[int(self.received[9:12])] += 1
        self.outcome.latencies_ms.append((now - self.sent_at) * 1000)
        self.received, self.needed = b"", None
        if now >= self.until:
            if not self.ended.done():
                self.ended.set_result(None)
            return
        self.sent_at = now
        self.transport.write(self.next_request(self.number))


def answer_length(received: bytes) -> float | None:
    """Bytes of the whole answer; None before its head is complete, infinite where it comes in chunks."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = received[:end].lower()
    if b"transfer-encoding: chunked" in head:
        return math.inf
    _, found, rest = head.partition(b"content-length:")
    return end + 4 + (int(rest.split(b"\r\n", 1)[0]) if found else 0)
