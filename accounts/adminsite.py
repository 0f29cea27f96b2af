"""The staff's admin site: stock Django admin, entered through our own page, holding only pages that are audited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.exceptions import PermissionDenied

# Third-party apps bring pages that change rows without a reason and an audit entry. Theirs are left out, but for
# the jobs' page, which only reads.
WELCOME = ("procrastinate.contrib.django.admin",)


class HouseAdminSite(AdminSite):
    """Only active staff get in; everybody signs in and out in one place, where guessing is stopped."""

    site_title = "Model Menus staff"
    site_header = "Model Menus staff"
    index_title = "Operations"
    enable_nav_sidebar = False

    def register(
        self,
        model_or_iterable: Any,  # noqa: ANN401 - signature of AdminSite
        admin_class: type[Any] | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        """Take pages whose class says who may do what (`staff_may`), and the few that are welcome as they are."""
        if hasattr(admin_class, "staff_may") or getattr(admin_class, "__module__", "") in WELCOME:
            super().register(model_or_iterable, admin_class, **options)

    def unregister(self, model_or_iterable: Any) -> None:  # noqa: ANN401 - signature of AdminSite
        """Third-party apps may take back what was never let in."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        super().unregister([model for model in models if self.is_registered(model)])

    def password_change(  # type: ignore[override]  # a redirect is an answer too; the stubs know only Django's own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everybody changes the own password in one place."""
        return HttpResponseRedirect(reverse("password"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Staff who are in go on, nobody goes to the product's sign-in page and comes back; others are refused."""
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            # The sign-in page would send her straight back here.
            raise PermissionDenied()
        from django.contrib.auth.views import redirect_to_login

        return redirect_to_login(wanted, reverse("sign-in"))
