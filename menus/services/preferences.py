"""Writes of a performer's menu preferences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from core.actors import Actor
from core.events import publish
from core.exceptions import NotFound, PreconditionFailed
from menus.events import PreferencesChanged
from menus.models import MenuPreferences
from menus.preferences import NAMES, Preferences, merged
from menus.queries.menu import preferences_from


@transaction.atomic
def change_preferences(
    *, by: Actor, performer_id: UUID, changes: Mapping[str, Any], expected_version: int | None = None
) -> Preferences:
    """Replace the given keys, each as a whole; the others stay. The event tells her other screens.

    Raises ValidationFailed by field, PreconditionFailed where `expected_version` is not the present one,
    NotFound where they are not hers.
    """
    row = _locked(by, performer_id, expected_version)
    return _written(row, merged(preferences_from(row), changes))


@transaction.atomic
def reset_preferences(*, by: Actor, performer_id: UUID, expected_version: int | None = None) -> Preferences:
    """Back to the house's defaults. Raises as `change_preferences` does."""
    return _written(_locked(by, performer_id, expected_version), Preferences())


def _locked(by: Actor, performer_id: UUID, expected_version: int | None) -> MenuPreferences:
    if by.id != performer_id and not by.is_staff:
        raise NotFound()
    MenuPreferences.objects.bulk_create([_unwritten(performer_id)], ignore_conflicts=True)
    row = MenuPreferences.objects.select_for_update().get(performer_id=performer_id)
    if expected_version is not None and expected_version != row.version:
        raise PreconditionFailed()
    return row


def _unwritten(performer_id: UUID) -> MenuPreferences:
    defaults = Preferences()
    return MenuPreferences(performer_id=performer_id, version=0, **{name: getattr(defaults, name) for name in NAMES})


def _written(row: MenuPreferences, wanted: Preferences) -> Preferences:
    for name in NAMES:
        setattr(row, name, getattr(wanted, name))
    row.version += 1
    row.updated_at = Now()
    row.save()
    publish(PreferencesChanged(performer_id=row.performer_id, version=row.version))
    return preferences_from(row)
