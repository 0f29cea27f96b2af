"""Addresses of sockets, behind the check of their origin."""

from __future__ import annotations

from typing import Any
from urllib.parse import ParseResult

import structlog
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import path, re_path

from dashboard import consumers
from dashboard.consumers import Send

log = structlog.get_logger(__name__)


class LoggedOriginValidator(OriginValidator):  # type: ignore[misc]  # Channels carries no types
    """Refuses sockets that another site's page, or no page at all, wants to open; and says so in the log."""

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        """Whether the page that opens the socket is ours."""
        valid: bool = super().valid_origin(parsed_origin)
        if not valid:
            log.warning("socket.foreign_origin", origin=parsed_origin.netloc if parsed_origin else None)
        return valid


async def only_sockets(_scope: dict[str, Any], _receive: object, send: Send) -> None:
    """Plain HTTP at a socket's address: 426 Upgrade Required."""
    await send({"type": "http.response.start", "status": 426, "headers": [(b"upgrade", b"websocket")]})
    await send({"type": "http.response.body", "body": b""})


socket_application = ProtocolTypeRouter(
    {
        "http": only_sockets,
        "websocket": LoggedOriginValidator(
            URLRouter(
                [
                    path("ws/v1/model/", consumers.ModelConsumer.as_asgi()),
                    path("ws/v1/viewer/", consumers.ViewerConsumer.as_asgi()),
                    path("ws/v1/rooms/<uuid:performer_id>/", consumers.RoomConsumer.as_asgi()),
                    re_path("", consumers.NowhereConsumer.as_asgi()),
                ]
            ),
            settings.ALLOWED_HOSTS + settings.CSRF_TRUSTED_ORIGINS,
        ),
    }
)
