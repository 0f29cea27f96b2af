"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """What a viewer may spend. The table is read here and written only by the functions of `compliance/sql`."""

    name = "compliance"
    ledger_tables = ["compliance_viewerlimits"]

    def ready(self) -> None:
        """The functions answer with codes; the audit log may know which limits were set."""
        from audit.services import allow_fields

        import_module("compliance.exceptions")
        allow_fields("daily", "weekly", "days", "excluded_until")
