"""Signs of life of processes that must never stop: one row each, the database's clock."""

from __future__ import annotations

from django.db import connection

SWEEPER = "sweeper"

_BEAT = """
INSERT INTO core_heartbeat (name, at) VALUES (%s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET at = clock_timestamp()
"""
_SILENCE = "SELECT extract(epoch FROM clock_timestamp() - at) FROM core_heartbeat WHERE name = %s"


def beat(name: str) -> None:
    """Say that the process has done its round."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [name])


def silent_seconds(name: str) -> float | None:
    """Seconds since its last round; None where it never did one."""
    with connection.cursor() as cursor:
        cursor.execute(_SILENCE, [name])
        row = cursor.fetchone()
    return float(row[0]) if row else None
