"""The four ways of being there."""

from __future__ import annotations

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a lease was gained by, and so how long it lasts (`settings.PRESENCE_SECONDS`)."""

    SOCKET = "socket", "an open socket"
    POLL = "poll", "a page without sockets"
    BEARER = "bearer", "a bearer request"
    CHAT = "chat", "a press in the chat"
