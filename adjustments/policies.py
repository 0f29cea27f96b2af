"""Who is needed for a correction by hand, and what it must say.

Up to 100 tokens one member of the staff books alone, up to 500 two, above that three, of whom one approves with the
permission `approve_large_adjustment`. All are different people; who proposes is the first, and his own permission does
not count as an approval. What is counted is this correction and every other one to the same owner within 24 hours
(rejected ones aside, credits and debits alike) by the same proposer or under the same ticket: slices add up.
The same numbers stand in adjustments/sql; a test compares them.
"""

from __future__ import annotations

from adjustments.states import Bucket, Direction
from core.exceptions import FieldError, ValidationFailed
from core.personal import text_errors
from wallet.policies import check_tokens

ALONE = 100
BY_TWO = 500
LENGTHS = {"ticket": 64, "reason": 255}


def people_needed(counted_tokens: int) -> int:
    """How many different people a correction needs, who proposes among them."""
    if counted_tokens <= ALONE:
        return 1
    return 2 if counted_tokens <= BY_TWO else 3


def check_proposal(*, bucket: str, direction: str, tokens: int, ticket: str, reason: str) -> None:
    """Raises ValidationFailed by field unless it says what, how much, and why."""
    check_tokens(tokens)
    errors = [
        FieldError(name, "invalid_choice", f"Choose one of {', '.join(choices)}.")
        for name, value, choices in (("bucket", bucket, Bucket.values), ("direction", direction, Direction.values))
        if value not in choices
    ]
    for name, text in (("ticket", ticket), ("reason", reason)):
        if not text.strip() or "\x00" in text:
            errors.append(FieldError(name, "required", f"A {name} is required."))
        elif len(text) > LENGTHS[name]:
            errors.append(FieldError(name, "too_long", f"Give {LENGTHS[name]} characters at most."))
    errors += text_errors("reason", reason)
    if errors:
        raise ValidationFailed(errors)
