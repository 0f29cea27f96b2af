"""Rights of the database roles: owner (migrations), the application, an auditor who reads all but what opens doors."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.sql import grant_of

FUNCTIONS = """
SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema() AND NOT EXISTS (
  SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


COLUMNS = """
SELECT quote_ident(column_name) FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s AND column_name <> ALL (%s) ORDER BY ordinal_position
"""


def grant_rights(owner: BaseDatabaseWrapper, app_role: str, auditor_role: str | None) -> None:
    """Give the roles what they need and nothing else; runs as the owner, as often as one likes.

    At once: a product that runs meanwhile has never more rights than these, and never fewer. Raises
    ImproperlyConfigured where the auditor would be the owner or the application.
    """
    owner_role = owner.settings_dict["USER"]
    if auditor_role in {owner_role, app_role}:
        raise ImproperlyConfigured(f"The auditor must be a role of its own: {auditor_role} does more than read.")
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        if app_role != owner_role:
            for statement in _statements(owner, app_role):
                cursor.execute(statement)
            close_database(owner)
        if auditor_role:
            for statement in _auditor_statements(owner, auditor_role):
                cursor.execute(statement)


def close_database(owner: BaseDatabaseWrapper) -> None:
    """Nobody but the owner makes things in this database: no tables, no functions, not even temporary ones.

    Rights on a database are not copied with it: a copy is closed anew.
    """
    with owner.cursor() as cursor:
        cursor.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {_quoted(owner.settings_dict['NAME'])} FROM PUBLIC")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def _statements(owner: BaseDatabaseWrapper, role: str) -> list[str]:
    quoted = _quoted(role)
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
    ]
    for table in protected_tables("append_only_tables"):
        statements.append(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}")
    for table in protected_tables("ledger_tables"):
        statements.append(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}")
    return statements + _function_statements(owner, quoted)


def _auditor_statements(owner: BaseDatabaseWrapper, role: str) -> list[str]:
    """SELECT on everything but what opens doors, and the functions that only read."""
    quoted = _quoted(role)
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {quoted}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quoted}",
    ]
    with owner.cursor() as cursor:
        for table, columns in withheld().items():
            statements.append(f"REVOKE ALL ON {table} FROM {quoted}")
            cursor.execute(COLUMNS, [table, list(columns)])
            shown = ", ".join(row[0] for row in cursor.fetchall()) if columns else ""
            if shown:
                statements.append(f"GRANT SELECT ({shown}) ON {table} TO {quoted}")
        cursor.execute(FUNCTIONS)
        signatures = cursor.fetchall()
    ours = house_functions()
    for signature, name in signatures:
        if name in ours:
            verb, word = ("GRANT", "TO") if "auditor" in ours[name] else ("REVOKE", "FROM")
            statements.append(f"{verb} EXECUTE ON FUNCTION {signature} {word} {quoted}")
    return statements


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def withheld() -> dict[str, tuple[str, ...]]:
    """What the auditor does not see, as the apps declare it: columns by table; no column named: the whole table."""
    return {
        table: columns
        for config in apps.get_app_configs()
        for table, columns in getattr(config, "withheld_from_auditor", {}).items()
    }


def protected_tables(attribute: str) -> list[str]:
    """Tables that the apps' configurations declare under this name."""
    return [table for config in apps.get_app_configs() for table in getattr(config, attribute, [])]


def _function_statements(owner: BaseDatabaseWrapper, quoted: str) -> list[str]:
    ours = house_functions()
    with owner.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        rows = cursor.fetchall()
    statements = []
    for signature, name in rows:
        if name in ours:
            # PostgreSQL lets everybody execute a new function: without this the auditor could move money.
            statements.append(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC, {quoted}")
        if ours.get(name) != "none":
            statements.append(f"GRANT EXECUTE ON FUNCTION {signature} TO {quoted}")
    return statements


def house_functions() -> dict[str, str]:
    """The functions of our own SQL files, and what the file says of their grant (`core.sql.grant_of`)."""
    return {
        f"{config.label}_{path.stem}": grant_of(path.read_text(encoding="utf-8"))
        for config in apps.get_app_configs()
        for path in _sql_files(config.path)
    }


def internal_functions() -> set[str]:
    """Names of the functions whose file says `-- grant: none`."""
    return {name for name, grant in house_functions().items() if grant == "none"}


def _sql_files(app_path: str) -> list[Path]:
    folder = Path(app_path) / "sql"
    house = Path(__file__).resolve().parent.parent
    return sorted(folder.glob("*.sql")) if house in folder.resolve().parents and ".venv" not in folder.parts else []
