"""The notification centre, and what one wants to be told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.htmx import PAGES, toast
from dashboard.forms import tried, wishes_from
from dashboard.pages import Page
from dashboard.presenters.notices import row_of, settings_of
from dashboard.views.history import before
from notices.queries import notice_for, wishes_of
from notices.services import mark_read, save_wishes

CHANGED = ("notices", "bell")


class NoticesPage(Page):
    """`/notifications/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; a place that is none is refused in it, over the newest."""
        mark, refusal = tried(lambda: before(request.GET.get("at", "")))
        context = {"notices": self.facts.notices(mark), "first": reverse("notices")}
        steps = (("Home", "desk"), ("Notifications", "notices"))
        return self.page("dashboard/notices.html", context, *steps, refusal=refusal)


class BellFragment(Page):
    """How many are not read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region."""
        return self.fragment("bell")


class NoticesFragment(Page):
    """The newest ones."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region."""
        return self.fragment("notices")


class NoticeToast(Page):
    """One that has just come, said in a toast: the event carried its id and no words."""

    def get(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        """Nothing to show but the toast."""
        row = row_of(notice_for(self.account_id, notice_id, self.facts.language))
        response = HttpResponse(status=204)
        toast(response, row.kind, row.text, row.language or PAGES)
        return response


class ReadNotice(Page):
    """One is read."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        """Mark it; again is fine."""
        mark_read(owner_id=self.account_id, notice_id=notice_id)
        return self.answer(CHANGED)


class ReadAllNotices(Page):
    """All are read."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark them."""
        mark_read(owner_id=self.account_id)
        return self.answer(CHANGED)


class NoticeSettingsPage(Page):
    """`/settings/notifications/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {"settings": settings_of(wishes_of(self.account_id), self.access.roles)}
        steps = (("Notifications", "notices"), ("What you are told", "notice-settings"))
        return self.page("dashboard/notice_settings.html", context, *steps)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the switches that the page showed, and the language."""
        keys, language = wishes_from(request.POST)
        save_wishes(owner_id=self.account_id, keys=keys, language=language)
        response = HttpResponse()
        toast(response, "ok", "Saved.")
        return response
