"""What a viewer may spend: he sets it, features that spend ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from audit.services import record
from compliance import policies
from compliance.queries import Limits, limits_from
from core.actors import Actor
from core.sql import call, call_value, refusal_of


def check_can_spend(*, viewer_id: UUID, tokens: int, scope: Literal["purchase", "game"]) -> None:
    """Pass where the viewer may spend so many tokens more, and keep his spending locked until the transaction ends.

    For services that spend from Python, inside their open transaction and before any account is locked; SQL functions
    that spend call `compliance_allow` themselves. Raises SelfExcluded, SpendingLimitExceeded.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("what is counted outside the spending's transaction is not counted")
    refusal = call_value("compliance_allow", viewer=viewer_id, tokens=tokens, scope=scope)
    if refusal is not None:
        raise refusal_of(refusal)


def set_limits(*, by: Actor, viewer_id: UUID, changes: Mapping[str, int | None]) -> Limits:
    """Set his own limits (`daily`, `weekly`; None for none): lower at once, higher after 24 hours.

    Raises ValidationFailed by field, NotFound for who is no viewer.
    """
    policies.check_limits(changes)
    return _changed("compliance_set_limits", by, viewer_id, dict(changes), changes=dict(changes))


def exclude(*, by: Actor, viewer_id: UUID, days: int) -> Limits:
    """Shut him out of all spending for so many times 24 hours.

    Raises ValidationFailed outside 1 day to 5 years, CannotShortenExclusion, NotFound for who is no viewer.
    """
    policies.check_days(days)
    return _changed("compliance_exclude", by, viewer_id, {"days": days}, days=days)


def _changed(function: str, by: Actor, viewer_id: UUID, after: dict[str, Any], **params: object) -> Limits:
    with transaction.atomic():
        limits = limits_from(call(function, viewer=viewer_id, **params))
        action = function.replace("_", ".", 1)
        record(by=by, action=action, target_type="accounts.viewer", target_id=str(viewer_id), after=after)
    return limits
