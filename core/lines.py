"""Lines to Valkey for what is said and heard all the time: the bookkeeping of a pool would cost more than the words."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.connection import ConnectionInterface
from redis.retry import Retry


def line_to_valkey(name: str | None = None) -> ConnectionInterface:
    """A connection of one's own that fails at once instead of trying again. Raises RedisError."""
    pool = redis.ConnectionPool.from_url(
        settings.REDIS_URL,
        protocol=2,
        socket_connect_timeout=0.5,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
        client_name=name,
    )
    line = pool.make_connection()
    line.connect()
    return line


class _Own(threading.local):
    """Each thread speaks over a line of its own."""

    url: str = ""
    line: ConnectionInterface | None = None


_own = _Own()


def say(channel: str, messages: Sequence[bytes]) -> None:
    """Publish the messages in their order and wait until Valkey has them. Raises RedisError, OSError.

    A line that has gone is drawn anew once: it may be Valkey that has begun anew.
    """
    if _own.line is not None and _own.url == settings.REDIS_URL:
        try:
            return _publish(_own.line, channel, messages)
        except (redis.RedisError, OSError):
            _own.line.disconnect()
    _own.line, _own.url = None, settings.REDIS_URL
    line = line_to_valkey()
    _publish(line, channel, messages)
    _own.line = line
    return None


def _publish(line: ConnectionInterface, channel: str, messages: Sequence[bytes]) -> None:
    commands = [("PUBLISH", channel, message) for message in messages]
    line.send_packed_command(line.pack_commands(commands), check_health=False)
    for _ in messages:
        line.read_response()
