"""Is the product alive and ready? Read by machines and by the status page."""

from __future__ import annotations

from dataclasses import dataclass

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from core.events import client
from core.heartbeats import SWEEPER, silent_seconds

LATE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Health:
    """What answers. The cache may be away: money goes on without it."""

    database: bool
    migrations: bool
    cache: bool
    sweeper: bool

    @property
    def ready(self) -> bool:
        """Whether requests can be served."""
        return self.database and self.migrations and self.sweeper

    @property
    def degraded(self) -> bool:
        """Ready, but without the cache."""
        return self.ready and not self.cache


def check() -> Health:
    """Ask each part once."""
    database = database_answers()
    current = database and migrated()
    return Health(database=database, migrations=current, cache=cache_answers(), sweeper=current and sweeper_on_time())


def database_answers() -> bool:
    """Whether a statement comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return True
    except DatabaseError:
        return False


def migrated() -> bool:
    """Whether every migration of this code has been applied; a yes is remembered by the process."""
    return True if _seen.get("migrated") else _migrated_now()


def _migrated_now() -> bool:
    executor = MigrationExecutor(connection)
    done = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    _seen["migrated"] = done
    return done


_seen: dict[str, bool] = {}


def sweeper_on_time() -> bool:
    """Whether deadlines are worked off: the sweeper has done a round within the last half minute."""
    silence = silent_seconds(SWEEPER)
    return silence is not None and silence <= LATE_SECONDS


def cache_answers() -> bool:
    """Whether Valkey says PONG."""
    try:
        return bool(client().ping())
    except redis.RedisError:
        return False
