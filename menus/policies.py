"""When a menu may do something. Who may is a question of permissions."""

from __future__ import annotations

from menus.definitions import Facts
from payouts.policies import check_earned


def check_payout_minimum(facts: Facts) -> None:
    """Pass, or raise the refusal of a payout below the minimum."""
    check_earned(facts.earned)
