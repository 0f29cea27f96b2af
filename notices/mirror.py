"""What migrations write of messages: the registry's keys for SQL, whenever `registry.py` changes, and first texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def first_texts(texts: Mapping[str, tuple[str, str]]) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """A migration's step that writes version 1 of each (English, Spanish) by its key, shown from the start."""

    def write(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        rows = apps.get_model("notices", "MessageVersion").objects.using(editor.connection.alias)
        rows.bulk_create(
            rows.model(key=key, language=language, number=1, text=text, active=True)
            for key, both in texts.items()
            for language, text in zip(("en", "es"), both, strict=True)
        )

    return write
