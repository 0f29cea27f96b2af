"""What every page and fragment of the dashboard shares: who may see it, its frame, its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from accounts.access import Access, access_of
from accounts.actors import actor_of
from accounts.permissions import require
from core.actors import Actor
from core.exceptions import DomainError, NotAuthenticated, PermissionDenied
from core.htmx import is_htmx, toast, versions
from dashboard.facts import Facts
from dashboard.regions import REGIONS
from notices.queries import Said, say
from queue_app.policies import check_no_mode

if TYPE_CHECKING:
    from accounts.models import User

THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


@method_decorator(csp_update(settings.TRUSTED_TYPES), name="dispatch")
class Page(View):
    """A page of somebody signed in; `roles` (any of them) and `permission` narrow it. Nobody is led to sign in."""

    roles: ClassVar[frozenset[str]] = frozenset()
    permission: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - signature of View
        """Who may see it is decided before anything is read."""
        if not request.user.is_authenticated:
            if is_htmx(request):
                raise NotAuthenticated()
            return redirect_to_login(request.get_full_path())
        if self.roles and not self.roles & self.access.roles:
            raise PermissionDenied()
        if self.permission:
            require(self.account, self.permission)
        return super().dispatch(request, *args, **kwargs)

    @property
    def account(self) -> User:
        """Who is signed in."""
        return cast("User", self.request.user)

    @property
    def account_id(self) -> UUID:
        """Her id, which is also her performer's or viewer's id."""
        return self.account.pk

    @property
    def access(self) -> Access:
        """Her roles, permissions and flags."""
        return access_of(self.account)

    @property
    def actor(self) -> Actor:
        """What services are told."""
        return actor_of(self.account)

    @property
    def room_id(self) -> UUID | None:
        """The performer whose room the address names."""
        found: UUID | None = self.kwargs.get("performer_id")
        return found

    def _fresh_facts(self) -> Facts:
        accepted = self.request.headers.get("Accept-Language", "")
        return Facts(self.account, open_page(self.request), self.room_id, accepted)

    @property
    def facts(self) -> Facts:
        """What this request has read so far, each thing once."""
        if not hasattr(self, "_facts"):
            self._facts = self._fresh_facts()
        return self._facts

    def page(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        *crumbs: tuple[str, str],
        refusal: DomainError | None = None,
    ) -> HttpResponse:
        """The whole page in its frame; with the refusal of what its address asks for, by field, and its status."""
        frame = {"shell": self.facts.shell(*crumbs), **appearance(self.request), **(context or {})}
        if refusal is None:
            return render(self.request, template, frame)
        errors = getattr(refusal, "errors", ())
        problems = {error.attr.partition(".")[0]: error.detail for error in errors} or {"page": refusal.message}
        response = render(self.request, template, {**frame, "problems": problems}, status=refusal.status)
        response.headers["X-Problem-Code"] = refusal.code
        return response

    def said(self, key: str, variables: Mapping[str, object]) -> Said:
        """The words of a message, in the reader's language."""
        return say(key, variables, self.facts.language)

    def fragment(self, name: str) -> HttpResponse:
        """One region: the same for a push, a poll and the page itself."""
        region = REGIONS[name]
        return render(self.request, region.template, region.context(self.facts))

    def answer(
        self, names: Iterable[str], message: str | Said = "", moved: Mapping[str, int] | None = None
    ) -> HttpResponse:
        """The regions that an action changed, as they are now, what to say, and the versions that this shows."""
        self._facts = self._fresh_facts()
        regions = [REGIONS[name] for name in names]
        context: dict[str, Any] = {"regions": regions, **appearance(self.request)}
        for region in regions:
            context |= region.context(self._facts)
        response = render(self.request, "dashboard/answer.html", context)
        versions(response, {**(moved or {}), **self._facts.versions()})
        if isinstance(message, Said):
            toast(response, "ok", message.text, message.language)
        elif message:
            toast(response, "ok", message)
        return response


class QueueForm(View):
    """A form about the queue; behind a page class, so that who may send it is settled first.

    A mode in it is INVALID_MODE, as over the API: whether items wait is the performer's stored setting.
    """

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - signature of View
        """Before anything is done."""
        check_no_mode(request.GET)
        check_no_mode(request.POST)
        return super().dispatch(request, *args, **kwargs)


def open_page(request: HttpRequest) -> str:
    """The path of the page in the browser: the request's own, or the one that htmx names."""
    if not is_htmx(request):
        return request.path
    try:
        return str(request.htmx.current_url_abs_path or "")  # type: ignore[attr-defined]  # HtmxMiddleware
    except ValueError:  # what was sent is no address
        return ""


def appearance(request: HttpRequest) -> dict[str, Any]:
    """The chosen theme, so that the first paint is right."""
    theme = request.COOKIES.get("theme", "system")
    return {"theme": theme if theme in dict(THEMES) else "system", "themes": THEMES}


class PerformerPage(Page):
    """A page of a performer about herself."""

    roles = frozenset({"performer"})


class ViewerPage(Page):
    """A page of a viewer about himself."""

    roles = frozenset({"viewer"})
