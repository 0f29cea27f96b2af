"""Who is it: people, permissions, flags, sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of what sign-in stands on, and tell the API's document about the ways to sign in."""
        from accounts import checks  # noqa: F401 - registers itself
        from accounts.api import schema  # noqa: F401 - registers itself
