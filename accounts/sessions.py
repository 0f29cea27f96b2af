"""Browser sessions: a sign-in's id inside Django's session."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, login, logout
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import queries
from accounts.models import SignIn, SignInKind, User
from accounts.services import open_sign_in

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

SESSION_SIGN_IN = "sid"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin_session(request: HttpRequest, user: User) -> SignIn:
    """Sign the browser in under a new session key, so that a planted one is worth nothing."""
    login(request, user, backend=BACKEND)
    sign_in = open_sign_in(user=user, kind=SignInKind.SESSION, session_key=request.session.session_key)
    request.session[SESSION_SIGN_IN] = str(sign_in.pk)
    request.session.set_expiry(sign_in.ends_at)
    request._sign_in = sign_in  # type: ignore[attr-defined]
    return sign_in


def keep_session(request: HttpRequest, user: User) -> None:
    """Let this browser's session go on after its account's password has changed."""
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


def leave_session(request: HttpRequest) -> None:
    """Forget the session of this browser; its sign-in has ended already."""
    logout(request)


def session_sign_in(session: SessionBase) -> SignIn | None:
    """The open sign-in of a session; None where it has none or the password changed since."""
    raw, mark = session.get(SESSION_SIGN_IN), session.get(HASH_SESSION_KEY, "")
    if not isinstance(raw, str):
        return None
    sign_in = queries.open_sign_in(UUID(raw), SignInKind.SESSION)
    if sign_in is None or not constant_time_compare(mark, sign_in.user.get_session_auth_hash()):
        return None
    return sign_in
