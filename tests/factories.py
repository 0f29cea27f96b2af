"""People for tests, with all that their role needs, and clients that are really signed in."""

from __future__ import annotations

from functools import cache
from itertools import count

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as PermissionRow
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client
from rest_framework.test import APIClient

from accounts.access import forget_access
from accounts.actors import actor_of
from accounts.models import FeatureFlag, Performer, Studio, User, Viewer
from accounts.sessions import begin_session
from accounts.tokens import TokenPair, begin_tokens
from core.actors import Actor

PASSWORD = "correct horse battery staple"
_number = count(1)

_hashed = cache(make_password)  # hashing takes its time on purpose; once a run is enough


def account(username: str = "", *, groups: tuple[str, ...] = (), password: str = "", **fields: bool) -> User:
    """An account in these groups; without a password nobody signs in with it."""
    user = User(username=username or f"somebody-{next(_number)}", **fields)
    user.password = _hashed(password or None)
    user.save()
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def performer(username: str = "", *, studio: Studio | None = None, password: str = "", **fields: bool) -> Performer:
    """A performer with every permission of her role."""
    user = account(username, groups=("performer",), password=password, **fields)
    return Performer.objects.create(user=user, stage_name=f"Stage {user.username}", studio=studio)


def viewer(username: str = "", *, password: str = "", **fields: bool) -> Viewer:
    """A viewer; his wallet is empty."""
    user = account(username, groups=("viewer",), password=password, **fields)
    return Viewer.objects.create(user=user, alias=f"Alias {user.username}")


def staff(username: str = "", *, password: str = "", **fields: bool) -> User:
    """A staff member, not a superuser."""
    return account(username, groups=("staff",), is_staff=True, password=password, **fields)


def manager(studio: Studio | None = None, username: str = "", *, password: str = "", **fields: bool) -> User:
    """A studio manager of this studio, or of a new one."""
    user = account(username, groups=("studio manager",), password=password, **fields)
    (studio or make_studio()).managers.add(user)
    return user


def billing(username: str = "", *, password: str = "", **fields: bool) -> User:
    """The platform's billing service."""
    user = account(username, groups=(), password=password, **fields)
    grant(user, "CREDIT_TOKENS")
    return user


def make_studio(name: str = "") -> Studio:
    """A studio without anybody."""
    return Studio.objects.create(name=name or f"Studio {next(_number)}")


def grant(user: User, *permissions: str) -> None:
    """Give one account permissions of its own."""
    user.user_permissions.add(*PermissionRow.objects.filter(codename__in=permissions, content_type__model="user"))
    forget_access(user)


def deny(user: User, *permissions: str) -> None:
    """Take the account out of its groups and give back all its permissions but these."""
    kept = PermissionRow.objects.filter(group__user=user).exclude(codename__in=permissions)
    user.user_permissions.set(kept)
    user.groups.clear()
    forget_access(user)


def open_flag(user: User, *names: str) -> None:
    """Open flags for one account."""
    for flag in FeatureFlag.objects.filter(name__in=names):
        flag.users.add(user)
    forget_access(user)


def shut_flag(user: User, *names: str) -> None:
    """Shut flags for one account."""
    for flag in FeatureFlag.objects.filter(name__in=names):
        flag.excluded.add(user)
    forget_access(user)


def user_of(person: User | Performer | Viewer) -> User:
    """The account behind a profile."""
    return person if isinstance(person, User) else person.user


def actor(person: User | Performer | Viewer) -> Actor:
    """What services are told."""
    return actor_of(user_of(person))


def signed_in(person: User | Performer | Viewer, *, client: Client | None = None) -> Client:
    """A browser that is signed in. (`force_login` is not enough: a session needs its sign-in.)

    CSRF is not enforced, as usual in tests; pass `client=Client(enforce_csrf_checks=True)` to have it.
    """
    return with_session(client or Client(), session_key(person))


def session_key(person: User | Performer | Viewer) -> str:
    """The key of a new browser session of this person."""
    request = HttpRequest()
    request.session = SessionStore()
    begin_session(request, user_of(person))
    request.session.save()
    return str(request.session.session_key)


def with_session(client: Client, key: str) -> Client:
    """The browser, with that session's cookie."""
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def tokens(person: User | Performer | Viewer) -> TokenPair:
    """A fresh pair of tokens."""
    return begin_tokens(user_of(person))


def bearer(person: User | Performer | Viewer) -> APIClient:
    """An API client with a bearer token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens(person).access}")
    return client
