"""The staff's view of limits: read, never set for anybody."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import ReadOnlyAdmin
from compliance.models import ViewerLimits


@admin.register(ViewerLimits)
class ViewerLimitsAdmin(ReadOnlyAdmin):
    """What viewers allow themselves."""

    list_display = ("viewer", "daily", "daily_next", "daily_next_at", "weekly", "weekly_next", "excluded_until")
    list_filter = (("excluded_until", admin.EmptyFieldListFilter),)
    list_select_related = ("viewer",)
    search_fields = ("=viewer__user__id", "viewer__user__username")
    ordering = ("viewer",)
