"""Pages that every role shares, the studio's and the staff's first pages, and the way out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import sign_in_of
from accounts.permissions import LABELS, Permission
from accounts.queries import managed_performers, open_sign_ins
from accounts.services import end_sign_in
from accounts.sessions import leave_session
from core import health
from core.exceptions import NotFound
from dashboard.pages import Page, appearance
from dashboard.presenters.house import StatusView, profile_facts, sign_in_rows, staff_tiles, status_view, studio_rows
from dashboard.presenters.session import queue_rows
from dashboard.presenters.states import all_badges
from modelstate.queries import get_state, states_of
from queue_app.queries import queue_of


class Help(Page):
    """`/help/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {"states": all_badges(), "support": settings.SUPPORT_EMAIL}
        return self.page("dashboard/help.html", context, ("Home", "desk"), ("Help", "help"))


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """`/status/`: whether the parts work; for everybody, also when little does."""
    state: StatusView = status_view(health.check())
    return render(request, "dashboard/status.html", {"state": state, **appearance(request)})


class Profile(Page):
    """`/settings/profile/`: who she is here, what she may do, where she is signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        here = sign_in_of(request)
        context = {
            "facts": profile_facts(self.account, self.facts.name, self.access),
            "may": [LABELS[Permission(name)] for name in sorted(self.access.permissions)],
            "sign_ins": sign_in_rows(open_sign_ins(self.account_id), here.pk if here else None),
        }
        return self.page("dashboard/profile.html", context, ("Home", "desk"), ("Profile", "profile"))


class Studio(Page):
    """`/studio/`: a manager looks on."""

    roles = frozenset({"studio manager"})

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found = managed_performers(self.account_id)
        context = {"performers": studio_rows(found, states_of(row.pk for row in found))}
        return self.page("dashboard/studio.html", context)


class StudioPerformer(Page):
    """`/studio/<id>/`: one performer of the studio; to anybody else she does not exist."""

    roles = frozenset({"studio manager"})

    def get(self, request: HttpRequest, performer_id: UUID) -> HttpResponse:
        """The page."""
        found = next((row for row in managed_performers(self.account_id) if row.pk == performer_id), None)
        if found is None:
            raise NotFound()
        (shown,) = studio_rows([found], {found.pk: get_state(found.pk).state})
        context = {"performer": shown, "rows": queue_rows(queue_of(found.pk))}
        return self.page("dashboard/studio_performer.html", context, ("Studio", "studio"), (shown.name, "studio"))


class Staff(Page):
    """`/staff/`: doors to the administration."""

    roles = frozenset({"staff"})

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.page("dashboard/staff.html", {"tiles": staff_tiles()})


class SignOutHere(Page):
    """Ends this browser's sign-in; a performer's last one is refused while she performs."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out, then to the door."""
        here = sign_in_of(request)
        if here is not None:
            end_sign_in(by=self.actor, sign_in_id=here.pk)
        leave_session(request)
        return HttpResponse(headers={"HX-Redirect": reverse(settings.LOGOUT_REDIRECT_URL)})
