"""Reads: who is there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection


def present_until(owner_id: UUID) -> datetime | None:
    """When the last lease of this account ends or ended; None where there was never one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT presence_until(%s)", [owner_id])
        row = cursor.fetchone()
    found: datetime | None = row[0] if row else None
    return found
