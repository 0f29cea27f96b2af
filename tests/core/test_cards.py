"""Card numbers are found however somebody writes one number; lists whose digits only happen to check out pass."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cards import holds_card, is_card
from core.personal import found_in

VISA, AMEX = "4111111111111111", "376183146961222"


def grouped(digits: str, length: int, signs: str) -> str:
    """The number in groups of this length, the last one with what is left."""
    return signs.join(digits[begin : begin + length] for begin in range(0, len(digits), length))


@pytest.mark.parametrize("number", [
    VISA, "4504842944131", "4365603438932124338", "5555312621721635", "2221090467296422", AMEX, "36366417757401",
    "3528444439226108", "6200526480929858511", "6304755108811967205", "2200307132878425", "4000000000000010",
])  # fmt: skip
def test_the_numbers_of_all_issuers_are_found_in_a_row_and_in_fours(number: str) -> None:
    assert is_card(number)
    assert (found_in(f"card {number}."), found_in(grouped(number, 4, " "))) == ("personal_card", "personal_card")


@pytest.mark.parametrize("signs", [" ", "-", ".", "_", "|", " - ", ", ", ",", " / ", "    ", "~", "\u00b7", "; "])
def test_whatever_stands_between_the_groups_of_a_card_it_is_one(signs: str) -> None:
    assert holds_card(f"pay {grouped(VISA, 4, signs)} thanks")
    assert holds_card(signs.join((AMEX[:4], AMEX[4:10], AMEX[10:])))
    assert holds_card(grouped(VISA, 1, signs))


@pytest.mark.parametrize("length", [1, 2, 3, 5, 6, 8])
@pytest.mark.parametrize("signs", [" ", "-", ".", "/", "*"])
def test_a_card_in_groups_of_any_one_length_is_found(signs: str, length: int) -> None:
    assert holds_card(grouped(VISA, length, signs))


@pytest.mark.parametrize("text", [
    "pay 5: 4111 1111 1111 1111", "4111 1111 1111 1111 12/25 123", "4111-1111-1111-1111 1225 123",
    "2x 10, then 4111.1111.1111.1111", "4111 11-1111 1111.11",
])  # fmt: skip
def test_a_card_beside_other_numbers_is_found(text: str) -> None:
    assert found_in(text) == "personal_card"


@pytest.mark.parametrize("text", [
    "prices 420, 250, 25, 105, 104",
    "prices 60, 716, 230, 430, 330, 300, 860",
    "vote 33 429 458 105 16 879 478 308 89 140",
    "levels 40 50 60 70 80 90 100",
    "goals 6400 / 3000 / 2300 / 8300",
    "goals 4700 - 9000 - 9400 - 7800",
    "score 4:2 3:8 5:0 5:2 5:2 8:0 8:7 5:7 7:3 5:5",
    "score 6-0; 0-8; 4-8; 8-2; 6-8; 8-1; 2-3; 1-2; 7-9",
    "on 26.7. / 16.12. / 6.6. / 13.8. / 6.9.",
    "shows 26/04 07/12 14/10 15/08 10/12",
    "at 22:45, 22:45, 8:15, 8:45, 22:30",
    "66.99; 94.99; 14.00; 54.50",
    "numbers 48, 15, 36, 41, 40, 30, 48, 23, 41",
    "hits of 2019 2023 2009 2015",
    "2) 453; 5) 373; 10) 417; 5) 421; 3) 101; 1) 29; 8) 386",
    "fib 5, 3, 8, 11, 19, 30, 49, 79, 128, 207, 335",
    "order 42461114981073",
    "wheel 61 22 90 76 331 48 214",
    "prices 390, 860, 420, 980, 141",
    "prices 425, 366, 360, 619, 863, 9, 225, 623",
    "goals 7300, 6600, 3500, 4100, 3500",
])  # fmt: skip
def test_lists_and_ids_whose_digits_check_out_are_no_cards(text: str) -> None:
    assert not holds_card(text)
    assert found_in(text) is None


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1112", "4111 1111 1111", "4111 1111\n1111 1111", "2020 2020 2020 2024"]
)
def test_a_wrong_check_digit_too_few_digits_and_two_lines_are_no_card(text: str) -> None:
    assert not holds_card(text)


@given(st.lists(st.integers(1, 999), min_size=5, max_size=10))
def test_prices_with_commas_are_never_a_card(prices: list[int]) -> None:
    assert not holds_card(", ".join(map(str, [*prices, 25])))


@given(st.text(alphabet="0123456789 -./,:;()_", max_size=4000))
@settings(deadline=timedelta(seconds=1), max_examples=30)
def test_long_texts_of_figures_are_read_in_no_time(text: str) -> None:
    assert holds_card(text + f" x{VISA}")
