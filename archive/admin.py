"""The staff's list of archived months."""

from __future__ import annotations

from django.contrib import admin

from archive.models import ArchivedMonth
from audit.admin import ReadOnlyAdmin


@admin.register(ArchivedMonth)
class ArchivedMonthAdmin(ReadOnlyAdmin):
    """What was exported, and the digest that names the files."""

    list_display = ("__str__", "edition", "tokens", "rows", "manifest_sha256", "archived_at")
    date_hierarchy = "month"
    ordering = ("-month", "-edition")
