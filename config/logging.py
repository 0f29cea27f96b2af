"""Logs: one line an event, as JSON or for the eye, with the request's id and nothing that names a person.

Ids are welcome. Names, addresses, e-mails and secrets are not: fields known to hold such are masked, and so is
whatever looks like one in any text, tracebacks and messages of libraries included.
"""

from __future__ import annotations

import logging.config
import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "[redacted]"
PRIVATE_FIELDS = frozenset(
    {"access", "alias", "authorization", "birth_date", "cookie", "csrftoken", "display_name", "email", "first_name"}
    | {"ip", "ip_address", "last_name", "new_password1", "new_password2", "password", "refresh", "remote_addr"}
    | {"secret", "session_key", "stage_name", "ticket", "token", "user_agent", "username"}
)
PRIVATE_TEXT = re.compile(
    r"""
      [\w.+-]+@[\w-]+\.[\w.-]+                                   # an e-mail address
    | \beyJ[\w-]{8,}\.[\w-]+\.[\w-]*                             # a signed token
    | (?i:bearer)\s+[\w.~+/=-]{8,}                               # the same in a header
    | (?:(?<![\w:])(?:[0-9a-f]{0,4}:){2,6}|\b)(?:\d{1,3}\.){3}\d{1,3}\b # an IPv4 address, in an IPv6 one too
    | (?<![\w:.-])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:-]) # an IPv6 address
    | (?<=\)=\()[^)\n]*                                          # the values of PostgreSQL's "Key (a)=(b)"
    | (?<=Failing\ row\ contains\ \()[^\n]*                      # a whole row of PostgreSQL's
    """,
    re.VERBOSE,
)
# Quieter than the rest: below this level they are noise, or tell of somebody's sign-in, address or page (Django
# logs a template's whole context at DEBUG, the CSRF token in it, and statements with their values).
QUIET = {
    "asyncio": "WARNING",
    "axes": "CRITICAL",
    "django.db.backends": "WARNING",
    "django.template": "WARNING",
    "httpcore": "WARNING",
    "httpx": "WARNING",  # its lines hold addresses, and those hold members' ids
    "procrastinate.blueprints": "WARNING",
    "procrastinate.periodic": "WARNING",
    "uvicorn.access": "CRITICAL",
}


def logging_config(*, debug: bool, style: str) -> None:
    """Set up logging for this process. `style` is "json" or "console"."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": line_formatter, "style": style}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["console"], "level": "DEBUG" if debug else "INFO"},
            "loggers": {name: {"level": level} for name, level in QUIET.items()},
        }
    )


def line_formatter(style: str = "json") -> logging.Formatter:
    """Formats our events and those of libraries alike."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        if style == "console"
        else structlog.processors.JSONRenderer(default=str)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
    )


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
        structlog.processors.format_exc_info,
        redact,
    ]


def add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The id that the client got in X-Request-Id, so that a complaint finds its lines."""
    from core.context import current  # settings, which set up logging, are not complete when this module loads

    if request_id := current().request_id:
        event.setdefault("request_id", request_id)
    return event


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask private fields, and what looks private in any text."""
    return {key: MASK if key.lower() in PRIVATE_FIELDS else _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    cleaner = next((clean for kind, clean in _CLEANERS if isinstance(value, kind)), None)
    return value if cleaner is None else cleaner(value)


def _clean_text(text: str) -> str:
    return PRIVATE_TEXT.sub(MASK, text)


def _clean_mapping(values: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: MASK if str(key).lower() in PRIVATE_FIELDS else _clean(value) for key, value in values.items()}


_CLEANERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (str, _clean_text),
    (Mapping, _clean_mapping),
    (list | tuple, lambda values: [_clean(value) for value in values]),
    (BaseException, lambda error: _clean_text(f"{type(error).__name__}: {error}")),
)
