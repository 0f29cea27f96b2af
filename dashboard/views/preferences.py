"""What a performer sets: her menu, her broadcast; and what everybody sets: colours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from core.exceptions import ValidationFailed
from core.htmx import toast, trigger
from dashboard.forms import broadcast_from, preferences_from, version_from
from dashboard.pages import THEMES, Page, PerformerPage
from dashboard.presenters.settings import broadcast_fields, preferences_form
from menus.queries.menu import preferences_of
from menus.services.preferences import change_preferences, reset_preferences
from modelstate.queries import broadcast_of
from modelstate.services import save_broadcast

YEAR = 365 * 24 * 3600
CHANGED = ("menu", "quick", "preferences")


class MenuSettings(PerformerPage):
    """`/settings/menu/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {"preferences": preferences_form(preferences_of(self.account_id))}
        return self.page("dashboard/menu_settings.html", context, ("Desk", "desk"), ("Menu settings", "menu-settings"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the whole page; refused where another device saved meanwhile."""
        change_preferences(
            by=self.actor,
            performer_id=self.account_id,
            changes=preferences_from(request.POST),
            expected_version=version_from(request.POST),
        )
        return self.answer(CHANGED, "Saved.")


class ResetMenuSettings(PerformerPage):
    """Back to the usual menu."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Reset."""
        reset_preferences(by=self.actor, performer_id=self.account_id)
        return self.answer(CHANGED, "Back to the usual menu.")


class StreamSettings(PerformerPage):
    """`/stream/`: what goes on air."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {"fields": broadcast_fields(broadcast_of(self.account_id))}
        return self.page("dashboard/stream.html", context, ("Desk", "desk"), ("Broadcast settings", "stream-settings"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save."""
        save_broadcast(performer_id=self.account_id, changes=broadcast_from(request.POST))
        response = HttpResponse()
        toast(response, "ok", "Saved.")
        return response


class Theme(Page):
    """The colours of this browser."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice in a cookie, so that the first paint is right."""
        value = request.POST.get("theme", "")
        if value not in dict(THEMES):
            raise ValidationFailed.of("theme", "invalid_choice", "Choose system, light or dark.")
        response = HttpResponse(status=204)
        response.set_cookie("theme", value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
        trigger(response, "theme", {"value": value})
        return response
