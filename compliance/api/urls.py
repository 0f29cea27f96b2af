"""Addresses under /api/v1/ of the limits."""

from django.urls import path

from compliance.api import views

urlpatterns = [
    path("slot-machine/limits", views.LimitsView.as_view(), name="limits"),
    path("slot-machine/self-exclusion", views.SelfExclusionView.as_view(), name="self-exclusion"),
]
