"""Copies the registry into the database for SQL; migrations call it whenever `registry.py` changes."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notices.registry import MESSAGES


def mirror_keys(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Replace the rows of `notices_messagekey` by the registry's keys and their aliases."""
    rows = apps.get_model("notices", "MessageKey").objects.using(editor.connection.alias)
    rows.all().delete()
    rows.bulk_create(
        rows.model(name=name, key=m.key, severity=m.severity.value, default_on=m.on, variables=sorted(m.variables))
        for m in MESSAGES.values()
        for name in filter(None, (m.key, m.alias))
    )
