"""Refusals of sign-in, and of profiles that are not there."""

from __future__ import annotations

from core.exceptions import DomainError, NotAuthenticated


class SignInRefused(NotAuthenticated):
    """Name or password is wrong, or the account is closed: the words never say which."""

    title = "Sign-in failed"
    default = "The user name or password is not right."


class SessionMismatch(NotAuthenticated):
    """X-Session-Id names another sign-in than the credentials do."""

    default = "This session is not the one you are signed in with. Sign in again."


class PerformerNotFound(DomainError):
    """There is no such performer."""

    code = "PERFORMER_NOT_FOUND"
    status = 404
    title = "Performer not found"
    default = "We could not find that performer."
