"""Writing the audit log: record an act, seal what was recorded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from audit.chains import AUDIT_LOG, Chain
from audit.models import AuditEntry
from core.actors import Actor
from core.context import current
from core.sql import call, loaded

log = structlog.get_logger(__name__)

WITHHELD = "(not recorded)"
Fields = dict[str, Any]

_recordable: set[str] = {
    "active", "amount", "count", "enabled", "from", "mode", "name", "outcome", "performer_id", "price", "state",
    "status", "to", "tokens", "version", "viewer_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many entries the blocks hold, and the chain's new head (hex), which belongs into a second place."""

    entries: int
    head: str


def allow_fields(*names: str) -> None:
    """Let the values of these fields be written down; call it from `apps.ready`. Others only by their name."""
    _recordable.update(names)


def record(
    *,
    by: Actor,
    action: str,
    target_type: str,
    target_id: str,
    before: Fields | None = None,
    after: Fields | None = None,
    reason: str = "",
) -> AuditEntry:
    """Append one entry, in the caller's transaction: rolled back with what it tells about.

    Values of fields that nobody allowed (`allow_fields`) are withheld; that they changed is kept.
    """
    facts = current()
    return AuditEntry.objects.create(
        actor_kind=by.kind,
        actor_id=str(by.id or ""),
        action=action,
        target_type=target_type,
        target_id=str(target_id),
        before=_recordable_part(before),
        after=_recordable_part(after),
        reason=reason,
        ip_tag=facts.ip_tag,
        key_id=key_id() if facts.ip_tag else "",
        ua_class=facts.ua_class,
        request_id=facts.request_id,
    )


def key_id() -> str:
    """Which key made an address tag; says nothing about the key."""
    return hashlib.sha256(b"key-id\x00" + settings.AUDIT_KEY.encode()).hexdigest()[:8]


def seal(chain: Chain = AUDIT_LOG) -> Sealed:
    """Seal all finished rows of a chain into its next blocks. Twins wait for one another; nothing to seal is fine."""
    entries, more = 0, True
    while more:
        result = call(chain.seal)
        entries, more = entries + result["sealed"], result["more"]
    sealed = Sealed(entries=entries, head=result["head"])
    _tell(chain, sealed)
    return sealed


def begin_epoch(chain: Chain, owner: BaseDatabaseWrapper) -> Sealed:
    """Seal everything there is, for the first start after a restore, while nobody writes: transaction ids begin anew.

    Needs the owner's connection: the application has no right to.
    """
    with owner.cursor() as cursor:
        cursor.execute(f"SELECT {chain.new_epoch}()")
        result = loaded(cursor.fetchone()[0])
    sealed = Sealed(entries=result["sealed"], head=result["head"])
    _tell(chain, sealed)
    return sealed


def _tell(chain: Chain, sealed: Sealed) -> None:
    if sealed.entries:
        log.info("audit.sealed", rows=chain.rows, entries=sealed.entries, head=sealed.head)


def _recordable_part(fields: Fields | None) -> Fields | None:
    if fields is None:
        return None
    return {name: _plain(value) if name in _recordable else WITHHELD for name, value in fields.items()}


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, QuerySet):
        return [str(row.pk) for row in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
