"""Tables: accounts, profiles, studios, flags, sign-ins, socket tickets."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from waffle.models import AbstractUserFlag

from accounts.permissions import LABELS, Permission
from core.ids import uuid7

TOUCH_EVERY = timedelta(seconds=60)


class AccountManager(UserManager["User"]):
    """Finds accounts by name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of that name; raises User.DoesNotExist."""
        return self.get(username__iexact=username or "")


class User(AbstractUser):
    """One person or service that signs in. What she is besides (performer, viewer …) is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta(AbstractUser.Meta):
        permissions = [(p.value, LABELS[p]) for p in Permission]
        constraints = [models.UniqueConstraint(Lower("username"), name="accounts_user_name_ignores_case")]


class Studio(models.Model):
    """A house that looks after performers; its managers may look on, and touch no money."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    managers = models.ManyToManyField(User, related_name="managed_studios", blank=True)

    def __str__(self) -> str:
        return self.name


class Performer(models.Model):
    """The profile of who performs; its key is the account's."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="performer")
    stage_name = models.CharField(max_length=60)
    studio = models.ForeignKey(Studio, models.PROTECT, null=True, blank=True, related_name="performers")
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.stage_name


class Viewer(models.Model):
    """The profile of who watches and buys; birth date and country are what staff have verified."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="viewer")
    alias = models.CharField(max_length=60)
    birth_date = models.DateField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True, default="", help_text="ISO 3166 code, e.g. CA")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.alias


class FeatureFlag(AbstractUserFlag):
    """A waffle flag that can also be shut for single accounts."""

    excluded = models.ManyToManyField(
        User, blank=True, related_name="+", help_text="Accounts that never have it, whatever else is set."
    )


class SignInKind(models.TextChoices):
    """How she came in."""

    SESSION = "session", "browser"
    TOKEN = "token", "bearer token"


class EndReason(models.TextChoices):
    """Why a sign-in ended."""

    SIGNED_OUT = "signed_out", "signed out"
    REVOKED = "revoked", "revoked by staff"
    TIMED_OUT = "timed_out", "timed out"
    TOKEN_REUSED = "token_reused", "a used refresh token came again"
    ACCOUNT_CHANGED = "account_changed", "account, role or password changed"


class SignIn(models.Model):
    """One way in that is open or was: a browser session, or a family of tokens. Its id is the `sid`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="sign_ins")
    kind = models.CharField(max_length=8, choices=SignInKind)
    session_key = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 - unique among the set ones
    started_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())
    idle_seconds = models.PositiveIntegerField()
    idle_until = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="session", session_key__isnull=False) | Q(kind="token", session_key__isnull=True),
                name="accounts_signin_session_has_key",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="accounts_signin_end_has_reason",
            ),
            models.CheckConstraint(condition=Q(idle_until__lte=F("ends_at")), name="accounts_signin_idle_within_end"),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="accounts_signin_open"),
            models.Index(fields=["idle_until"], condition=Q(ended_at__isnull=True), name="accounts_signin_due"),
        ]

    @property
    def touch_due(self) -> bool:
        """Whether it is time to mark it as seen. Only spares writes: deadlines are the database's word.

        Who was seen in the future is due too: by a clock that has gone back she would be idle however busy she is.
        """
        return abs(timezone.now() - self.last_seen_at) > TOUCH_EVERY


class SocketTicket(models.Model):
    """A single admission to a socket: only the secret's digest is kept, and taking it deletes the row."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    sign_in = models.ForeignKey(SignIn, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="accounts_ticket_due")]
