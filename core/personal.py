"""Personal data in free text and in metadata: e-mail addresses, phone numbers, card numbers. Pure.

What viewers and performers write to each other must not carry them (product.md keeps no personal data in payloads).
Spelling tricks are undone first: the digits of any script, invisible characters, "name (at) host", "name at
host dot com".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import isfinite
from typing import Any

from core.cards import holds_card
from core.exceptions import FieldError

LONGEST = 4000  # characters of metadata, as JSON writes it
DEEPEST = 4
MOST_KEYS = 50

# Where "at" and "dot" are written as words, only an ending that addresses have makes one of them an address: "look at
# polka dot dresses" is none.
ENDING = (
    r"(?:com|net|org|info|biz|edu|gov|email|mail|online|site|app|dev|xyz|tv|co|uk|ca|de|fr|es|nl|pl|ch|au|br|mx|jp|eu)"
)
NAME, LABEL = r"[\w.+-]{1,64}", r"[a-z0-9-]{1,63}"
AT_SIGN = r"\s?(?:@|[(\[{<]\s?(?:at|arroba)\s?[)\]}>])\s?"
AT_WORD = r"[\s_-]{1,3}(?:at|arroba)[\s_-]{1,3}"
DOT_SIGN = r"(?:\.|\s?[(\[{<]\s?(?:dot|punto|\.)\s?[)\]}>]\s?)"
DOT_WORD = rf"(?:{DOT_SIGN}|\s\.\s|[\s_-]{{1,3}}(?:dot|punto)[\s_-]{{1,3}})"
EMAIL = re.compile(
    rf"{NAME}{AT_SIGN}{LABEL}(?:{DOT_SIGN}{LABEL}){{1,8}}"
    rf"|{NAME}(?:{AT_SIGN}|{AT_WORD}){LABEL}(?:{DOT_WORD}{LABEL}){{0,4}}?{DOT_WORD}{ENDING}\b",
    re.IGNORECASE,
)
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
TIME = r"(?:[01]?\d|2[0-3])[.:h][0-5]\d"
DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{1,2}[./]\d{1,2}[./]\d{4}"
    r"|(?<!\d)20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?!\d)"
    rf"|(?<![\d.]){TIME}\s?[-\u2010-\u2015]\s?{TIME}(?![\d.])"
)
# Between the digits of one number stand a few signs, of a list's commas only one without a space.
GAP = r"(?:[ .()/_|*=:\u00b7\u2022\u2010-\u2015-]{0,3}|,)"
NUMBER = re.compile(rf"(?<![\d.])\+?\(?\d(?:{GAP}\d){{7,24}}(?!\d)")

CODES = {
    "personal_email": "An e-mail address does not belong here.",
    "personal_phone": "A phone number does not belong here.",
    "personal_card": "A card number does not belong here.",
}


def found_in(text: str) -> str | None:
    """The code of the personal data that a text holds; None where it holds none."""
    plain = _plain(text)
    if EMAIL.search(plain):
        return "personal_email"
    plain = DATE.sub(" ; ", UUID.sub(" ; ", plain))
    if holds_card(plain):
        return "personal_card"
    for match in NUMBER.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        if is_phone(match.group(), digits) and not is_listing(match.group()):
            return "personal_phone"
    return None


def _plain(text: str) -> str:
    """Without what cannot be seen or stands around a sign, and every digit of any script as 0 to 9."""
    signs = unicodedata.normalize("NFKC", text)
    seen = (sign for sign in signs if unicodedata.category(sign) not in {"Cf", "Me", "Mn"})
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in seen)


def is_phone(written: str, digits: str) -> bool:
    """Whether a number looks dialled: international, or nine to fifteen digits that are grouped or begin with 0.

    Ten to thirteen digits in a row are a number to call too, unless they are the milliseconds of an instant.
    """
    if written.startswith("+"):
        return 8 <= len(digits) <= 15
    in_a_row = len(digits) in {10, 11} or (len(digits) in {12, 13} and digits[0] != "1")
    return 9 <= len(digits) <= 15 and (written != digits or digits[0] == "0" or in_a_row)


def is_listing(written: str) -> bool:
    """Whether it is several numbers that nobody would dial (counted, round prices, years), or one large amount."""
    groups = re.findall(r"\d+", written)
    numbers = [int(group) for group in groups]
    steps = {after - before for before, after in pairwise(numbers)}
    counted = len(steps) == 1 and 0 < abs(min(steps)) <= 10
    thousands = all(len(group) == 3 for group in groups[1:])
    amount = thousands and (groups[-1] == "000" or set(re.sub(r"\d", "", written)) == {","})
    listed = counted or all(number % 10 == 0 for number in numbers) or all(1900 <= number < 2100 for number in numbers)
    return len(groups) >= 3 and not written.startswith("+") and (listed or amount)


def is_number_to_call(value: float) -> bool:
    """Whether a number of JSON is a phone's or card's; seconds since 1970 and the amounts of this product are not."""
    if isinstance(value, bool) or not isfinite(value) or value != int(value):
        return False
    digits = str(abs(int(value)))
    seconds = len(digits) == 10 and digits[0] == "1"
    return holds_card(digits) or (is_phone(digits, digits) and not seconds)


def text_errors(attr: str, text: str) -> list[FieldError]:
    """The refusal of a text that holds personal data, as a list of at most one."""
    code = found_in(text)
    return [] if code is None else [FieldError(attr, code, CODES[code])]


def metadata_errors(attr: str, metadata: Mapping[str, Any]) -> list[FieldError]:
    """Every refusal of a JSON object: too large, too deep, or personal data in a key or value, named by its path."""
    entries = list(_walk(attr, metadata, 1))
    if any(depth > DEEPEST for _path, _text, depth in entries):
        return [FieldError(attr, "too_deep", f"At most {DEEPEST} levels of lists and objects.")]
    if len(entries) > MOST_KEYS or sum(len(text) for _path, text, _depth in entries) > LONGEST:
        return [FieldError(attr, "too_large", f"At most {MOST_KEYS} entries of {LONGEST} characters in all.")]
    return [error for path, text, _depth in entries for error in text_errors(path, text)]


def _walk(path: str, value: Any, depth: int) -> Iterator[tuple[str, str, int]]:  # noqa: ANN401 - any JSON value
    """(path, text, depth) of every key and every plain value; numbers only where somebody could call them."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = f"{path}.{key}"
            yield name, str(key), depth
            yield from _walk(name, inner, depth + 1)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _walk(f"{path}.{index}", inner, depth + 1)
    elif isinstance(value, str):
        yield path, value, depth - 1
    elif isinstance(value, int | float) and is_number_to_call(value):
        yield path, str(abs(int(value))), depth - 1
