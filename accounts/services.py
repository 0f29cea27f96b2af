"""Writes: opening and ending sign-ins, making profiles."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least, Now

from accounts import hooks, queries
from accounts.access import access_of
from accounts.actors import actor_of
from accounts.events import SignInEnded
from accounts.exceptions import SignInRefused
from accounts.models import EndReason, SignIn, SignInKind, User
from audit.services import record
from core.actors import SYSTEM, Actor
from core.events import publish


@transaction.atomic
def open_sign_in(*, user: User, kind: SignInKind, session_key: str | None = None) -> SignIn:
    """Begin a sign-in; a performer's also tells those who wait for her. Raises SignInRefused for a closed account."""
    account = lock_account(user.pk)
    if account is None or not account.is_active:
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
def end_all_sign_ins(*, by: Actor, user_id: UUID, reason: EndReason) -> int:
    """End every sign-in of an account, whatever she is doing: for a disabled account, a new role or password."""
    ended = 0
    for sign_in_id in SignIn.objects.filter(user_id=user_id, ended_at__isnull=True).values_list("pk", flat=True):
        ended += end_sign_in(by=by, sign_in_id=sign_in_id, reason=reason, forced=True)
    return ended


def end_overdue_sign_ins(*, limit: int = 100) -> int:
    """End what has been idle or open too long. For the worker, as often as it likes; returns how many."""
    return sum(
        end_sign_in(by=SYSTEM, sign_in_id=overdue, reason=EndReason.TIMED_OUT, forced=True)
        for overdue in queries.overdue_sign_ins(limit)
    )


def touch_sign_ins(sign_in_ids: list[UUID]) -> None:
    """Mark open sign-ins as seen now, which moves their idle deadline. One statement."""
    SignIn.objects.filter(pk__in=sign_in_ids, ended_at__isnull=True, idle_until__gt=Now()).update(
        last_seen_at=Now(), idle_until=Least(F("ends_at"), Now() + F("idle_seconds") * timedelta(seconds=1))
    )


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
