"""Rights: the application's role may do what its apps declare, and nothing else."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from core.grants import house_functions, internal_functions, protected_tables
from core.sql import sql_file

pytestmark = pytest.mark.django_db


def test_every_sql_function_is_in_the_database_as_its_file_has_it() -> None:
    for config in apps.get_app_configs():
        for path in sorted(sql_file(config.label, "x").parent.glob("*.sql")):
            text, name = path.read_text(encoding="utf-8"), f"{config.label}_{path.stem}"
            with connection.cursor() as cursor:
                cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [name])
                bodies = [row[0] for row in cursor.fetchall()]
            assert bodies, f"{name} is not installed"
            assert any(body in text for body in bodies), f"{name} differs from {path.name}"


def test_internal_functions_are_closed_to_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname = ANY(%s) AND prorettype <> 'trigger'::regtype "
            "AND has_function_privilege(oid, 'EXECUTE')",
            [sorted(internal_functions())],
        )
        open_ones = [row[0] for row in cursor.fetchall()]
    assert open_ones == []


@pytest.mark.parametrize(
    ("attribute", "rights"),
    [
        ("append_only_tables", ("UPDATE", "DELETE", "TRUNCATE")),
        ("ledger_tables", ("INSERT", "UPDATE", "DELETE", "TRUNCATE")),
    ],
)
def test_protected_tables_are_closed(attribute: str, rights: tuple[str, ...]) -> None:
    for table in protected_tables(attribute):
        for right in rights:
            with connection.cursor() as cursor:
                cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
                row = cursor.fetchone()
            assert row == (False,), f"{right} on {table}"


def test_sql_obeys_the_layers() -> None:
    """A function writes its own app's tables and calls lower apps' functions."""
    order = ["core", "audit", "accounts", "notices", "wallet", "loyalty", "modelstate", "presence"]
    order += ["payouts", "adjustments", "compliance", "queue_app", "menus"]
    labels = [label for label in order if apps.is_installed(label)]
    for rank, label in enumerate(labels):
        for path in sorted(sql_file(label, "x").parent.glob("*.sql")):
            code = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("--"))
            for higher in labels[rank + 1 :]:
                assert f"{higher}_" not in code, f"{path.name} of {label} reaches up to {higher}"
            for other in set(labels) - {label}:
                for verb in ("INSERT INTO", "UPDATE", "DELETE FROM"):
                    assert f"{verb} {other}_" not in code, f"{path.name} of {label} writes {other}'s tables"


def test_no_function_of_ours_is_open_to_everybody() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc, aclexplode(COALESCE(proacl, acldefault('f', proowner))) AS granted"
            " WHERE proname = ANY(%s) AND granted.grantee = 0 AND granted.privilege_type = 'EXECUTE'",
            [sorted(house_functions())],
        )
        assert cursor.fetchall() == []


def test_functions_with_the_owners_rights_look_for_temporary_tables_last() -> None:
    """Where the path does not name it, pg_temp comes first, and the caller's own table stands in for ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname = ANY(%s) AND prosecdef"
            " AND NOT 'search_path=pg_catalog, public, pg_temp' = ANY(coalesce(proconfig, '{}'))",
            [sorted(house_functions())],
        )
        assert cursor.fetchall() == []
