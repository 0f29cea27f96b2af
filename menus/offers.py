"""What a menu that sells and its items may look like. Pure; every problem is reported at once, by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from core.exceptions import FieldError, ValidationFailed
from core.personal import text_errors
from core.plain import is_one_line
from core.problems import camel
from menus.states import (
    DESCRIPTION_LENGTH,
    DURATION_MOST_SECONDS,
    NAME_LENGTH,
    NOTE_LENGTH,
    PRICE_MOST,
    MenuType,
    Visibility,
)

DAILY_MOST = 1000
Check = Callable[[str, Any], Iterator[FieldError]]


def check_menu(fields: Mapping[str, Any]) -> None:
    """Raise ValidationFailed where a menu's fields do not fit."""
    _raise(_errors(fields, MENU_CHECKS))


def check_item(fields: Mapping[str, Any]) -> None:
    """Raise ValidationFailed where an item's fields do not fit."""
    _raise(_errors(fields, ITEM_CHECKS))


def check_note(note: str) -> None:
    """Raise ValidationFailed where a buyer's note does not fit, or tells how to reach him outside."""
    _raise(list(_text(0, NOTE_LENGTH)("note", note)))


def _raise(errors: list[FieldError]) -> None:
    if errors:
        raise ValidationFailed(errors)


def _errors(fields: Mapping[str, Any], checks: Mapping[str, Check]) -> list[FieldError]:
    return [error for name, value in fields.items() if name in checks for error in checks[name](camel(name), value)]


def _text(least: int, most: int) -> Check:
    def check(attr: str, value: Any) -> Iterator[FieldError]:  # noqa: ANN401 - a field's value
        if len(value) > most:
            yield FieldError(attr, "max_length", f"At most {most} characters.")
        if len(value.strip()) < least:
            yield FieldError(attr, "blank", "This may not be blank.")
        if not is_one_line(value):
            yield FieldError(attr, "control_characters", "One line of plain text, please.")
        yield from text_errors(attr, value)

    return check


def _whole(least: int, most: int, *, optional: bool = False) -> Check:
    def check(attr: str, value: Any) -> Iterator[FieldError]:  # noqa: ANN401 - a field's value
        if value is None and optional:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            yield FieldError(attr, "invalid", "A whole number is expected.")
        elif not least <= value <= most:
            yield FieldError(attr, "out_of_range", f"A whole number from {least} to {most}.")

    return check


def _one_of(choices: list[str]) -> Check:
    def check(attr: str, value: Any) -> Iterator[FieldError]:  # noqa: ANN401 - a field's value
        if value not in choices:
            yield FieldError(attr, "invalid_choice", "One of: " + ", ".join(choices) + ".")

    return check


MENU_CHECKS: Mapping[str, Check] = {
    "name": _text(1, NAME_LENGTH),
    "description": _text(0, DESCRIPTION_LENGTH),
    "type": _one_of(MenuType.values),
    "visibility": _one_of(Visibility.values),
    "ordering": _whole(1, 50),
}
ITEM_CHECKS: Mapping[str, Check] = {
    "name": _text(1, NAME_LENGTH),
    "description": _text(0, DESCRIPTION_LENGTH),
    "price": _whole(1, PRICE_MOST),
    "duration_seconds": _whole(1, DURATION_MOST_SECONDS, optional=True),
    "max_daily_purchases": _whole(1, DAILY_MOST, optional=True),
    "ordering": _whole(1, 50),
}
