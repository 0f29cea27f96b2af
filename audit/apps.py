"""Who did what: append-only, sealed by a hash chain."""

from typing import ClassVar

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit app. The application's role may add entries, never change them, and only read seals."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
    append_only_tables: ClassVar[list[str]] = ["audit_auditentry"]
    ledger_tables: ClassVar[list[str]] = ["audit_seal"]

    def ready(self) -> None:
        """The log is the first of the chains."""
        from audit.chains import AUDIT_LOG, watch

        watch(AUDIT_LOG)
