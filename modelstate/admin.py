"""The staff's view of performers' states: looked at, never set by hand."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import ReadOnlyAdmin
from modelstate.models import ModelState, StateChange


@admin.register(ModelState)
class ModelStateAdmin(ReadOnlyAdmin):
    """What performers are doing now."""

    list_display = ("performer", "state", "version", "line_ticket", "last_change")
    list_filter = ("state",)
    list_select_related = ("performer",)
    search_fields = ("=performer__user__id", "performer__user__username")
    ordering = ("-last_change",)


@admin.register(StateChange)
class StateChangeAdmin(ReadOnlyAdmin):
    """The history of states."""

    list_display = ("at", "performer", "version", "event", "from_state", "to_state", "actor_id", "reason")
    list_filter = ("event", "to_state")
    list_select_related = ("performer",)
    search_fields = ("=performer__user__id", "performer__user__username")
    date_hierarchy = "at"
    ordering = ("-at", "-id")
