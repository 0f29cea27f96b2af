"""What one operation moved, line by line: receipts, and the dry runs that foresee them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.sql import call_value


@dataclass(frozen=True, slots=True)
class Line:
    """Tokens from one kind of account to another, and whose that one is."""

    kind: str
    from_account: str
    to_account: str
    to_owner: UUID | None
    tokens: int


def lines_of(found: list[dict[str, Any]]) -> tuple[Line, ...]:
    """The lines as `wallet_lines` answers them."""
    return tuple(
        Line(
            kind=line["kind"],
            from_account=line["fromAccount"],
            to_account=line["toAccount"],
            to_owner=UUID(line["toOwner"]) if line["toOwner"] else None,
            tokens=line["tokens"],
        )
        for line in found
    )


def receipt_of(transfer_id: UUID) -> tuple[Line, ...]:
    """What the operation of this movement has moved, in the order in which it was posted."""
    return lines_of(call_value("wallet_lines", transfer=transfer_id))
