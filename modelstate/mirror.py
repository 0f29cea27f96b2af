"""Writes the transition table into the database; migrations call it whenever `states.py` changes."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from modelstate.states import matrix


def mirror_transitions(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Replace the rows of `modelstate_transition` by the matrix of `states.py`."""
    rows = apps.get_model("modelstate", "Transition").objects.using(editor.connection.alias)
    rows.all().delete()
    rows.bulk_create(
        rows.model(event=c.event.value, from_state=c.from_state.value, to_state=c.to_state, refusal=c.refusal)
        for c in matrix()
    )
