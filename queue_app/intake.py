"""The one payload every paying feature hands to the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueIntake:
    """S2's eleven fields. The hold exists already; the queue alone decides whether it is settled or refunded.

    Without a performer the item waits for whoever is next.
    """

    idempotency_key: str
    source_feature: str
    source_event_id: str
    performer_id: UUID | None
    user_id: UUID
    escrow_transaction_id: UUID
    tokens: int
    title: str
    description: str = ""
    duration_seconds: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
