"""Reads: open sign-ins, profiles, studios."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from accounts.access import ACCESS_COLUMNS, Access, remember_access
from accounts.models import Performer, SignIn, SignInKind, User


@dataclass(frozen=True, slots=True)
class Names:
    """How an account is shown, by what it does there; never its user name."""

    stage_name: str | None = None
    alias: str | None = None


NAMELESS = Names()


def _open() -> QuerySet[SignIn]:
    return SignIn.objects.filter(ended_at__isnull=True, idle_until__gt=Now(), user__is_active=True)


def open_sign_in(sign_in_id: UUID, kind: SignInKind) -> SignIn | None:
    """The sign-in with its user and his access, while it is open: not ended, not idle too long, the account active."""
    row = open_sign_in_row(sign_in_id, kind)
    return sign_in_of_row(row) if row is not None else None


def open_sign_in_row(sign_in_id: UUID, kind: SignInKind) -> tuple[Any, ...] | None:
    """The same as the database has it. One call of a function that keeps its plan: every request begins with it."""
    with connection.cursor() as cursor:
        cursor.execute(_open_sign_in_sql(), [sign_in_id, kind.value])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


@cache
def _open_sign_in_sql() -> str:
    """The columns by name and in the models' order: the tables have their own."""
    own = [f"(f.sign_in).{name}" for name in _columns(SignIn)]
    users = [f"(f.account).{name}" for name in _columns(User)]
    found = ", ".join([*own, *users, *(f"f.{name}" for name in ACCESS_COLUMNS)])
    return f"SELECT {found} FROM accounts_open_sign_in(%s, %s) f"  # noqa: S608 - the models' own columns


def sign_in_of_row(row: tuple[Any, ...]) -> SignIn:
    """The models of such a row, fresh ones each time."""
    own, users = _columns(SignIn), _columns(User)
    middle, end = len(own), len(own) + len(users)
    sign_in = SignIn.from_db(DEFAULT_DB_ALIAS, own, row[:middle])
    sign_in.user = User.from_db(DEFAULT_DB_ALIAS, users, row[middle:end])
    remember_access(sign_in.user, Access.of_columns(sign_in.user_id, *row[end:]))
    return sign_in


@cache
def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def is_open(sign_in_id: UUID) -> bool:
    """Whether the sign-in is open at this moment."""
    return _open().filter(pk=sign_in_id).exists()


def open_sign_ins(user_id: UUID) -> list[SignIn]:
    """All open sign-ins of an account, the newest first."""
    return list(_open().filter(user_id=user_id).order_by("-started_at"))


def overdue_sign_ins(limit: int) -> list[UUID]:
    """Sign-ins whose time has run out and that nobody has ended yet."""
    due = SignIn.objects.filter(ended_at__isnull=True, idle_until__lte=Now()).order_by("idle_until")
    return list(due.values_list("pk", flat=True)[:limit])


def is_performer(user_id: UUID) -> bool:
    """Whether the account performs."""
    return Performer.objects.filter(pk=user_id).exists()


def manages(user_id: UUID, performer_id: UUID) -> bool:
    """Whether the account manages the performer's studio."""
    return Performer.objects.filter(pk=performer_id, studio__managers=user_id).exists()


def managed_performers(user_id: UUID) -> list[Performer]:
    """The performers of the studios that the account manages."""
    return list(Performer.objects.filter(studio__managers=user_id).distinct().order_by("stage_name"))


def performer(performer_id: UUID) -> Performer | None:
    """A performer's profile."""
    return Performer.objects.select_related("user").filter(pk=performer_id, user__is_active=True).first()


def account(user_id: UUID) -> User | None:
    """An active account."""
    return User.objects.filter(pk=user_id, is_active=True).first()


def account_named(words: str) -> User | None:
    """An account by its id or its user name, closed ones too."""
    try:
        return User.objects.filter(pk=UUID(words)).first()
    except ValueError:
        return User.objects.filter(username=words).first()


def names_of(account_ids: Iterable[UUID]) -> dict[UUID, Names]:
    """What people are called on the screen, in one statement."""
    rows = User.objects.filter(pk__in=list(account_ids))
    return {pk: Names(*names) for pk, *names in rows.values_list("pk", "performer__stage_name", "viewer__alias")}
