"""What features and steps of the queue are called by people; pages and administration take the words from here."""

from __future__ import annotations

from collections.abc import Mapping

from queue_app.states import ItemEvent
from wallet.words import kind_words, plain

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


def source_words(source: str) -> str:
    """Where earnings came from: a feature, or the code of a movement that no booking stands behind."""
    return SOURCES.get(source) or kind_words(source)


def step_words(event: str) -> str:
    """What happened to an item."""
    return STEPS.get(event) or plain(event)
