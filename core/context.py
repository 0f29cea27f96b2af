"""Facts of the request being served: an id, a keyed tag of the address, a coarse class of the browser."""

from __future__ import annotations

import hashlib
import hmac
import re
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
BROWSERS = ("Edg", "OPR", "Chrome", "Firefox", "Safari", "curl", "python")


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What may be written down about a request: nothing that names a person."""

    request_id: str = ""
    ip_tag: str = ""
    ua_class: str = ""


NO_REQUEST = RequestFacts()
_current: ContextVar[RequestFacts] = ContextVar("request_facts", default=NO_REQUEST)


def current() -> RequestFacts:
    """The facts of this request, or empty ones outside a request."""
    return _current.get()


def enter(request: HttpRequest) -> RequestFacts:
    """Remember this request's facts for everything below; returns them."""
    facts = RequestFacts(
        request_id=_request_id(request), ip_tag=ip_tag(client_ip(request)), ua_class=_ua_class(request)
    )
    _current.set(facts)
    return facts


def client_ip(request: HttpRequest) -> str:
    """The caller's address: the socket's, or the last hop's word where one proxy of ours is declared."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.TRUSTED_PROXY_HOPS and forwarded:
        return str(forwarded.rsplit(",", 1)[-1].strip())
    return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 - a placeholder, nothing listens


def ip_tag(address: str) -> str:
    """A keyed, truncated tag: equal for equal addresses, useless without the key."""
    digest = hmac.new(settings.AUDIT_KEY.encode(), b"ip\x00" + address.encode(), hashlib.sha256).hexdigest()
    return digest[:32]


def _request_id(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-Id", "")
    return sent if REQUEST_ID.match(sent) else uuid4().hex


def _ua_class(request: HttpRequest) -> str:
    agent = request.headers.get("User-Agent", "")
    family = next((name for name in BROWSERS if name in agent), "other")
    return f"{family}{' mobile' if 'Mobile' in agent else ''}"
