"""Column types of the ledger that Django does not bring."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TransactionIdField(models.Field):  # type: ignore[type-arg]  # no stubs' parameters at run time
    """A 64-bit transaction id (`xid8`), which never wraps around."""

    description = "64-bit transaction id"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """PostgreSQL's own type."""
        return "xid8"

    def from_db_value(self, value: Any, *_args: object) -> int | None:  # noqa: ANN401 - the driver's text
        """The driver hands the type over as text."""
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:  # noqa: ANN401 - signature of Field
        """Sent as text, which PostgreSQL reads as the type of the other side."""
        return None if value is None else str(value)


class UuidV7(models.Func):
    """A time-ordered id made by the database."""

    function = "core_uuid7"
    output_field = models.UUIDField()


class CurrentTransactionId(models.Func):
    """The id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class CurrentTransaction(models.Func):
    """The id of the transaction at work, NULL while it has written nothing."""

    function = "pg_current_xact_id_if_assigned"
    output_field = TransactionIdField()


class VisibleIn(models.Func):
    """Whether a snapshot, given as text, sees the transaction that wrote the row."""

    template = "pg_visible_in_snapshot(%(expressions)s::pg_snapshot)"
    output_field = models.BooleanField()

    def __init__(self, snapshot: str) -> None:
        super().__init__(models.F("created_xid"), models.Value(snapshot))
