"""Who calls the API: a bearer token, or the browser's session with CSRF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import exceptions as drf
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts.exceptions import SessionMismatch
from accounts.hooks import announce_bearer_request
from accounts.middleware import sign_in_of
from accounts.tokens import sign_in_of_token
from core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from accounts.models import SignIn, User


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`; `request.auth` is the sign-in."""

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        """None without a bearer header; raises NotAuthenticated for one that is not good."""
        scheme, _, raw = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
        if scheme.lower() != "bearer":
            return None
        known = checked(request, sign_in_of_token(raw.strip()))
        announce_bearer_request(sign_in_id=known[1].pk)
        return known

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


class CookieAuthentication(SessionAuthentication):
    """The browser's session; unsafe methods must bring the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        """None for nobody; raises PermissionDenied without the CSRF token."""
        sign_in = sign_in_of(request._request)
        if sign_in is None:
            return None
        self.enforce_csrf(request)
        return checked(request, sign_in)

    def enforce_csrf(self, request: Request) -> None:
        """Raises PermissionDenied in the same words as the pages do."""
        try:
            super().enforce_csrf(request)
        except drf.PermissionDenied:
            raise PermissionDenied("This form is too old. Load the page again.") from None


def checked(request: Request, sign_in: SignIn) -> tuple[User, SignIn]:
    """The pair DRF wants; raises SessionMismatch where X-Session-Id names another sign-in."""
    sent = request.headers.get("X-Session-Id")
    if sent is not None and sent.strip().lower() != str(sign_in.pk):
        raise SessionMismatch()
    return sign_in.user, sign_in
