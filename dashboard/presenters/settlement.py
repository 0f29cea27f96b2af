"""What ending a performance moves, in lines: foreseen beside the buttons, and told afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wallet.queries.receipts import Line

WORDS: Mapping[str, str] = {"settle": "paid to you", "refund": "back to the viewer"}
DIFFERS = "The settlement is not what was shown before. Support has been told."


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One line of a receipt."""

    words: str
    tokens: int


def lines(found: Iterable[Line]) -> tuple[SettlementLine, ...]:
    """A receipt in words."""
    return tuple(SettlementLine(WORDS.get(line.kind, line.kind), line.tokens) for line in found)


def mark(found: Iterable[Line]) -> str:
    """A receipt as one word, by which what was foreseen and what happened are compared."""
    return ",".join(f"{line.kind}:{line.from_account}:{line.to_account}:{line.tokens}" for line in found)


def sentence(found: Iterable[Line]) -> str:
    """A receipt in a sentence: "1,300 tokens paid to you, 20 back to the viewer."."""
    first, *rest = lines(found)
    return ", ".join([f"{first.tokens:,} tokens {first.words}", *(f"{row.tokens:,} {row.words}" for row in rest)]) + "."
