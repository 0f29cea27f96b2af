"""What counts as personal data in free text and metadata, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cards import is_card
from core.ids import uuid7
from core.personal import DEEPEST, LONGEST, MOST_KEYS, found_in, metadata_errors, text_errors


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
        ("max at example dot com", "personal_email"),
        ("Max AT mail DOT example DOT co DOT uk, please", "personal_email"),
        ("max [at] example (dot) com", "personal_email"),
        ("max@example dot com", "personal_email"),
        ("max @ example . com", "personal_email"),
        ("max at example.com", "personal_email"),
        ("max_at_example_dot_org", "personal_email"),
        ("max {at} example {dot} dance", "personal_email"),
        ("escribe a max arroba ejemplo punto com", "personal_email"),
        ("4 1 6 5 5 5 0 1 9 9", "personal_phone"),
        ("4.1.6.5.5.5.0.1.9.9", "personal_phone"),
        ("06.12.34.56.78", "personal_phone"),
        ("612 345 678", "personal_phone"),
        ("447700900123", "personal_phone"),
        ("4915112345679", "personal_phone"),
        ("\u0664\u0661\u0666 \u0665\u0665\u0665 \u0660\u0661\u0669\u0669", "personal_phone"),
        ("4\ufe0f\u20e31\ufe0f\u20e36\ufe0f\u20e3 555 0199", "personal_phone"),
        ("\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 1111 1111", "personal_card"),
        ("\u0664111 1111 1111 1111", "personal_card"),
        ("4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", "personal_card"),
        ("4111,1111,1111,1111", "personal_card"),
        ("4111|1111|1111|1111", "personal_card"),
        ("4111    1111    1111    1111", "personal_card"),
        ("x4111111111111111x", "personal_card"),
        ("\u21164111111111111111", "personal_card"),
        ("416|555|0199", "personal_phone"),
        ("416*555*0199", "personal_phone"),
        ("416,555,0199", "personal_phone"),
        ("416:555:0199", "personal_phone"),
        ("tel4165550199", "personal_phone"),
        ("4165550199a", "personal_phone"),
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
        "meet at 8 dot",
        "we meet at 8.30 sharp",
        "look at polka dot dresses",
        "look at me. Mail comes later",
        "dance @ home. Come and see",
        "prices 100 200 300 500",
        "50 100 250 500 1000 tokens",
        "100 000 000 tokens, or 1.000.000.000",
        "18.30 - 20.15 and 21:00-22:30",
        "2019 2020 2021 2022",
        "1979 1985 1991 2003",
        "1 2 3 4 5 6 7 8 9 10",
        "10 9 8 7 6 5 4 3 2 1 0",
        "order 12345678, 3 of 4",
        "at 202611211820 sharp",
        "score 3-2, 4-1, 5-5",
        "1,234,567,890 tokens",
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
        ({"n": 4111111111111111.0}, "metadata.n", "personal_card"),
        ({"n": 4165550199}, "metadata.n", "personal_phone"),
        ({"n": -14165550199}, "metadata.n", "personal_phone"),
        ({"n": 4165550199.0}, "metadata.n", "personal_phone"),
        ({"list": [[447700900123]]}, "metadata.list.0.0", "personal_phone"),
        ({"list": [["a", ["max at example dot com"]]]}, "metadata.list.0.1.0", "personal_email"),
        ({"max at example dot com": 1}, "metadata.max at example dot com", "personal_email"),
        ({"416 555 0199": True}, "metadata.416 555 0199", "personal_phone"),
        ({"a": {"4111111111111111": []}}, "metadata.a.4111111111111111", "personal_card"),
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
    metadata |= {
        "seconds": 1790000000,
        "price": 99999,
        "most": 10**9,
        "orders": [1, 20, 300, 4000],
        "rate": 4165550199.5,
    }
    metadata |= {"when": "18:30", "years": [1979, 2024], "endless": float("inf"), "level": -3}
    nested: dict[str, Any] = {"leaf": "fine"}
    for _ in range(DEEPEST - 1):
        nested = {"level": nested}
    assert metadata_errors("metadata", metadata | nested) == []
