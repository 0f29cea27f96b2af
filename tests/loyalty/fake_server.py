"""The loyalty service as a real HTTP server on 127.0.0.1, with every fault it can have.

Faults are injected for the next requests (`inject`) or drawn for each one (`storm`). What was asked is in `asked`.
"""

from __future__ import annotations

import json
import random
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.loyalty.fake_api import QUEUE_SECRET, TENANT, TOKEN_SECRET, Asked, FakeApi

JSON = "application/json"


@dataclass(frozen=True)
class Fault:
    """What goes wrong. `after`: the change is made first, its answer is what suffers."""

    name: str
    after: bool = False
    status: int = 0
    seconds: float = 0.0
    retry_after: str = ""
    body: bytes = b""


DROP_BEFORE = Fault("drop before commit")
DROP_AFTER = Fault("drop after commit", after=True)
ERROR_BEFORE = Fault("500 before commit", status=500, body=b'{"statusCode":500,"message":"Internal server error"}')
ERROR_AFTER = Fault("500 after commit", status=500, after=True, body=b'{"error":"something broke"}')
CONFLICT = Fault("lock conflict", status=409, body=b'{"error":"OPTIMISTIC_LOCK_CONFLICT","message":"again"}')
GARBAGE = Fault("malformed JSON", status=200, after=True, body=b'{"transaction": {"id": ')
WRONG_SHAPE = Fault("wrong shape", status=200, after=True, body=b'{"status":"error","error_code":"NOBODY_KNOWS"}')
FRACTION = Fault("fractions", status=200, after=True, body=b'{"userId":"m","available":1.5,"escrow":0}')
HUGE = Fault("huge answer", status=200, after=True, body=b'{"x":"' + b"y" * (2 * 1024 * 1024) + b'"}')
REDIRECT = Fault("redirect", status=302)


def throttled(retry_after: str) -> Fault:
    """429, to come back then."""
    return Fault("429", status=429, retry_after=retry_after, body=b'{"error":{"code":"RATE_LIMITED","message":"slow"}}')


def slow(seconds: float, *, after: bool = False) -> Fault:
    """An answer that is late; the change is made before or after the wait."""
    return Fault("latency", seconds=seconds, after=after)


def dripping(seconds: float) -> Fault:
    """An answer that comes byte by byte, each in time, for so long."""
    return Fault("drip", after=True, seconds=seconds)


class FakeServer:
    """Starts on a free port; `url` is its address."""

    def __init__(self, dialect: str) -> None:
        self.api = FakeApi(dialect)
        self.asked: list[Asked] = []
        self.committed = threading.Event()
        self.answering = threading.Event()
        self.answering.set()
        self.down = False
        self._faults: deque[Fault | None] = deque()
        self._storm: Callable[[], Fault | None] = lambda: None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._http = _Quiet(("127.0.0.1", 0), _Handler)
        self._http.fake = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def settings(self, **changes: object) -> dict[str, object]:
        """Django's LOYALTY for this server, with the tests' short patience."""
        return {
            "url": self.url,
            "hosts": frozenset({"127.0.0.1"}),
            "dialect": self.api.dialect,
            "tenant": TENANT,
            "client_id": "tests",
            "token_secret": TOKEN_SECRET,
            "queue_secret": QUEUE_SECRET,
            "connect_seconds": 1.0,
            "read_seconds": 0.4,
            "whole_seconds": 0.8,
            "first_wait_seconds": 0.01,
            "longest_wait_seconds": 0.05,
            "settle_seconds": 0.3,
            "requests_per_second": 10_000,
            **changes,
        }

    def inject(self, *faults: Fault | None, times: int = 1) -> None:
        """For the next requests, one each; None lets one pass."""
        with self._lock:
            self._faults.extend(faults * times)

    def storm(self, seed: int, faults: list[Fault], share: float) -> None:
        """From now on this share of the requests meets one of these faults; a share of 0 ends it."""
        dice = random.Random(seed)
        self._storm = lambda: dice.choice(faults) if dice.random() < share else None

    def next_fault(self, asked: Asked) -> Fault | None:
        """What this request meets."""
        with self._lock:
            self.asked.append(asked)
            if self.down:
                return DROP_BEFORE
            return self._faults.popleft() if self._faults else self._storm()

    def changes(self) -> list[Asked]:
        """The requests that wanted to change something."""
        return [asked for asked in self.asked if asked.method == "POST"]

    def wait(self, seconds: float) -> None:
        """Be slow, but end with the server."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """End it; waiting answers are given up."""
        self._stopped.set()
        self.answering.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def running(dialect: str) -> Iterator[FakeServer]:
    """A server for the length of a block."""
    server = FakeServer(dialect)
    try:
        yield server
    finally:
        server.stop()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    fake: FakeServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Quiet

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, dict(self.headers.items()), raw)
        fake = self.server.fake
        fault = fake.next_fault(asked)
        if fault is None:
            return self._send(*self._answer(asked))
        if not fault.after:
            fake.wait(fault.seconds)
        if fault.name == "latency":
            answer = self._answer(asked)
            fake.wait(fault.seconds if fault.after else 0)
            return self._send(*answer)
        if fault.after:
            self._answer(asked)
        return self._suffer(fault)

    def _answer(self, asked: Asked) -> tuple[int, bytes]:
        status, answer = self.server.fake.api.answer(asked)
        if asked.method == "POST" and status < 300:
            self.server.fake.committed.set()
            self.server.fake.answering.wait()
        return status, json.dumps(answer).encode()

    def _suffer(self, fault: Fault) -> None:
        if fault.name == "drip":
            return self._drip(fault.seconds)
        if fault.status == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        extra = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        if fault.status == 302:
            extra["Location"] = f"{self.server.fake.url}/elsewhere"
        return self._send(fault.status, fault.body, extra)

    def _drip(self, seconds: float) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(int(seconds / 0.05)):
            self.wfile.write(b" ")
            self.wfile.flush()
            self.server.fake.wait(0.05)
        self.close_connection = True

    def _send(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": JSON, "Content-Length": str(len(body)), **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are in `asked`."""
