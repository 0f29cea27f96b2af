"""Verification of a wallet: the performer asks, staff decide, never herself."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Performer
from accounts.queries import performer
from accounts.services import set_verified
from audit.services import record
from core.actors import Actor
from core.exceptions import AlreadyDecided, NotFound
from core.ratelimits import Shield
from core.sql import translated
from payouts.events import verification_updated
from payouts.exceptions import AlreadyVerified, CannotDecideVerification
from payouts.models import Verification
from payouts.queries import VerificationView, verification_of
from payouts.states import VerificationStatus

HOURLY = Shield("wallet.verification.hour", limit=5, period_seconds=3600)
DAILY = Shield("wallet.verification.day", limit=10, period_seconds=86400)


def ask_for_verification(*, performer_id: UUID) -> VerificationView:
    """Ask staff to verify a wallet; asked again while they think, it is the same wish. An attempt counts.

    Raises AlreadyVerified, RateLimitExceeded after five an hour or ten a day.
    """
    DAILY.hit(performer_id)
    HOURLY.hit(performer_id)
    profile = performer(performer_id)
    if profile is None:
        raise NotFound()
    if profile.verified_at is not None:
        raise AlreadyVerified()
    with transaction.atomic():
        _wish, new = Verification.objects.get_or_create(performer=profile, status=VerificationStatus.PENDING)
        # A wish waits for the decision about the one before: she may be verified by now.
        if new and Performer.objects.filter(pk=performer_id, verified_at__isnull=False).exists():
            raise AlreadyVerified()
        if new:
            verification_updated(performer_id, VerificationStatus.PENDING.value)
    return verification_of(performer_id, verified=False)


def decide_verification(*, by: Actor, verification_id: UUID, approve: bool, reason: str) -> None:
    """Say yes or no to a wish; a no takes no verification away.

    Raises NotFound, CannotDecideVerification (the own one), AlreadyDecided.
    """
    status = VerificationStatus.APPROVED if approve else VerificationStatus.REJECTED
    _decide(by, verification_id, VerificationStatus.PENDING, status, reason)


def withdraw_verification(*, by: Actor, verification_id: UUID, reason: str) -> None:
    """Take a verification back. Raises NotFound, CannotDecideVerification, AlreadyDecided where there is none."""
    _decide(by, verification_id, VerificationStatus.APPROVED, VerificationStatus.WITHDRAWN, reason)


@transaction.atomic
def _decide(by: Actor, verification_id: UUID, now: VerificationStatus, status: VerificationStatus, reason: str) -> None:
    wish = Verification.objects.select_for_update().filter(pk=verification_id).first()
    if by.kind != "staff" or wish is None:
        raise NotFound()
    if wish.performer_id == by.id:
        raise CannotDecideVerification()
    if wish.status != now:
        raise AlreadyDecided()
    with translated():
        Verification.objects.filter(pk=wish.pk).update(status=status, decided_by=by.id, decided_at=Now())
    if status != VerificationStatus.REJECTED:  # what was given is taken back by withdrawing alone
        set_verified(performer_id=wish.performer_id, verified=status == VerificationStatus.APPROVED)
    record(
        by=by,
        action=f"verification.{status}",
        target_type="payouts.verification",
        target_id=str(wish.pk),
        after={"performer_id": str(wish.performer_id), "status": status.value},
        reason=reason,
    )
    verification_updated(wish.performer_id, status.value)
