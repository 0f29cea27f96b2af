"""App configuration."""

from django.apps import AppConfig


class MenusConfig(AppConfig):
    """What she can do now, and what viewers can buy from her."""

    name = "menus"
    append_only_tables = ["menus_menuactionlog"]
    ledger_tables = ["menus_purchase"]

    def ready(self) -> None:
        """Say what of a menu may be written into the audit log."""
        from audit.services import allow_fields

        allow_fields("type", "visibility", "published", "duration_seconds", "public", "section", "ordering")
