"""The browser's session, joined with the sign-in that it stands for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.services import touch_sign_ins
from accounts.sessions import session_sign_in

if TYPE_CHECKING:
    from accounts.models import SignIn, User


class SignInMiddleware(AuthenticationMiddleware):
    """Sets `request.user`, read with its sign-in in one statement when first used.

    A session whose sign-in has ended, timed out or is missing belongs to nobody.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Django's hook before the view."""
        request.user = SimpleLazyObject(partial(_user, request))  # type: ignore[assignment]
        request.auser = sync_to_async(partial(_user, request))


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The open sign-in behind the request's cookie; marks it as seen now and then."""
    if not hasattr(request, "_sign_in"):
        found = session_sign_in(request.session)
        if found is not None and found.touch_due:
            touch_sign_ins([found.pk])
        request._sign_in = found  # type: ignore[attr-defined]
    return request._sign_in  # type: ignore[attr-defined,no-any-return]


def _user(request: HttpRequest) -> User | AnonymousUser:
    sign_in = sign_in_of(request)
    return AnonymousUser() if sign_in is None else sign_in.user
