"""When: the rules of the wallet that pages, menus and services share."""

from __future__ import annotations

from core.exceptions import ValidationFailed
from core.personal import text_errors

MAX_TOKENS = 1_000_000_000


def check_tokens(tokens: int, attr: str = "tokens") -> None:
    """Raises ValidationFailed unless it is a positive whole number that the ledger moves in one piece."""
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 1 <= tokens <= MAX_TOKENS:
        raise ValidationFailed.of(attr, "out_of_range", f"Give a whole number of tokens from 1 to {MAX_TOKENS}.")


def check_text(value: str, attr: str) -> None:
    """Raises ValidationFailed where a key, reason or outside id does not fit its column."""
    if len(value) > 255 or "\x00" in value:
        raise ValidationFailed.of(attr, "too_long", "Give 255 characters at most.")


def check_seen_reason(value: str) -> None:
    """Raises ValidationFailed for a reason too long, or with personal data: the owner of the tokens reads it."""
    check_text(value, "reason")
    if errors := text_errors("reason", value):
        raise ValidationFailed(errors)
