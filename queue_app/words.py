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
    ItemEvent.PAUSE: "Paused",
    ItemEvent.RESUME: "Went on",
    ItemEvent.WARN: "Booked time over",
    ItemEvent.ASSIGN: "Given to a performer",
    ItemEvent.RELEASE: "Taken from her, to whoever is next",
    ItemEvent.REQUEUE: "Put at the end of the queue",
    ItemEvent.REVERSE: "Payment reversed",
}
#: Reasons of what never started, or had started, read otherwise; as the notices of `notices.words` say it.
BEFORE_START: Mapping[str, str] = {RefundReason.TIMEOUT: "it was not started in time"}
AFTER_START: Mapping[str, str] = {
    RefundReason.PERFORMER_DECLINED: "the performer ended it early",
    RefundReason.TIMEOUT: "it had run for too long",
}


def source_words(source: str) -> str:
    """Where earnings came from: a feature, or the code of a movement that no booking stands behind."""
    return SOURCES.get(source) or kind_words(source)


def step_words(event: str) -> str:
    """What happened to an item."""
    return STEPS.get(event) or plain(event)


def refund_words(reason: str, *, started: bool) -> str:
    """Why an item's tokens went back."""
    return (AFTER_START if started else BEFORE_START).get(reason) or reason_words(reason)
