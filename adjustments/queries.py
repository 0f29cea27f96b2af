"""Reads that corrections need."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from core.actors import Actor

LARGE = "adjustments.approve_large_adjustment"


def may_approve_large(by: Actor) -> bool:
    """Whether this member of the staff holds the permission for large corrections."""
    person = get_user_model().objects.filter(pk=str(by.id), is_active=True, is_staff=True).first()
    return person is not None and person.has_perm(LARGE)
