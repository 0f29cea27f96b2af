"""One browser window with its own cookies, and everything that went wrong in it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, cast

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, WebSocket, expect

from tests.support.product import Product

#: A refusal is an answer, but the browser writes one line for each.
REFUSALS = tuple(f"the server responded with a status of {status}" for status in (402, 403, 404, 409, 412, 429))
VIOLATION_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  violations.push(`${effectiveDirective} ${blockedURI}`);
});
"""
PATIENCE_SECONDS = 10


class Screen:
    """A page in a context of its own. `expected` are parts of console lines that this test provokes."""

    def __init__(self, browser: Browser, product: Product, expected: tuple[str, ...], options: dict[str, Any]) -> None:
        self.product = product
        self.expected = (*REFUSALS, *expected)
        self.context = browser.new_context(
            base_url=product.url, **{"viewport": {"width": 1440, "height": 900}, **options}
        )
        self.context.add_init_script(VIOLATION_WATCH)
        self.said: list[str] = []
        self.frames: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.pages: list[Page] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """A further tab of the same browser."""
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"pageerror: {error}"))
        page.on("websocket", self._socket)
        page.on("request", lambda request: self.requests.append(f"{request.method} {request.url}"))
        self.pages.append(page)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(f"{message.type}: {message.text}")

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(json.loads(frame)))

    def sign_in(self, who: str) -> None:
        """Through the sign-in page."""
        self.product.sign_in(self.page, who)

    def go(self, path: str, page: Page | None = None) -> None:
        """Open a page and wait until its script runs."""
        page = page or self.page
        page.goto(path)
        expect(page.locator("html[data-ready]")).to_be_attached()

    def live(self, page: Page | None = None) -> None:
        """Wait until the sockets are open."""
        expect((page or self.page).locator("#conn")).to_have_attribute("data-mode", "live")

    def at(self, test_id: str, page: Page | None = None) -> Locator:
        """The element of that test id."""
        return (page or self.page).locator(f'[data-testid="{test_id}"]')

    def hear(self, event: str, after: int = 0) -> dict[str, Any]:
        """Wait for a socket frame of that event, not counting the first `after` frames."""
        self.until(lambda: any(frame["event"] == event for frame in self.frames[after:]), f"no {event}")
        return next(frame for frame in self.frames[after:] if frame["event"] == event)

    def until(self, condition: Callable[[], bool], complaint: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Let the browser run until the condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, complaint
            self.page.wait_for_timeout(20)

    def scrolls_sideways(self) -> bool:
        """Whether something is wider than the window."""
        return cast(
            bool, self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )

    def problems(self) -> list[str]:
        """Console errors nobody expected, and blocked loads."""
        found = [line for line in self.said if not any(part in line for part in self.expected)]
        for page in self.pages:
            if not page.is_closed() and page.url.startswith("http"):
                found += page.evaluate("window.violations ?? []")
        return found
