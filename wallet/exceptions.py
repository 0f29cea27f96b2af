"""Refusals of the wallet."""

from __future__ import annotations

from accounts.exceptions import PerformerNotFound
from core.exceptions import DomainError, InsufficientBalance


class Overdrawn(InsufficientBalance):
    """The database itself refused to go below zero: the same refusal, without the amounts."""

    constraints = ("wallet_account_balance_not_negative", "wallet_account_debits_covered")


class EscrowNotFound(DomainError):
    """There is no such hold."""

    code = "ESCROW_NOT_FOUND"
    status = 404
    title = "Hold not found"
    default = "We could not find the tokens set aside for this."


class EscrowAlreadyProcessed(DomainError):
    """The hold was settled, refunded or ran out; details: state."""

    code = "ESCROW_ALREADY_PROCESSED"
    status = 409
    title = "Already processed"
    default = "These tokens have been paid out or given back already."


class NobodyToPay(PerformerNotFound):
    """The hold names nobody who could be paid."""

    constraints = ("wallet_hold_performer_exists", "wallet_hold_settled_to_somebody")


class AccountClosed(DomainError):
    """A side of the movement is closed."""

    code = "ACCOUNT_CLOSED"
    status = 409
    title = "Account closed"
    default = "This wallet is closed. Nothing was moved."


class BalanceLimitExceeded(DomainError):
    """A wallet holds a million billion tokens at most, far from the end of the column."""

    code = "BALANCE_LIMIT_EXCEEDED"
    status = 409
    title = "Wallet is full"
    default = "This wallet cannot hold that many tokens."
    constraints = ("wallet_account_balance_bounded",)


class DuplicateTransaction(DomainError):
    """The payment's id was credited to another wallet, or with another amount."""

    code = "DUPLICATE_TRANSACTION"
    status = 409
    title = "Payment known already"
    default = "This payment was credited before, to another wallet or with another amount."
    constraints = ("wallet_transfer_external_once",)


class CannotAdjustOwnWallet(DomainError):
    """Nobody corrects, credits or gives back, or agrees to correct, what is the own."""

    code = "CANNOT_ADJUST_OWN_WALLET"
    status = 409
    title = "Your own wallet"
    default = "This is your own wallet. Somebody else has to correct it."


class CannotReverseTransfer(DomainError):
    """Only settlements and credits can be reversed, and only once."""

    code = "CANNOT_REVERSE_TRANSFER"
    status = 409
    title = "Cannot be reversed"
    default = "Only a settlement or a credit can be reversed."
    constraints = ("wallet_transfer_reversed_once",)
