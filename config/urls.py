"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from core import views as core_views

api: list[URLPattern | URLResolver] = [
    # Looked through in this order: first what is asked most.
    path("", include("queue_app.api.urls")),
    path("", include("menus.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("modelstate.api.urls")),
    path("", include("presence.api.urls")),
    path("", include("wallet.api.urls")),
    path("", include("compliance.api.urls")),
    path("", include("payouts.api.urls")),
    path("", include("notices.api.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api)),
    path("api/schema/", core_views.SchemaView.as_view(), name="schema"),
    path("api/docs/", core_views.DocsView.as_view(url_name="schema"), name="api-docs"),
    path("admin/", admin.site.urls),
    path("webhooks/loyalty/", include("loyalty.urls")),
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
    path("metrics", core_views.metrics, name="metrics"),
    path("problems/<slug:slug>/", core_views.problem_page, name="problem"),
    path("csp-report/", core_views.csp_report, name="csp-report"),
    path("", include("accounts.urls")),
    path("", include("dashboard.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
