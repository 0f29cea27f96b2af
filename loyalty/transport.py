"""Bytes to the loyalty service and back: bounded in time and size, to allowed hosts only, following nobody.

What is raised says the one thing that matters afterwards: whether the request can have had its effect.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import httpx

from loyalty.config import Loyalty
from loyalty.errors import NotReached, OutcomeUnknown

LARGEST_ANSWER = 1024 * 1024
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer."""

    status: int
    body: bytes
    retry_after: str = ""


class HostNotAllowed(Exception):
    """The address leads somewhere that is not on the list: a mistake in the configuration."""


class Pace:
    """Spaces requests out, so that the service's rate is kept by this process."""

    def __init__(self, per_second: int) -> None:
        self._gap = 1.0 / per_second
        self._free_at = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Returns when the next request may leave."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._free_at)
            self._free_at = start + self._gap
        if start > now:
            time.sleep(start - now)


class Transport:
    """One HTTP client; safe for threads."""

    def __init__(self, config: Loyalty) -> None:
        self._config = config
        self._pace = Pace(config.requests_per_second)
        self._client = httpx.Client(
            timeout=httpx.Timeout(
                connect=config.connect_seconds,
                read=config.read_seconds,
                write=config.read_seconds,
                pool=config.pool_seconds,
            ),
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=8),
            follow_redirects=False,
            trust_env=False,
        )

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """One request. Raises NotReached, OutcomeUnknown, HostNotAllowed."""
        request = self._client.build_request(method, url, headers=dict(headers), content=body)
        if request.url.host not in self._config.hosts:
            raise HostNotAllowed(request.url.host)
        self._pace.wait()
        try:
            return self._exchange(request)
        except NEVER_SENT as error:
            raise NotReached from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from error

    def _exchange(self, request: httpx.Request) -> Reply:
        until = time.monotonic() + self._config.whole_seconds
        response = self._client.send(request, stream=True)
        try:
            body = bytearray()
            # Each read is bounded by itself; a service that drips is bounded here.
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise OutcomeUnknown("TooLarge")
                if time.monotonic() > until:
                    raise OutcomeUnknown("TooSlow")
        finally:
            response.close()
        if response.is_redirect or response.status_code < 200:
            raise OutcomeUnknown("Redirected")
        return Reply(response.status_code, bytes(body), response.headers.get("Retry-After", ""))

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


@lru_cache(maxsize=4)
def transport_for(config: Loyalty) -> Transport:
    """The one transport of this process for this service."""
    return Transport(config)
