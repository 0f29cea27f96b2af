"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from presence.api import views

urlpatterns = [path("model/presence", views.PresenceView.as_view(), name="presence")]
