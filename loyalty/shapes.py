"""What the service's answers must look like, by dialect (background of the contract: its field tables).

Whole points only: a fraction is a wrong shape. Unknown fields are let pass, missing ones are not.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Camel(msgspec.Struct, rename="camel", frozen=True):
    """Names as layers A and B spell them."""


class BalanceShape(Camel, frozen=True):
    """GET …/balance."""

    user_id: str
    available: int
    escrow: int


class TransactionShape(Camel, frozen=True):
    """The movement inside an answer to earn or redeem."""

    id: str


class PostedShape(Camel, frozen=True):
    """POST earn, redeem."""

    transaction: TransactionShape


class AcceptedShape(Camel, frozen=True):
    """POST wallet/credit, wallet/deduct: all that the running code says."""

    ok: Literal[True]


class HeldShape(Camel, frozen=True):
    """POST …/escrow/hold."""

    transaction_id: str
    escrow_id: str
    new_available_balance: int
    escrow_balance: int


class SettledShape(Camel, frozen=True):
    """POST …/settle."""

    transaction_id: str
    settled_amount: int


class RefundedShape(Camel, frozen=True):
    """POST …/refund."""

    transaction_id: str
    refunded_amount: int


class PartialShape(Camel, frozen=True):
    """POST …/partial-settle."""

    transaction_id: str
    refunded_amount: int
    settled_amount: int


class EscrowShape(Camel, frozen=True):
    """GET …/escrow/{id}, and each of the list."""

    escrow_id: str
    user_id: str
    amount: int
    status: str
    queue_item_id: str


class EscrowListShape(Camel, frozen=True):
    """GET …/escrow?status=all."""

    escrow_items: list[EscrowShape]


class LedgerRowShape(Camel, frozen=True):
    """One movement of GET ledger/transactions."""

    id: str
    amount: int
    idempotency_key: str = ""


class PaginationShape(Camel, frozen=True):
    """Where a list stands."""

    has_more: bool


class LedgerShape(Camel, frozen=True):
    """GET ledger/transactions."""

    transactions: list[LedgerRowShape]
    pagination: PaginationShape


class MemberWalletShape(msgspec.Struct, frozen=True):
    """Contract v1: GET members/{id}/wallet."""

    available_points: int
    escrow_points: int


class EarnedShape(msgspec.Struct, frozen=True):
    """Contract v1: POST points/earn."""

    ledger_entry_id: str
    posting: Literal["POSTED", "PENDING"]


class EntryShape(msgspec.Struct, frozen=True):
    """Contract v1: one entry of a member's ledger."""

    id: str
    points_delta: int
    source_ref: str = ""


class MemberLedgerShape(msgspec.Struct, frozen=True):
    """Contract v1: GET members/{id}/ledger."""

    entries: list[EntryShape]
    has_more: bool = False
