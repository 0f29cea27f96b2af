"""Refusals of payouts, with words that a button's tooltip can show."""

from __future__ import annotations

from core.exceptions import AlreadyDecided, DomainError
from modelstate import exceptions as state_exceptions

_WORDS = {
    "requested": "This payout is not approved yet.",
    "approved": "This payout is approved and not sent yet.",
    "sent": "This payout is on its way already.",
    "paid": "This payout is paid.",
    "rejected": "This payout was rejected; the tokens went back.",
    "failed": "This payout failed; the tokens went back.",
}
#: (event, status) → words, for what is refused with INVALID_STATE_TRANSITION.
REASONS = {
    (event, status): words for event in ("approve", "reject", "send", "pay", "fail") for status, words in _WORDS.items()
}


class WalletNotVerified(DomainError):
    """Staff have not verified the wallet."""

    code = "WALLET_NOT_VERIFIED"
    status = 403
    title = "Wallet not verified"
    default = "Your wallet is not verified yet. Ask for it on this page; our staff decide."


class AlreadyVerified(DomainError):
    """There is nothing to ask for."""

    code = "ALREADY_VERIFIED"
    status = 409
    title = "Verified already"
    default = "This wallet is verified already."


class CannotApprovePayout(DomainError):
    """Two people: nobody approves or moves what is her own, or approves twice."""

    code = "CANNOT_APPROVE_PAYOUT"
    status = 409
    title = "Somebody else must approve"
    default = "Nobody approves the own payout, or the same one twice."
    constraints = ("payouts_nobody_approves_own",)


class CannotChangeRate(DomainError):
    """The first approval fixed the rate."""

    code = "CANNOT_CHANGE_RATE"
    status = 409
    title = "The rate is fixed"
    default = "The first approval fixed another rate. Approve that one, or reject the payout."


class CannotDecideVerification(DomainError):
    """Nobody verifies the own wallet."""

    code = "CANNOT_VERIFY_OWN_WALLET"
    status = 409
    title = "Somebody else must decide"
    default = "Nobody verifies the own wallet."
    constraints = ("payouts_nobody_verifies_herself",)


class VerificationDecided(AlreadyDecided):
    """The same refusal, where the database itself finds a second wish."""

    constraints = ("payouts_one_wish_at_a_time",)


class InvalidPayoutTransition(state_exceptions.InvalidStateTransition):
    """The same refusal, where the database itself finds an illegal step."""

    constraints = ("payouts_legal_steps_only", "payouts_status_tells_the_truth")
