"""App configuration."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """What people see in the browser: pages, fragments, sockets."""

    name = "dashboard"
