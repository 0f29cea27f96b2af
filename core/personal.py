"""Personal data in free text and in metadata: e-mail addresses, phone numbers, card numbers. Pure.

What viewers and performers write to each other must not carry them (product.md keeps no personal data in payloads).
Spelling tricks are undone first: full-width digits, invisible characters, "name (at) host".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from core.exceptions import FieldError

LONGEST = 4000  # characters of metadata, as JSON writes it
DEEPEST = 4
MOST_KEYS = 50

EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|[(\[]\s?at\s?[)\]])\s?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}", re.IGNORECASE
)
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{1,2}[./]\d{1,2}[./]\d{4}")
NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[ .()/_\u00b7\u2022\u2010-\u2015-]{0,3}\d){7,24}(?!\w)")
FIRST_DIGITS_OF_CARDS = "23456"

CODES = {
    "personal_email": "An e-mail address does not belong here.",
    "personal_phone": "A phone number does not belong here.",
    "personal_card": "A card number does not belong here.",
}


def found_in(text: str) -> str | None:
    """The code of the personal data that a text holds; None where it holds none."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    if EMAIL.search(plain):
        return "personal_email"
    plain = DATE.sub(" ; ", UUID.sub(" ; ", plain))
    for match in NUMBER.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        if is_card(digits):
            return "personal_card"
        if is_phone(match.group(), digits):
            return "personal_phone"
    return None


def is_card(digits: str) -> bool:
    """Whether these digits could be a payment card's: its length, its first digit, its check digit (Luhn)."""
    if not 13 <= len(digits) <= 19 or digits[0] not in FIRST_DIGITS_OF_CARDS:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_phone(written: str, digits: str) -> bool:
    """Whether a number looks dialled: international, or nine to fifteen digits that are grouped or begin with 0."""
    if written.startswith("+"):
        return 8 <= len(digits) <= 15
    return 9 <= len(digits) <= 15 and (written != digits or digits[0] == "0" or len(digits) in {10, 11})


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
    """(path, text, depth) of every key and every plain value; whole numbers count by their digits."""
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
    elif isinstance(value, int) and not isinstance(value, bool) and is_card(str(value)):
        yield path, str(value), depth - 1
