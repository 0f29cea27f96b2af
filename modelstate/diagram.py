"""Draws a transition table as a page of documentation, and tells whether the written page is still true."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

REFERENCE = Path(settings.BASE_DIR) / "docs" / "reference"


@dataclass(frozen=True, slots=True)
class Edge:
    """An event that leads from one state to another, or is refused with a code (then `target` is empty)."""

    event: str
    source: str
    target: str
    refusal: str = ""


def page(title: str, intro: str, first: str, edges: Iterable[Edge], words: Mapping[tuple[str, str], str]) -> str:
    """The Markdown page: a Mermaid diagram of the moves and a table of the refusals with their words."""
    known = list(edges)
    lines = [f"# {title}", "", intro, "", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {edge.source} --> {edge.target}: {edge.event}" for edge in known if edge.target]
    lines += ["```", "", "| event | refused in | code | words |", "|---|---|---|---|"]
    lines += [
        f"| {edge.event} | {edge.source} | {edge.refusal} | {words.get((edge.event, edge.source), '')} |"
        for edge in known
        if not edge.target
    ]
    return "\n".join(lines) + "\n"


class PageCommand(BaseCommand, ABC):
    """Writes one generated page; with --check only compares it."""

    file_name: str

    def add_arguments(self, parser: CommandParser) -> None:
        """--check writes nothing."""
        parser.add_argument("--check", action="store_true", help="fail where the written page is not up to date")

    @abstractmethod
    def render_page(self) -> str:
        """The page as it should be."""

    def handle(self, *_args: object, **options: object) -> None:
        """Write the page, or raise CommandError where --check finds another text."""
        path, text = REFERENCE / self.file_name, self.render_page()
        if not options["check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            name = type(self).__module__.rpartition(".")[2]
            raise CommandError(f"docs/reference/{self.file_name} is not up to date: run manage.py {name}")
