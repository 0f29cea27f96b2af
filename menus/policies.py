"""When a menu may do something. Who may is a question of permissions."""

from __future__ import annotations

from menus.definitions import Facts
from payouts.policies import check_payable
from queue_app import policies


def check_somebody_waits(facts: Facts) -> None:
    """Pass, or raise the queue's refusal of starting where nothing waits."""
    policies.check_somebody_waits(facts.somebody_waits)


def check_payout_minimum(facts: Facts) -> None:
    """Pass, or raise the refusal of a payout below the minimum."""
    check_payable(facts.payable)
