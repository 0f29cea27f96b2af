"""Writes: opening and ending sign-ins, making profiles."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models.functions import Now
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import hooks, queries
from accounts.access import access_of, forget_access
from accounts.actors import actor_of
from accounts.events import SignInEnded
from accounts.exceptions import SignInRefused
from accounts.models import EndReason, Performer, SignIn, SignInKind, SocketTicket, Studio, User, Viewer
from audit.services import record
from core.actors import SYSTEM, Actor
from core.events import publish

_TOUCH = """
UPDATE accounts_signin
   SET last_seen_at = now(), idle_until = least(ends_at, now() + idle_seconds * interval '1 second')
 WHERE id = ANY (%s) AND ended_at IS NULL AND idle_until > now()
RETURNING id
"""


@transaction.atomic
def open_sign_in(*, user: User, kind: SignInKind, session_key: str | None = None) -> SignIn:
    """Begin a sign-in; a performer's also tells those who wait for her.

    Raises SignInRefused for a closed account, and where the password has changed since `user` was checked by it:
    that change ended the sign-ins there were, and this one would outlive it.
    """
    account = lock_account(user.pk)
    if account is None or not account.is_active or account.password != user.password:
        raise SignInRefused()
    idle, absolute = _limits(account)
    sign_in = SignIn.objects.create(
        user=account,
        kind=kind,
        session_key=session_key,
        idle_seconds=idle,
        idle_until=Now() + timedelta(seconds=idle),
        ends_at=Now() + timedelta(seconds=absolute),
    )
    sign_in.refresh_from_db(fields=["idle_until", "ends_at"])
    actor = actor_of(account)
    record(by=actor, action="sign_in.opened", target_type="sign_in", target_id=str(sign_in.pk))
    if access_of(account).performer_id:
        hooks.announce_signed_in(by=actor, performer_id=account.pk)
    return sign_in


@transaction.atomic
def end_sign_in(*, by: Actor, sign_in_id: UUID, reason: EndReason = EndReason.SIGNED_OUT, forced: bool = False) -> bool:
    """End one sign-in: its session, its tokens, its sockets. False where it had ended before.

    A performer's last one asks the hooks first, which may refuse (raises their refusal and nothing ends)
    unless it is `forced`.
    """
    owner = SignIn.objects.filter(pk=sign_in_id).values_list("user_id", flat=True).first()
    account = lock_account(owner) if owner else None
    sign_in = SignIn.objects.select_for_update().filter(pk=sign_in_id, ended_at__isnull=True).first()
    if account is None or sign_in is None:
        return False
    others = [other for other in queries.open_sign_ins(account.pk) if other.pk != sign_in.pk]
    if not others and queries.is_performer(account.pk):
        hooks.announce_last_sign_out(by=by, performer_id=account.pk, forced=forced)
    _close(sign_in, by, reason)
    return True


@transaction.atomic
def end_all_sign_ins(*, by: Actor, user_id: UUID, reason: EndReason, keep: UUID | None = None) -> int:
    """End every sign-in of an account, whatever she is doing: for a disabled account, a new role or password."""
    open_ones = SignIn.objects.filter(user_id=user_id, ended_at__isnull=True).values_list("pk", flat=True)
    return sum(
        end_sign_in(by=by, sign_in_id=sign_in_id, reason=reason, forced=True)
        for sign_in_id in open_ones
        if sign_in_id != keep
    )


def end_overdue_sign_ins(*, limit: int = 100) -> int:
    """End what has been idle or open too long. For the worker, as often as it likes; returns how many."""
    return sum(
        end_sign_in(by=SYSTEM, sign_in_id=overdue, reason=EndReason.TIMED_OUT, forced=True)
        for overdue in queries.overdue_sign_ins(limit)
    )


def touch_sign_ins(sign_in_ids: list[UUID]) -> frozenset[UUID]:
    """Mark sign-ins as seen now, which moves their idle deadline. Returns those that are open; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [sign_in_ids])
        return frozenset(row[0] for row in cursor.fetchall())


def sweep_expired() -> None:
    """Delete expired refresh tokens, tickets, sessions, and failed attempts older than the lock-out."""
    OutstandingToken.objects.filter(expires_at__lte=Now()).delete()
    SocketTicket.objects.filter(expires_at__lte=Now()).delete()
    Session.objects.filter(expire_date__lte=Now()).delete()
    AccessAttempt.objects.filter(attempt_time__lte=Now() - settings.AXES_COOLOFF_TIME).delete()


def lock_account(user_id: UUID) -> User | None:
    """Hold the account's row until the transaction ends: sign-ins of one account begin and end one by one."""
    return User.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def _close(sign_in: SignIn, by: Actor, reason: EndReason) -> None:
    if sign_in.session_key:
        Session.objects.filter(session_key=sign_in.session_key).delete()
    SignIn.objects.filter(pk=sign_in.pk).update(ended_at=Now(), end_reason=reason)
    record(by=by, action="sign_in.ended", target_type="sign_in", target_id=str(sign_in.pk), after={"outcome": reason})
    publish(SignInEnded(sign_in_id=sign_in.pk))


def _limits(account: User) -> tuple[int, int]:
    """Seconds of idleness and seconds in all. Who only watches and buys may stay longer."""
    roles = access_of(account).roles
    return settings.SIGN_IN_LIMITS["viewer" if roles <= {"viewer"} else "worker"]


# --- people


@transaction.atomic
def make_performer(*, by: Actor, user: User, stage_name: str, studio: Studio | None = None) -> Performer:
    """Make an account a performer, with her role's permissions."""
    profile = Performer.objects.create(user=user, stage_name=stage_name, studio=studio)
    join_role(by=by, user=user, role="performer")
    return profile


@transaction.atomic
def make_viewer(*, by: Actor, user: User, alias: str) -> Viewer:
    """Make an account a viewer, with his role's permissions."""
    profile = Viewer.objects.create(user=user, alias=alias)
    join_role(by=by, user=user, role="viewer")
    return profile


@transaction.atomic
def make_studio_manager(*, by: Actor, user: User, studio: Studio) -> None:
    """Let an account look on at a studio's performers."""
    studio.managers.add(user)
    join_role(by=by, user=user, role="studio manager")


@transaction.atomic
def make_staff(*, by: Actor, user: User) -> None:
    """Make an account a member of the staff; a superuser she is not by that."""
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.is_staff = True
    join_role(by=by, user=user, role="staff")


@transaction.atomic
def set_active(*, by: Actor, user_id: UUID, active: bool, reason: str) -> None:
    """Close an account, which ends all of its sign-ins, or open it again."""
    lock_account(user_id)
    if not active:
        end_all_sign_ins(by=by, user_id=user_id, reason=EndReason.ACCOUNT_CHANGED)
    User.objects.filter(pk=user_id).update(is_active=active)
    _record_account(by, "account.opened" if active else "account.closed", user_id, reason)


@transaction.atomic
def set_password(*, by: Actor, user: User, password: str, reason: str, keep: UUID | None = None) -> None:
    """Give an account a new password (checked by the caller's form); its sign-ins end, but for the one to keep."""
    user.set_password(password)
    user.save(update_fields=["password"])
    end_all_sign_ins(by=by, user_id=user.pk, reason=EndReason.ACCOUNT_CHANGED, keep=keep)
    _record_account(by, "account.password_set", user.pk, reason)


def set_verified(*, performer_id: UUID, verified: bool) -> None:
    """Write down what staff decided about a performer's wallet; the caller audits and announces it."""
    Performer.objects.filter(pk=performer_id).update(verified_at=Now() if verified else None)


def join_role(*, by: Actor, user: User, role: str) -> None:
    """Give an account the permissions of a role."""
    user.groups.add(Group.objects.get(name=role))
    forget_access(user)
    record(by=by, action="account.role_given", target_type="account", target_id=str(user.pk), after={"name": role})


def _record_account(by: Actor, action: str, user_id: UUID, reason: str) -> None:
    record(by=by, action=action, target_type="account", target_id=str(user_id), reason=reason)
