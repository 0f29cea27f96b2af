"""Addresses of sockets, behind the check of their origin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import path, re_path

from dashboard import consumers
from dashboard.consumers import Send

log = structlog.get_logger(__name__)
Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class SameOrigin:
    """Refuses sockets that another origin's page, or no page at all, wants to open; and says so in the log.

    An origin is scheme, name and port, as for forms: another port of the same name is another's page, and it would
    get the cookie. TRUSTED_ORIGINS and the front ends of CORS_ALLOWED_ORIGINS are let in besides.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
        if is_ours(origin, host):
            await self.application(scope, receive, send)
            return
        log.warning("socket.foreign_origin", origin=origin[:200])
        await WebsocketDenier()(scope, receive, send)


def is_ours(origin: str, host: str) -> bool:
    """Whether a page of this origin may open a socket at this host."""
    if origin in {*settings.CSRF_TRUSTED_ORIGINS, *settings.CORS_ALLOWED_ORIGINS}:
        return True
    scheme = "https" if settings.HTTPS else "http"
    name, _port = split_domain_port(host.lower())
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS) and origin.lower() == f"{scheme}://{host.lower()}"


async def only_sockets(_scope: dict[str, Any], _receive: object, send: Send) -> None:
    """Plain HTTP at a socket's address: 426 Upgrade Required."""
    await send({"type": "http.response.start", "status": 426, "headers": [(b"upgrade", b"websocket")]})
    await send({"type": "http.response.body", "body": b""})


socket_application = ProtocolTypeRouter(
    {
        "http": only_sockets,
        "websocket": SameOrigin(
            URLRouter(
                [
                    path("ws/v1/model/", consumers.ModelConsumer.as_asgi()),
                    path("ws/v1/viewer/", consumers.ViewerConsumer.as_asgi()),
                    path("ws/v1/rooms/<uuid:performer_id>/", consumers.RoomConsumer.as_asgi()),
                    re_path("", consumers.NowhereConsumer.as_asgi()),
                ]
            )
        ),
    }
)
