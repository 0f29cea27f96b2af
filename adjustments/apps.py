"""App configuration."""

from importlib import import_module
from typing import ClassVar

from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    """Corrections by hand. The tables are read here and written only by the functions of `adjustments/sql`."""

    name = "adjustments"
    ledger_tables: ClassVar[list[str]] = ["adjustments_adjustment", "adjustments_decision"]

    def ready(self) -> None:
        """The functions answer with codes; reconcile checks corrections too; the audit log may know what was moved."""
        from adjustments.invariants import BOOKED_ARE_TRANSFERS
        from audit.services import allow_fields
        from wallet.invariants import also_check

        import_module("adjustments.exceptions")
        allow_fields("bucket", "direction", "ticket", "people_needed")
        also_check(BOOKED_ARE_TRANSFERS)
