"""Refuses what the content security policy would block, before a browser does.

Forbidden in every template: inline scripts and styles, on… handlers, hx-on, js: and javascript: values, trigger
filters in brackets. A script tag must have both a source and a nonce; every other vendored file comes by {% static %}.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("inline style", re.compile(r"<style\b|\sstyle\s*=", re.I)),
    ("inline handler", re.compile(r"<[^>]*\son[a-z]+\s*=", re.I)),
    ("hx-on", re.compile(r"\b(?:data-)?hx-on\b", re.I)),
    ("script value", re.compile(r"=\s*[\"']\s*(?:js|javascript):", re.I)),
    ("trigger filter", re.compile(r"hx-trigger(?::\w+)?\s*=\s*(\"[^\"]*\[[^\"]*\"|'[^']*\[[^']*')", re.I)),
    ("foreign address", re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I)),
    ("unescaped output", re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")),
)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.I | re.S)
VERBATIM = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.S)


def problems(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and names of what the template may not contain."""
    code = VERBATIM.sub(lambda found: "\n" * found.group().count("\n"), text)
    for name, pattern in RULES:
        for found in pattern.finditer(code):
            yield code.count("\n", 0, found.start()) + 1, name
    for found in SCRIPT.finditer(code):
        line = code.count("\n", 0, found.start()) + 1
        if found.group(2).strip():
            yield line, "inline script"
        if "src=" not in found.group(1) or "nonce=" not in found.group(1):
            yield line, "script without source or nonce"


def main() -> int:
    """Lints every template of the product; the exit code says whether all are clean."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}\n"
        for path in sorted(ROOT.glob("templates/**/*.html"))
        for line, name in sorted(problems(path.read_text()))
    ]
    sys.stderr.write("".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
