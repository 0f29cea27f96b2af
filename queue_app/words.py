"""What features and steps of the queue are called by people; pages and administration take the words from here."""

from __future__ import annotations

from collections.abc import Mapping

from queue_app.states import ItemEvent, RefundReason
from wallet.words import kind_words, plain, reason_words

SOURCES: Mapping[str, str] = {
    "chip_menu": "Menu",
    "performer_menu": "Menu",
    "tips": "Tips",
    "slot_machine": "Slot machine",
    "next_available": "Next available",
}
STEPS: Mapping[str, str] = {
    "enqueue": "Booked",
    ItemEvent.PASS_THROUGH: "Performed at once",
    ItemEvent.START: "Started",
    ItemEvent.FINISH: "Completed",
    ItemEvent.ABANDON: "Ended early",
    ItemEvent.REFUND: "Refunded",
    ItemEvent.CANCEL: "Cancelled",
}
#: Reasons of what had started read otherwise: it was not declined, and not late.
AFTER_START: Mapping[str, str] = {
    RefundReason.PERFORMER_DECLINED: "the performer ended it early",
    RefundReason.TIMEOUT: "it ran for too long",
}


def source_words(source: str) -> str:
    """Where earnings came from: a feature, or the code of a movement that no booking stands behind."""
    return SOURCES.get(source) or kind_words(source)


def step_words(event: str) -> str:
    """What happened to an item."""
    return STEPS.get(event) or plain(event)


def refund_words(reason: str, *, started: bool) -> str:
    """Why an item's tokens went back."""
    return (AFTER_START.get(reason) if started else None) or reason_words(reason)
