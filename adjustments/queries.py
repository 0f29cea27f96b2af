"""Reads that corrections need."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q

from core.actors import Actor

LARGE = "approve_large_adjustment"


def may_approve_large(by: Actor) -> bool:
    """Whether this member of the staff was given the permission for large ones; superusers only have it so, too."""
    given = Permission.objects.filter(content_type__app_label="adjustments", codename=LARGE)
    people = get_user_model().objects.filter(pk=str(by.id), is_active=True, is_staff=True)
    return people.filter(Q(user_permissions__in=given) | Q(groups__permissions__in=given)).exists()
