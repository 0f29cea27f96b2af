"""Checking a name and password, with the brakes that stop guessing."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv6Address

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts.exceptions import SignInRefused
from accounts.models import User
from core.context import current
from core.exceptions import RateLimitExceeded, Unavailable
from core.ratelimits import Shield

# Failed attempts, wherever they come from and whatever name they try. django-axes counts each pair of name and
# address besides, in the database, so that guessing stays slow with Valkey down.
BY_NAME = Shield("sign-in-name", 50, 900)
BY_PLACE = Shield("sign-in-place", 100, 900)


def check_credentials(*, username: str, password: str) -> User:
    """The account of this name and password.

    Raises SignInRefused in the same words for a wrong name, a wrong password and a closed account, and
    RateLimitExceeded after too many failures, for names that exist and names that do not.
    """
    name, place = username.strip().lower(), current().ip_tag
    _check_shields(name, place)
    attempt = _attempt()
    user = authenticate(attempt, username=name, password=password)
    if isinstance(user, User):
        AxesProxyHandler.reset_attempts(username=name, ip_address=place_as_address())
        return user
    _count_failure(name, place)
    if getattr(attempt, "axes_locked_out", False):
        raise _locked_out()
    raise SignInRefused()


def place_as_address(_request: HttpRequest | None = None) -> str:
    """The caller's address tag in the shape of an address: axes' column wants one, and may not have the real one."""
    return str(IPv6Address(bytes.fromhex(current().ip_tag or "0" * 32)))


def _attempt() -> HttpRequest:
    """What axes may see, and keep, of the request: a tag, a coarse browser class, no form, no headers."""
    attempt = HttpRequest()
    attempt.method, attempt.path = "POST", "/sign-in"
    attempt.META = {"REMOTE_ADDR": place_as_address(), "HTTP_USER_AGENT": current().ua_class}
    return attempt


def _check_shields(name: str, place: str) -> None:
    for shield, key in ((BY_NAME, name), (BY_PLACE, place)):
        try:
            budget = shield.peek(key)
        except Unavailable:
            continue
        if budget.remaining <= 0:
            raise RateLimitExceeded.until(budget.reset_at, budget.reset_seconds)


def _count_failure(name: str, place: str) -> None:
    for shield, key in ((BY_NAME, name), (BY_PLACE, place)):
        try:
            shield.hit(key)
        except (Unavailable, RateLimitExceeded):
            continue


def _locked_out() -> RateLimitExceeded:
    cool_off = get_cool_off()
    return RateLimitExceeded.until(datetime.now(UTC) + cool_off, int(cool_off.total_seconds()))
