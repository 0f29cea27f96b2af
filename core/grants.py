"""Rights of the database roles: owner (migrations), the application, an auditor."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.sql import grant_of

FUNCTIONS = """
SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema() AND NOT EXISTS (
  SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def grant_rights(owner: BaseDatabaseWrapper, app_role: str, auditor_role: str | None) -> None:
    """Give the roles what they need and nothing else; runs as the owner, as often as one likes.

    At once: a product that runs meanwhile has never more rights than these, and never fewer.
    """
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        if app_role != owner.settings_dict["USER"]:
            for statement in _statements(owner, app_role):
                cursor.execute(statement)
        if auditor_role:
            cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{auditor_role}"')
            cursor.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{auditor_role}"')


def _statements(owner: BaseDatabaseWrapper, role: str) -> list[str]:
    quoted = f'"{role}"'
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
    """The functions of our own SQL files, and what the file says of their grant: `app` or `none`."""
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
