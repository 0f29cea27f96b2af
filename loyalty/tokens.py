"""The tokens that the service reads: ours as a platform, and the queue's for deciding about an escrow."""

from __future__ import annotations

import time
from typing import Any, Literal

import jwt

from loyalty.config import Loyalty
from loyalty.errors import NotSupported

LIFETIME_SECONDS = 300
# The other side's clock may be behind ours.
BACKDATED_SECONDS = 30
Decision = Literal["queue_settlement", "queue_refund", "queue_partial_settlement"]


def service_token(config: Loyalty, member: str) -> str:
    """Who calls, for whom; both spellings of the tenant, as its code and its documents differ."""
    claims = {
        "tenantId": config.tenant,
        "tenant_id": config.tenant,
        "userId": member,
        "sub": member,
        "role": "service",
    }
    return _signed(claims, config.token_secret)


def queue_token(config: Loyalty, decision: Decision, facts: dict[str, Any]) -> str:
    """The queue's word for one escrow and its very amounts. Raises NotSupported without the queue's secret."""
    if not config.queue_secret:
        raise NotSupported
    claims = {"sub": "queue_service", "role": "queue_service", "type": decision, **facts}
    return _signed(claims, config.queue_secret)


def _signed(claims: dict[str, Any], secret: str) -> str:
    now = int(time.time())
    return jwt.encode({**claims, "iat": now - BACKDATED_SECONDS, "exp": now + LIFETIME_SECONDS}, secret, "HS256")
