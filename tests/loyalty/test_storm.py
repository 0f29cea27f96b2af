"""Everything goes wrong at once, by dice with a fixed seed: afterwards every settlement has its points exactly once."""

from __future__ import annotations

import pytest

from core import outbox
from tests import factories
from tests.loyalty import fake_server as faults
from tests.loyalty.conftest import Use
from tests.loyalty.fake_server import FakeServer
from tests.loyalty.support import breaker_state, deaths, drain, linked_viewer, once_each, settle, waiting
from tests.wallet.support import assert_ledger_holds

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STORM = [
    faults.DROP_BEFORE,
    faults.DROP_AFTER,
    faults.ERROR_BEFORE,
    faults.ERROR_AFTER,
    faults.CONFLICT,
    faults.GARBAGE,
    faults.WRONG_SHAPE,
    faults.slow(0.05),
    faults.slow(0.5, after=True),
    faults.slow(0.5),
    faults.throttled("0"),
    faults.throttled("1"),
]


@pytest.mark.parametrize("seed", [1])
def test_after_a_storm_every_settlement_has_its_points_once(
    any_server: FakeServer, use: Use, quick: None, seed: int
) -> None:
    use(any_server, open_seconds=0.1, settle_seconds=1.0)
    viewers = [linked_viewer(member=f"m-{number}") for number in range(3)]
    performer = factories.performer()
    any_server.storm(seed, STORM, share=0.4)
    keys: list[str] = []
    for turn in range(20):
        keys += settle(viewers[turn % 3], performer, tokens=10 + turn)
        outbox.deliver_due()
    any_server.storm(seed, STORM, share=0.0)
    drain()
    assert any_server.api.ledger.credits_by_key() == once_each(keys)
    assert sum(any_server.api.ledger.available.values()) == sum(10 + turn for turn in range(20))
    assert (waiting(), deaths(), breaker_state()) == (0, [], "closed")
    assert_ledger_holds()
