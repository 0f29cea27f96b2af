"""Anybody's balance and a performer's state at an instant of the past, for staff."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.queries import account_named, is_performer
from core.exceptions import NotFound
from dashboard.forms import instant_from, tried
from dashboard.pages import Page
from dashboard.presenters.past import PastCard, past_card
from queue_app.past import past_of


class PastPage(Page):
    """`/staff/past/`."""

    roles = frozenset({"staff"})
    permission = "READ_WALLET"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and what it asked for."""
        who = request.GET.get("who", "").strip()
        past, refusal = tried(lambda: self.card(who))
        context = {"who": who, "at": request.GET.get("at", ""), "past": past, "zone": settings.BUSINESS_TIME_ZONE}
        return self.page("dashboard/past.html", context, ("Staff", "staff"), ("As it was", "past"), refusal=refusal)

    def card(self, who: str) -> PastCard | None:
        """What was, or None until an account and an instant are given; raises NotFound for nobody's name."""
        at = instant_from(self.request.GET.get("at", ""))
        if not who or at is None:
            return None
        found = account_named(who)
        if found is None:
            raise NotFound("There is no such account.")
        return past_card(past_of(found.pk, at, performs=is_performer(found.pk)), found.username)
