"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from notices.api import views

urlpatterns = [
    path("notifications", views.NoticesView.as_view(), name="notifications"),
    path("notifications/read-all", views.AllReadView.as_view(), name="notifications-read-all"),
    path("notifications/preferences", views.WishesView.as_view(), name="notification-preferences"),
    path("notifications/<uuid:notice_id>/read", views.ReadView.as_view(), name="notification-read"),
]
