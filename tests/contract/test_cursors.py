"""Lists by cursor: a place is what an answer gave, or it is refused; never the first page instead."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests import factories

API = "/api/v1"
FOR_PERFORMERS = ("/wallet/payouts", "/wallet/transactions", "/notifications", "/queue/history", "/public/performers")


def word(text: str) -> str:
    """What somebody makes up who knows how ours are packed."""
    return b64encode(text.encode()).decode()


GARBAGE = {
    "nothing": "",
    "words": "nonsense",
    "no letters": "\N{SNOWMAN}",
    "a place of nothing": word("hello=world"),
    "the first page": word("o=0"),
    "no place": word("r=0"),
    "a place and more": word("p=1&x=2"),
    "no such place": word("p=nobody%00"),
    "a place too far": word("o=" + "9" * 60),
    "no number": word("o=-1"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("address", FOR_PERFORMERS)
def test_a_made_up_cursor_is_refused_by_its_name(address: str, garbage: str) -> None:
    answer = factories.bearer(factories.performer()).get(f"{API}{address}", {"cursor": GARBAGE[garbage]})
    assert answer.status_code == 400, answer.content
    assert (answer.json()["error"], answer.json()["errors"][0]["attr"]) == ("VALIDATION_ERROR", "cursor")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/wallet/transactions/", "/queue/history/", "/notifications/"])
@pytest.mark.parametrize("place", ["nonsense", "%00", "bnxub3BlfG5vcGU"])
def test_a_made_up_place_of_a_page_is_refused(address: str, place: str) -> None:
    answer = factories.signed_in(factories.performer()).get(f"{address}?at={place}")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "VALIDATION_ERROR")
