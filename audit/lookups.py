"""What the address of a staff list may ask for: Django fails where no such text or day exists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import MAXYEAR, date

from core.exceptions import FieldError, ValidationFailed

# A year is looked for from its first day to the next one's: the last year there is has none.
YEARS = ("year", "iso_year")
DAY = ("year", "month", "day")


def check_lookups(sent: Mapping[str, str], hierarchy: str | None = None) -> None:
    """Raises ValidationFailed by name for zero bytes and for years, months and days that no calendar has.

    `hierarchy` is the list's date hierarchy, whose three parts must be a day together.
    """
    errors = [
        FieldError(name.replace("\0", ""), "invalid", "No row can be chosen so.")
        for name, value in sent.items()
        if "\0" in name + value or not _in_a_calendar(name, value)
    ]
    if not errors and hierarchy is not None and not _a_day(*(sent.get(f"{hierarchy}__{part}") for part in DAY)):
        errors = [FieldError(hierarchy, "invalid", "There is no such day.")]
    if errors:
        raise ValidationFailed(errors)


def _in_a_calendar(name: str, value: str) -> bool:
    _, _, lookup = name.rpartition("__")
    return lookup not in {*YEARS, *DAY} or (_number(value) and (lookup not in YEARS or 1 <= int(value) < MAXYEAR))


def _number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 4


def _a_day(year: str | None, month: str | None, day: str | None) -> bool:
    try:
        date(int(year or 2000), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True
