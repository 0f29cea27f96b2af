"""The staff's admin site: stock Django admin, signed in through our own page."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class HouseAdminSite(AdminSite):
    """Only active staff get in; everybody signs in and out in one place, where guessing is stopped."""

    site_title = "Model Menus staff"
    site_header = "Model Menus staff"
    index_title = "Operations"
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Send to the product's sign-in page, and back."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("sign-in"))
