"""The product from behind: the JSON API, for arranging what a test starts from and looking at what it did."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.support.product import Product

TOKEN_SECONDS = 200
PERFORMERS = ("performer", "performer2", "performer3")


class House:
    """Demo accounts as API clients."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.base = f"{product.url}/api/v1"
        self.tokens: dict[str, tuple[str, float]] = {}

    def call(self, key: str, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """One request of an account, with a fresh key."""
        headers = {"Authorization": f"Bearer {self._token(key)}", "Idempotency-Key": str(uuid4())}
        return httpx.request(method, f"{self.base}/{path}", json=body, headers=headers, timeout=10)

    def _token(self, key: str) -> str:
        """Signing in takes its time on purpose, so a token is used for as long as it lasts."""
        known, since = self.tokens.get(key, ("", -TOKEN_SECONDS))
        if time.monotonic() - since < TOKEN_SECONDS:
            return known
        pair = httpx.post(f"{self.base}/auth/token", json=self.product.account(key), timeout=10).json()
        self.tokens[key] = (pair["access"], time.monotonic())
        return str(pair["access"])

    def clear(self) -> None:
        """Give back what is queued, take everybody out of the line and off air."""
        for key in PERFORMERS:
            for item in self.call(key, "GET", "queue").json()["results"]:
                self.call(key, "POST", f"queue/items/{item['id']}/refund", {"reason": "technical_error"})
            state = self.call(key, "GET", "model/state").json()
            if state["inQueue"]:
                self.call(key, "POST", "queue/leave", {})
            if state["streaming"]:
                self.call(key, "POST", "model/stream/stop", {})
            self.call(key, "POST", "model/menu/preferences/reset", {})
        for item in self.call("viewer", "GET", "queue/history").json()["results"]:
            if item["status"] == "created":
                self.call("viewer", "POST", f"queue/items/{item['id']}/cancel", {})
        for key in (*PERFORMERS, "viewer", "viewer2"):
            self.call(key, "POST", "notifications/read-all", {})
            self.call(key, "PUT", "notifications/preferences", {"language": None, "keys": {"queue.item.created": True}})

    def performer_id(self, key: str = "performer") -> str:
        """The id in a room's address."""
        return str(self.call(key, "GET", "me").json()["performerId"])

    def offers(self, key: str = "performer") -> list[dict[str, Any]]:
        """What she sells."""
        answer = self.call("viewer", "GET", f"public/performers/{self.performer_id(key)}/menu").json()
        found: list[dict[str, Any]] = answer["items"]
        return found

    def buy(self, viewer: str = "viewer", performer: str = "performer", index: int = 0) -> dict[str, Any]:
        """A purchase over the API; its answer."""
        item = self.offers(performer)[index]
        answer = self.call(viewer, "POST", f"public/menu-items/{item['id']}/purchase", {})
        assert answer.status_code == 200, answer.text
        bought: dict[str, Any] = answer.json()
        return bought

    def balance(self, key: str) -> dict[str, Any]:
        """An account's tokens."""
        found: dict[str, Any] = self.call(key, "GET", "wallet/balance").json()
        return found

    def kill_sockets(self) -> int:
        """End the socket process the hard way; its number. The supervisor brings another."""
        pid = next(pid for pid in children(self.product.process.pid) if b"uvicorn" in command_of(pid))
        os.kill(pid, signal.SIGKILL)
        return pid


def children(parent: int) -> list[int]:
    """The processes that a process started."""
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def command_of(pid: int) -> bytes:
    """A process's command line."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()
