"""What a viewer allows himself: limits, and shutting himself out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from compliance.services import exclude, set_limits
from core.htmx import page_once
from dashboard.forms import days_from, limits_from
from dashboard.pages import ViewerPage


class MyLimits(ViewerPage):
    """`/my/limits/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {"limits": self.facts.limits_card()}
        return self.page("dashboard/my_limits.html", context, ("Rooms", "rooms"), ("Limits", "my-limits"))


class SaveLimits(ViewerPage):
    """Setting the limits."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lower at once, higher after 24 hours; once for the key."""

        def save() -> None:
            set_limits(by=self.actor, viewer_id=self.account_id, changes=limits_from(request.POST))

        page_once(request, self.account_id, save)
        return self.answer(("limits",), "Saved. Lower limits hold now, higher ones in 24 hours.")


class ExcludeSelf(ViewerPage):
    """Shutting himself out, after typing a word."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """From now on nothing is spent; once for the key."""

        def shut_out() -> None:
            exclude(by=self.actor, viewer_id=self.account_id, days=days_from(request.POST))

        page_once(request, self.account_id, shut_out)
        return self.answer(("limits",), "You have excluded yourself. Nothing can be spent until then.")
