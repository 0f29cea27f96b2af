"""One browser's socket: open whenever it can be, with the times of all it heard."""

from __future__ import annotations

import json
import threading
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.drills.callers import Caller

PING_SECONDS = 3.0
AGAIN_SECONDS = 0.5


class Listener:
    """Opens a socket for a caller, pings as the page does, opens another when it closes."""

    def __init__(self, caller: Caller, path: str) -> None:
        self.caller = caller
        self.address = caller.url.replace("http://", "ws://") + path
        self.heard: list[tuple[float, str]] = []
        self.opened = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def heard_since(self, when: float, event: str) -> float | None:
        """When it first heard of this after `when`, both by the monotonic clock."""
        return next((at for at, name in list(self.heard) if at > when and name == event), None)

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                self._converse()
            except (WebSocketException, OSError):
                self._over.wait(AGAIN_SECONDS)

    def _converse(self) -> None:
        address = f"{self.address}?ticket={self.caller.ticket()}"
        with connect(address, origin=Origin(self.caller.url), open_timeout=8, close_timeout=1) as socket:
            self.opened += 1
            while not self._over.is_set():
                try:
                    frame = json.loads(socket.recv(timeout=PING_SECONDS))
                    self.heard.append((time.monotonic(), str(frame["event"])))
                except TimeoutError:
                    socket.send('{"event": "ping"}')
