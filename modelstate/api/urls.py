"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from modelstate.api import views

urlpatterns = [
    path("model/state", views.StateView.as_view(), name="model-state"),
    path("model/stream/start", views.StreamStartView.as_view(), name="stream-start"),
    path("model/stream/stop", views.StreamStopView.as_view(), name="stream-stop"),
    path("model/broadcast-settings", views.BroadcastSettingsView.as_view(), name="broadcast-settings"),
]
