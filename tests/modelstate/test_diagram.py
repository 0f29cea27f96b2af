"""The written diagram is the table's."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from modelstate import diagram
from modelstate.states import matrix


def test_the_written_page_is_up_to_date() -> None:
    call_command("state_diagram", "--check")


def test_every_move_and_every_refusal_is_drawn() -> None:
    text = (diagram.REFERENCE / "states.md").read_text(encoding="utf-8")
    for cell in matrix():
        drawn = f"{cell.from_state} --> {cell.to_state}: {cell.event}"
        told = f"| {cell.event} | {cell.from_state} | {cell.refusal} |"
        assert (drawn if cell.to_state else told) in text


def test_a_stale_page_fails_the_check_and_is_mended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(diagram, "REFERENCE", tmp_path)
    with pytest.raises(CommandError, match="state_diagram"):
        call_command("state_diagram", "--check")
    call_command("state_diagram")
    call_command("state_diagram", "--check")
    (tmp_path / "states.md").write_text("old", encoding="utf-8")
    with pytest.raises(CommandError, match="not up to date"):
        call_command("state_diagram", "--check")
