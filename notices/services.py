"""Telling people, what they make of it, and the words that staff give it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from audit.services import record
from core.actors import Actor
from core.exceptions import NotFound
from core.sql import call
from notices import policies, queries
from notices.events import announce, announce_read
from notices.models import MessageVersion, Preference, Reader
from notices.queries import Wishes

KEPT_DAYS = 90
FORGOTTEN_AT_ONCE = 5000


def notify(*, owner_id: UUID, key: str, variables: Mapping[str, str | int], cause: str) -> UUID | None:
    """Tell an account something, in the caller's transaction and once for `cause` ("payout:{id}:updated").

    Returns the notice's id, the first one's where the cause was told before, None where the owner switched the key
    off. `variables` are ids, whole numbers and titles, all that the registry declares for the key; a key that is not
    there, or a variable that is missing, is a fault.
    """
    with transaction.atomic():
        told = call("notices_tell", owner=owner_id, key=key, variables=dict(variables), cause=cause)["notices"]
        announce(told)
    return UUID(told[0]["id"]) if told else None


def mark_read(*, owner_id: UUID, notice_id: UUID | None = None) -> int:
    """One of his notices, or all, are read; how many he has left. Raises NotFound for what is not his."""
    with transaction.atomic():
        if call("notices_read", owner=owner_id, notice=notice_id)["read"]:
            announce_read(owner_id)
    return queries.unread_count(owner_id)


def save_wishes(*, owner_id: UUID, keys: Mapping[str, bool], language: str | None = "") -> Wishes:
    """Switch the given keys, leave the others; choose a language ("" leaves it, None goes back to the browser's).

    Raises ValidationFailed by field for an unknown key or language.
    """
    switches = {policies.check_switch(key): on for key, on in keys.items()}
    # In the order of the keys: two tabs that save at once never wait for each other in a ring.
    rows = [Preference(owner_id=owner_id, key=key, enabled=on) for key, on in sorted(switches.items())]
    with transaction.atomic():
        Preference.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["owner", "key"], update_fields=["enabled"]
        )
        if language is None:
            Reader.objects.filter(pk=owner_id).delete()
        elif language:
            policies.check_language(language)
            Reader.objects.update_or_create(pk=owner_id, defaults={"language": language})
        return queries.wishes_of(owner_id)


def propose_text(*, by: Actor, key: str, language: str, text: str, reason: str) -> MessageVersion:
    """Add a version of a text; nobody sees it before it is activated. Raises ValidationFailed where it does not fit."""
    text = policies.check_text(key=key, language=language, text=text)
    with transaction.atomic():
        _lock_versions(key, language)
        newest = queries.versions_of(key, language).first()
        number = newest.number + 1 if newest else 1
        version = MessageVersion.objects.create(
            key=key, language=language, number=number, text=text, active=False, proposed_by=by.id
        )
        _audit(by, "notices.text_proposed", version, reason)
    return version


def activate_text(*, by: Actor, version_id: int, reason: str) -> MessageVersion:
    """Show this version from now on, instead of the one that was shown. Raises NotFound."""
    with transaction.atomic():
        version = MessageVersion.objects.filter(pk=version_id).first()
        if version is None:
            raise NotFound()
        _lock_versions(version.key, version.language)
        policies.check_text(key=version.key, language=version.language, text=version.text)
        queries.versions_of(version.key, version.language).filter(active=True).update(active=False)
        MessageVersion.objects.filter(pk=version_id).update(active=True)
        version.active = True
        _audit(by, "notices.text_activated", version, reason)
    return version


def _lock_versions(key: str, language: str) -> None:
    # The first version is there for good: whoever holds it decides; what is the newest is read after the wait.
    list(queries.versions_of(key, language).filter(number=1).select_for_update())


def _audit(by: Actor, action: str, version: MessageVersion, reason: str) -> None:
    record(
        by=by,
        action=action,
        target_type="notices.messageversion",
        target_id=str(version.pk),
        after={"name": f"{version.key} [{version.language}]", "version": version.number},
        reason=reason,
    )


def forget_old_notices() -> int:
    """Forget what was told long ago, in small bites; how many notices that were."""
    gone = 0
    while bite := int(call("notices_forget", days=KEPT_DAYS, most=FORGOTTEN_AT_ONCE)["forgotten"]):
        gone += bite
    return gone
