"""Makes our admin site the default one. A module of its own: an app's `apps.py` may hold one configuration."""

from django.contrib.admin.apps import AdminConfig


class HouseAdminConfig(AdminConfig):
    """Django's admin with our site."""

    default_site = "accounts.adminsite.HouseAdminSite"
