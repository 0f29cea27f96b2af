"""Whether a wallet was verified at an instant: the word that stood then, whatever staff decided since."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from payouts.models import Verification
from payouts.verifications import ask_for_verification, decide_verification, withdraw_verification
from tests.payouts.support import earner, staff
from wallet.queries import balance_of, database_now
from wallet.queries.past import balance_at


def wish_of(performer_id: UUID) -> UUID:
    """What she has asked for and waits."""
    ask_for_verification(performer_id=performer_id)
    return Verification.objects.get(performer_id=performer_id, status="pending").pk


def test_the_past_keeps_the_word_that_stood_then(database_clone: str) -> None:
    performer = earner(100, verified=False)
    said: list[bool] = []
    moments: list[datetime] = []
    for verified in (False, True, False, True):
        if verified:
            wish = wish_of(performer.pk)
            decide_verification(by=staff(), verification_id=wish, approve=True, reason="papers")
        elif said:
            withdraw_verification(by=staff(), verification_id=wish, reason="forged")
        said.append(balance_of(performer.pk).verified)
        moments.append(database_now())
    assert said == [False, True, False, True]
    assert [balance_at(performer.pk, at).verified for at in moments] == said


def test_a_wish_that_was_refused_verified_nobody(database_clone: str) -> None:
    performer = earner(100, verified=False)
    decide_verification(by=staff(), verification_id=wish_of(performer.pk), approve=False, reason="blurred")
    assert not balance_at(performer.pk, database_now()).verified


@pytest.mark.django_db
def test_who_never_asked_was_verified_from_the_date_in_her_profile_on() -> None:
    performer = earner(0)
    performer.verified_at = timezone.now() - timedelta(days=2)
    performer.save(update_fields=["verified_at"])
    days = [timezone.now() - timedelta(days=ago) for ago in (3, 1)]
    assert [balance_at(performer.pk, at).verified for at in days] == [False, True]
