"""The decisions in docs/adr: one number, one decision, and its heading says the same number."""

from __future__ import annotations

from django.conf import settings

DECISIONS = sorted((settings.BASE_DIR / "docs" / "adr").glob("*.md"))


def test_each_number_is_one_decision() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_the_heading_says_the_number_of_the_file() -> None:
    wrong = [p.name for p in DECISIONS if not p.read_text(encoding="utf-8").startswith(f"# {int(p.name[:4])}. ")]
    assert wrong == []
