"""What a performer earned: movements that cross the border of her wallet on the account of her earnings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, When

from wallet.models import Account, Transfer
from wallet.states import AccountKind


def earned_movements(performer_id: UUID, since: datetime, until: datetime) -> QuerySet[Transfer]:
    """Movements of that span that made her earn more or less; `change` is their tokens with a sign.

    What moves between her own accounts (a payout, what she owes) is no earning; a correction takes away where it falls.
    One statement; the rows are the caller's to read.
    """
    own = dict(Account.objects.filter(owner_id=performer_id).values_list("kind", "id"))
    earned, others = own.get(AccountKind.EARNED), list(own.values())
    # The span stands in both halves, so that each is one walk along its index however long her history is.
    span = Q(created_at__gte=since, created_at__lt=until)
    gained = Q(span, credit_account_id=earned) & ~Q(debit_account_id__in=others)
    lost = Q(span, debit_account_id=earned) & ~Q(credit_account_id__in=others)
    sign = Case(When(credit_account_id=earned, then=F("amount")), default=-F("amount"), output_field=BigIntegerField())
    rows = Transfer.objects.filter(gained | lost).annotate(change=sign)
    return rows if earned is not None else rows.none()


def business_zone() -> ZoneInfo:
    """Where business days begin."""
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)
