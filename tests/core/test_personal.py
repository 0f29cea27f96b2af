"""What counts as personal data in free text and metadata, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import uuid7
from core.personal import DEEPEST, LONGEST, MOST_KEYS, found_in, is_card, metadata_errors, text_errors


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("write to max@example.com", "personal_email"),
        ("MAX.M+tips@mail.example.co.uk please", "personal_email"),
        ("max (at) example.com", "personal_email"),
        ("max [ AT ] example.com", "personal_email"),
        ("max\u200b@example.com", "personal_email"),
        ("max\uff20example.com", "personal_email"),
        ("call +1 416 555 0199", "personal_phone"),
        ("call +14165550199", "personal_phone"),
        ("(416) 555-0199", "personal_phone"),
        ("416.555.0199", "personal_phone"),
        ("030 / 1234567", "personal_phone"),
        ("4165550199", "personal_phone"),
        ("\uff14\uff11\uff16 555 0199", "personal_phone"),
        ("4111 1111 1111 1111", "personal_card"),
        ("4111-1111-1111-1111", "personal_card"),
        ("my card 378282246310005.", "personal_card"),
        ("4111_1111_1111_1111", "personal_card"),
        ("416\u00b7555\u00b70199", "personal_phone"),
        ("416 \u2013 555 \u2013 0199", "personal_phone"),
    ],
)
def test_personal_data_is_found(text: str, code: str) -> None:
    assert found_in(text) == code
    assert [(error.attr, error.code) for error in text_errors("title", text)] == [("title", code)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A song of your choice",
        "Song no. 12345, verse 2",
        "from 2026-11-21 18:20:11 until 2026-11-22",
        "on 21.11.2026",
        "1979 - 2024",
        "10 000 tokens",
        "dance @ the beach",
        "f3b0c442-98fc-4c14-9afb-f4c8996fb924",
        "4111 1111 1111 1112",
        "1790000000000",
    ],
)
def test_everything_else_is_left_alone(text: str) -> None:
    assert found_in(text) is None
    assert text_errors("title", text) == []


@given(st.text(alphabet="0123456789", min_size=12, max_size=18).filter(lambda digits: digits[0] in "23456"))
def test_exactly_one_check_digit_makes_a_card(digits: str) -> None:
    assert sum(is_card(digits + str(last)) for last in range(10)) == 1


@pytest.mark.parametrize(
    ("metadata", "attr", "code"),
    [
        ({"contact": "max@example.com"}, "metadata.contact", "personal_email"),
        ({"max@example.com": 1}, "metadata.max@example.com", "personal_email"),
        ({"a": {"b": ["x", {"c": "+1 416 555 0199"}]}}, "metadata.a.b.1.c", "personal_phone"),
        ({"n": 4111111111111111}, "metadata.n", "personal_card"),
        ({"a": [[[["deep"]]]]}, "metadata", "too_deep"),
        ({str(n): n for n in range(MOST_KEYS + 1)}, "metadata", "too_large"),
        ({"long": "x" * (LONGEST + 1)}, "metadata", "too_large"),
    ],
)
def test_metadata_is_refused_by_the_path(metadata: dict[str, Any], attr: str, code: str) -> None:
    assert [(error.attr, error.code) for error in metadata_errors("metadata", metadata)] == [(attr, code)]


def test_every_bad_entry_is_named() -> None:
    found = metadata_errors("metadata", {"a": "max@example.com", "b": ["416-555-0199"]})
    assert [error.attr for error in found] == ["metadata.a", "metadata.b.0"]


def test_ids_numbers_and_flags_of_ours_pass() -> None:
    metadata = {"purchaseId": str(uuid7()), "at": 1790000000000, "presence": True, "none": None, "share": 0.25}
    nested: dict[str, Any] = {"leaf": "fine"}
    for _ in range(DEEPEST - 1):
        nested = {"level": nested}
    assert metadata_errors("metadata", metadata | nested) == []
