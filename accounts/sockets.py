"""Who opens a socket: the session's cookie, or a ticket that works once. Origins are checked before, by Channels."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models.functions import Now
from django.http import parse_cookie

from accounts import queries
from accounts.models import SignIn, SignInKind, SocketTicket
from accounts.sessions import session_sign_in

TICKET_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Ticket:
    """The secret, told once."""

    ticket: str
    expires_in: int


def issue_ticket(sign_in: SignIn) -> Ticket:
    """A ticket for one socket of this sign-in; what expired meanwhile is swept away."""
    secret = secrets.token_urlsafe(32)
    SocketTicket.objects.filter(expires_at__lt=Now()).delete()
    SocketTicket.objects.create(
        digest=_digest(secret), sign_in=sign_in, expires_at=Now() + timedelta(seconds=TICKET_SECONDS)
    )
    return Ticket(ticket=secret, expires_in=TICKET_SECONDS)


def sign_in_of_scope(scope: dict[str, Any]) -> SignIn | None:
    """The open sign-in behind a socket, with its user; None for nobody. Call it through `database_sync_to_async`.

    A ticket in the query string is used up by this, good or not; without one the session's cookie counts.
    """
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if "ticket" in query:
        return _sign_in_of_ticket(query["ticket"][0])
    key = _cookies(scope).get(settings.SESSION_COOKIE_NAME)
    return session_sign_in(SessionStore(session_key=key)) if key else None


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    raw = b"; ".join(value for name, value in scope.get("headers", []) if name == b"cookie")
    return parse_cookie(raw.decode("latin-1"))


def _sign_in_of_ticket(secret: str) -> SignIn | None:
    """One DELETE takes the ticket, so that of two sockets with the same one only one gets in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_socketticket WHERE digest = %s AND expires_at > now() RETURNING sign_in_id",
            [_digest(secret)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    for kind in SignInKind:
        sign_in = queries.open_sign_in(row[0], kind)
        if sign_in is not None:
            return sign_in
    return None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
