"""Addresses of the loyalty rooms."""

from django.urls import path

from loyalty.views import webhook

urlpatterns = [path("", webhook, name="loyalty-webhook")]
