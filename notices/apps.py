"""App configuration."""

from typing import ClassVar

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What we say: words by key, and what each person was told."""

    name = "notices"
    default_auto_field = "django.db.models.BigAutoField"
    ledger_tables: ClassVar[list[str]] = ["notices_notice", "notices_messagekey"]
