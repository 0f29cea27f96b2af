"""What is open: feature flags of sections and features, globally and per account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.access import access_of
from core.exceptions import FeatureDisabled

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

SECTION_FLAGS = (
    "section.streaming",
    "section.queue",
    "section.financial",
    "section.settings",
    "section.support",
)
FEATURE_FLAGS = ("mood", "promotions", "payouts", "slots", "engagement")


def flags_of(user: User | AnonymousUser) -> frozenset[str]:
    """The names of the flags that are on for this account; one statement, shared with the permissions.

    A flag is on by its `everyone`, `authenticated`, `staff` and `superusers` marks, its users and its groups;
    an account among its excluded ones never has it. Waffle's percentage, testing and language marks
    belong to a request, not to an account, and are not looked at.
    """
    return access_of(user).flags


def require_flag(user: User | AnonymousUser, flag: str) -> None:
    """Pass, or raise FeatureDisabled."""
    if flag not in flags_of(user):
        raise FeatureDisabled
