"""Migrate as the owner, then grant the application's role its rights."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from core.grants import grant_rights
from core.outbox import mirror_kinds

OWNER_LIMITS = "-c lock_timeout=10000 -c statement_timeout=0"


class Command(BaseCommand):
    """`manage.py prepare_database`: safe to run again."""

    help = "Migrates with DATABASE_OWNER_URL and grants the role of DATABASE_URL what it needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The auditor's role may be named."""
        parser.add_argument(
            "--auditor", default="", help="role that may read all but secrets (default: that of DATABASE_AUDITOR_URL)"
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Do both; the output is Django's own."""
        prepare(auditor=str(options["auditor"]), verbosity=int(str(options["verbosity"])))
        mirror_kinds()


def prepare(*, auditor: str = "", verbosity: int = 1, name: str | None = None) -> None:
    """Migrate and grant on the database of the settings, or on another of the same server by name."""
    auditor = auditor or str((settings.DATABASE_AUDITOR or {}).get("USER", ""))
    alias = owner_alias(name)
    try:
        call_command("migrate", database=alias, verbosity=verbosity, interactive=False)
        grant_rights(connections[alias], settings.DATABASES["default"]["USER"], auditor or None)
    finally:
        connections[alias].close()


def owner_alias(name: str | None = None) -> str:
    """A connection as the owner, added to Django's connections under the alias `owner`."""
    config = {
        **connections["default"].settings_dict,
        **settings.DATABASE_OWNER,
        "OPTIONS": {"options": OWNER_LIMITS},
    }
    if name:
        config["NAME"] = name
    connections.databases["owner"] = config
    if hasattr(connections._connections, "owner"):  # type: ignore[attr-defined]
        connections["owner"].close()
        del connections["owner"]
    return "owner"
