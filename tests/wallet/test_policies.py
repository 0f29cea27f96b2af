"""The same reason for the button, the menu and the refusal."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.events import Event
from core.exceptions import ValidationFailed
from wallet.events import BalanceChanged
from wallet.policies import MAX_TOKENS, check_text, check_tokens


@pytest.mark.parametrize("tokens", [1, 2, MAX_TOKENS])
def test_amounts_in_range_pass(tokens: int) -> None:
    check_tokens(tokens)


def test_the_refusal_names_the_field_it_was_asked_about() -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_tokens(0, "amount")
    assert refused.value.errors[0].attr == "amount"


@pytest.mark.parametrize("text", ["x" * 256, "a\x00b"])
def test_texts_that_the_column_cannot_hold_are_refused(text: str) -> None:
    check_text("x" * 255, "reason")
    with pytest.raises(ValidationFailed):
        check_text(text, "reason")


@pytest.mark.parametrize("version", [7, None])
def test_the_event_names_the_wallet_and_carries_no_amount(version: int | None) -> None:
    owner = UUID("01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77")
    event: Event = BalanceChanged(owner_id=owner, version=version)

    frame = event.frame()

    assert (frame["event"], frame["of"], frame["version"]) == ("wallet.balance.changed", f"wallet:{owner}", version)
    assert frame["data"] == {"ownerId": str(owner), "version": version}
    assert event.rooms == (f"viewer:{owner}", f"model:{owner}")
