"""App configuration."""

from importlib import import_module
from typing import ClassVar

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Closed months, exported and signed. What was exported is only ever added to the list."""

    name = "archive"
    append_only_tables: ClassVar[list[str]] = ["archive_archivedmonth"]

    def ready(self) -> None:
        """The ledger's parts; apps above add theirs with `archive.parts.register`."""
        from archive.parts import LEDGER_PARTS, register
        from audit.services import allow_fields

        import_module("archive.exceptions")
        register(*LEDGER_PARTS)
        allow_fields("month", "edition", "manifest_sha256", "rows")
