"""Who may: granular permissions, held through groups and per-user grants."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from accounts.access import access_of
from core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Permission(StrEnum):
    """The codenames; they hang on the content type of the user model."""

    STREAM = "STREAM"
    JOIN_QUEUE = "JOIN_QUEUE"
    LEAVE_QUEUE = "LEAVE_QUEUE"
    READ_QUEUE = "READ_QUEUE"
    READ_WALLET = "READ_WALLET"
    REQUEST_PAYOUT = "REQUEST_PAYOUT"
    READ_TRANSACTIONS = "READ_TRANSACTIONS"
    CREATE_PROMOTION = "CREATE_PROMOTION"
    MANAGE_PROMOTIONS = "MANAGE_PROMOTIONS"
    READ_ANALYTICS = "READ_ANALYTICS"
    UPDATE_MOOD = "UPDATE_MOOD"
    CREDIT_TOKENS = "CREDIT_TOKENS"
    RUN_PROOF = "RUN_PROOF"


LABELS: dict[Permission, str] = {
    Permission.STREAM: "Start and stop the stream",
    Permission.JOIN_QUEUE: "Join the line",
    Permission.LEAVE_QUEUE: "Leave the line",
    Permission.READ_QUEUE: "See the queue",
    Permission.READ_WALLET: "See the wallet's balance",
    Permission.REQUEST_PAYOUT: "Ask for a payout",
    Permission.READ_TRANSACTIONS: "See own transactions",
    Permission.CREATE_PROMOTION: "Create promotions",
    Permission.MANAGE_PROMOTIONS: "Manage own promotions",
    Permission.READ_ANALYTICS: "See analytics",
    Permission.UPDATE_MOOD: "Set the mood",
    Permission.CREDIT_TOKENS: "Credit bought tokens (billing service)",
    Permission.RUN_PROOF: "Prove the ledger and the audit log",
}

NOT_FOR_PERFORMERS = frozenset({Permission.CREDIT_TOKENS, Permission.RUN_PROOF})

# CREDIT_TOKENS belongs to no role: the billing service's account gets it as a grant of its own.
ROLE_PERMISSIONS: dict[str, tuple[Permission, ...]] = {
    "performer": tuple(p for p in Permission if p not in NOT_FOR_PERFORMERS),
    "viewer": (Permission.READ_WALLET, Permission.READ_TRANSACTIONS),
    "studio manager": (Permission.READ_QUEUE, Permission.READ_ANALYTICS),
    "staff": (
        Permission.READ_QUEUE,
        Permission.READ_WALLET,
        Permission.READ_TRANSACTIONS,
        Permission.READ_ANALYTICS,
        Permission.RUN_PROOF,
    ),
}


def permissions_of(user: User | AnonymousUser) -> frozenset[str]:
    """The codenames the account holds; one statement a user object, shared with the flags."""
    return access_of(user).permissions


def allows(user: User | AnonymousUser, permission: str) -> bool:
    """Whether the account holds the permission."""
    return permission in permissions_of(user)


def require(user: User | AnonymousUser, permission: str) -> None:
    """Pass, or raise PermissionDenied."""
    if not allows(user, permission):
        raise PermissionDenied
