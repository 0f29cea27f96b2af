"""Payment cards' numbers in free text. Pure.

One list of numbers in ten has a card's check digit by chance. So a number must also be one that issuers give out, and
be written as one number is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Digits, and up to four signs of any kind between two of them.
SERIES = re.compile(r"\d+(?:(?:[^\w\n]|_){1,4}\d+)*")
SHORTEST, LONGEST = 13, 19
FIRST_DIGITS = "23456"
#: How the numbers of an issuer begin, and how long they are.
ISSUERS = (
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"30[0-59]|3[689]"), range(14, 20)),
    (re.compile(r"35(?:2[89]|[3-8])|220[0-5]"), range(16, 20)),
    (re.compile(r"5[06-9]|6"), range(13, 20)),
)
#: Groups as they are printed on cards have so many digits, the last may have fewer.
PRINTED = 4
#: Groups of so many digits on average are more often parts of a number than numbers.
LONG_GROUPS = 3
AMOUNT = re.compile(r"[1-9]\d?0|[1-9]\d*00")
LIST_SIGNS = re.compile(r"[,;]\s")


def holds_card(text: str) -> bool:
    """Whether a card's number stands somewhere in this text, alone or, as cards are printed, beside other numbers."""
    return any(
        is_card(digits) and is_issued(digits)
        for series in SERIES.findall(text)
        for digits in (*_as_printed(series), *_as_a_whole(series))
    )


def is_card(digits: str) -> bool:
    """Whether these digits could be a payment card's: its length, its first digit, its check digit (Luhn)."""
    if not SHORTEST <= len(digits) <= LONGEST or digits[0] not in FIRST_DIGITS:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_issued(digits: str) -> bool:
    """Whether some issuer's numbers begin like this and are of this length."""
    return any(begin.match(digits) and len(digits) in lengths for begin, lengths in ISSUERS)


def _as_printed(series: str) -> Iterator[str]:
    """The digits of what could be a card in groups as they are printed, wherever it begins in the series."""
    groups = re.findall(r"\d+", series)
    for first in range(len(groups)):
        digits = ""
        for last, group in enumerate(groups[first : first + LONGEST // PRINTED + 1], start=first + 1):
            digits += group
            if SHORTEST <= len(digits) <= LONGEST and not _are_amounts(groups[first:last]):
                yield digits
            if len(group) < PRINTED:
                break


def _as_a_whole(series: str) -> Iterator[str]:
    """The digits of a series whose groups are parts of one number: few, or of one length with the same signs between.

    What is listed with commas or semicolons, or is round, are amounts.
    """
    groups, signs = re.findall(r"\d+", series), re.findall(r"\D+", series)
    size = len(groups[0])
    is_even = all(len(group) == size for group in groups[:-1]) and len(groups[-1]) <= size and len(set(signs)) == 1
    is_few = sum(map(len, groups)) >= LONG_GROUPS * len(groups)
    is_list = _are_amounts(groups) or (size > 1 and LIST_SIGNS.search(series))
    if (is_even or is_few) and not is_list:
        yield "".join(groups)


def _are_amounts(groups: list[str]) -> bool:
    """Whether more than two numbers are all round: short ones to ten, long ones to a hundred."""
    return len(groups) > 2 and all(AMOUNT.fullmatch(group) for group in groups)
