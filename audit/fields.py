"""A column of PostgreSQL's 64-bit transaction ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Func

if TYPE_CHECKING:
    _Field = models.Field[int, int]
else:
    _Field = models.Field


class TransactionId(Func):
    """The id of the running transaction; to be used as a column's default."""

    function = "pg_current_xact_id"
    arity = 0


class TransactionIdField(_Field):
    """An `xid8`, read as a whole number. Such ids start anew when a database is restored."""

    def db_type(self, connection: Any) -> str:  # noqa: ANN401 - Django's own type is private
        """The type's name in PostgreSQL."""
        return "xid8"

    def from_db_value(self, value: object, *_: object) -> int | None:
        """The driver hands over text."""
        return None if value is None else int(str(value))

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401 - signature of Field
        """PostgreSQL reads an xid8 from text only; expressions pass."""
        return str(value) if isinstance(value, int) else value
