"""When a menu may do something. Who may is a question of permissions."""

from __future__ import annotations

from menus.definitions import Facts
from wallet.policies import check_can_request_payout


def check_payout_minimum(facts: Facts) -> None:
    """Pass, or raise the wallet's refusal of a payout below the minimum."""
    check_can_request_payout(facts.earned)
