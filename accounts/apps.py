"""Who is it: people, permissions, flags, sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of what sign-in stands on."""
        from accounts import checks  # noqa: F401 - registers itself
