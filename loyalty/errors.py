"""What the loyalty service can answer besides success: its five error shapes, and the exceptions they become.

Of an error only its class and the service's code are kept: messages may hold anything.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

CODE = re.compile(r"^[A-Z][A-Z0-9_]{1,63}$")
# A reused key with another body is a mistake of ours: never to be tried again.
MISMATCH = frozenset({"IDEMPOTENCY_KEY_REUSE_MISMATCH", "IDEMPOTENCY_KEY_MISMATCH", "CHECKSUM_VALIDATION_FAILED"})
# It says that it has been done: look whether it was what we asked.
DONE_BEFORE = frozenset({"ALREADY_PROCESSED", "ESCROW_ALREADY_PROCESSED", "IDEMPOTENCY_CONFLICT", "DUPLICATE_REQUEST"})
LOCK_CONFLICTS = frozenset({"OPTIMISTIC_LOCK_CONFLICT", "TRANSACTION_CONFLICT"})


class LoyaltyError(Exception):
    """The call did not succeed. `unknown`: it may have had its effect; `again`: the same call may be made again."""

    unknown = False
    again = False

    @property
    def label(self) -> str:
        """What may be written down of it."""
        return type(self).__name__


class NotReached(LoyaltyError):
    """No connection, so nothing was asked."""

    again = True


class BreakerOpen(LoyaltyError):
    """Nobody was asked: the service is being left alone for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class OutcomeUnknown(LoyaltyError):
    """It was asked and the answer was lost, late or unreadable; not before `seconds` may it be asked again."""

    unknown = True
    again = True

    def __init__(self, cause: str, seconds: float = 0.0) -> None:
        super().__init__(cause)
        self.cause, self.seconds = cause, seconds

    @property
    def label(self) -> str:
        return f"OutcomeUnknown:{self.cause}"


class CannotTell(LoyaltyError):
    """The outcome is unknown and could not be looked up: for a person to look."""


class NotSupported(LoyaltyError):
    """This dialect has no such call."""


class Refused(LoyaltyError):
    """The service said no: status and its code."""

    def __init__(self, status: int, code: str, details: dict[str, Any] | None = None, seconds: float = 0.0) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.details, self.seconds = status, code, details or {}, seconds

    @property
    def label(self) -> str:
        return self.code


class Busy(Refused):
    """429: come back after `seconds`."""

    again = True


class Broken(Refused):
    """5xx: the effect may have happened all the same."""

    again = True
    unknown = True


class Conflicted(Refused):
    """Two writers met; the loser may try again, after a look at what became of it."""

    again = True
    unknown = True


class DoneBefore(Refused):
    """The service says that it has been done already."""


class KeyMismatch(Refused):
    """The key belongs to another body: a bug, never retried."""


class NotAdmitted(Refused):
    """401 or 403: our credentials are not good now; no fault of the single call."""


def refusal(status: int, body: bytes, retry_after: str = "") -> Refused:
    """The exception for an answer with an error status, whatever shape its body has."""
    code, details = parse(status, body)
    kind = _kind(status, code)
    return kind(status, code, details, seconds=_seconds(retry_after) if status in {429, 503} else 0.0)


def _kind(status: int, code: str) -> type[Refused]:
    by_code = [(MISMATCH, KeyMismatch), (DONE_BEFORE, DoneBefore), (LOCK_CONFLICTS, Conflicted)]
    for codes, kind in by_code:
        if code in codes:
            return kind
    if status == 429:
        return Busy
    if status >= 500:
        return Broken
    return NotAdmitted if status in {401, 403} and code != "INVALID_AUTHORIZATION" else Refused


def parse(status: int, body: bytes) -> tuple[str, dict[str, Any]]:
    """Code and details out of any of the five shapes; a code of our own where the service gives none."""
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        found = None
    if not isinstance(found, dict):
        return f"HTTP_{status}", {}
    inner = found["error"] if isinstance(found.get("error"), dict) else found
    candidates = (inner.get("code"), inner.get("error_code"), inner.get("error"))
    code = next((value for value in candidates if isinstance(value, str) and CODE.match(value)), f"HTTP_{status}")
    details = inner.get("details")
    return code, details if isinstance(details, dict) else {}


def _seconds(retry_after: str) -> float:
    # The header may also be a date; a service whose clock we do not know gets a plain second then.
    return min(float(retry_after), 3600.0) if retry_after.isdecimal() else 1.0
