"""One line of plain text: something to read, nothing that breaks the line or turns the writing round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plain import is_one_line


@pytest.mark.parametrize("text", [
    "A song of your choice", "¡Baila conmigo!", "舞", "رقصة", "7", "❤", "…", "a\u00a0b", "Zoë & Ann — 2 × 10",
    "👩\u200d🎤",
])  # fmt: skip
def test_words_of_any_script_figures_and_signs_are_a_line(text: str) -> None:
    assert is_one_line(text)


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\x00", "\x1b", "\x7f", "\u2028", "\u2029", "\x85", "\ud800"])
def test_what_breaks_or_steers_a_line_is_refused(sign: str) -> None:
    assert not is_one_line(f"A song{sign}of your choice")


@pytest.mark.parametrize(
    "sign", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
)
def test_what_turns_the_text_beside_it_is_refused(sign: str) -> None:
    assert not is_one_line(f"A song{sign}")


@pytest.mark.parametrize(
    "text", ["\u200b", " \u200d ", "\u3164", "\u2800\u2800", "\u115f\u1160", "\uffa0", "\u00ad", "\ufe0f", "\u0301"]
)
def test_what_shows_nothing_is_refused(text: str) -> None:
    assert not is_one_line(text)


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u2003"])
def test_nothing_and_mere_spaces_are_a_matter_of_the_length(text: str) -> None:
    assert is_one_line(text)


@given(st.text(), st.sampled_from("\n\r\x00\u202e\u2067"), st.text())
def test_no_neighbours_make_a_bad_sign_good(before: str, sign: str, after: str) -> None:
    assert not is_one_line(before + sign + after)
