"""Reads: open sign-ins, profiles, studios."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

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
    """The sign-in with its user, while it is open: not ended, not idle too long, the account active. One statement."""
    return next(iter(_open().filter(pk=sign_in_id, kind=kind).select_related("user")), None)


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
