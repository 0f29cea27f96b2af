"""From a settlement to points: once, whatever the service does on the way."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from core import outbox
from core.actors import SYSTEM
from core.models import OutboxMessage
from core.outbox import Outcome
from loyalty.client import RedRoomClient
from loyalty.gateway import Act
from loyalty.services import link_account, revoke_link
from queue_app import services as queue
from tests import factories
from tests.loyalty import fake_server as faults
from tests.loyalty.conftest import Use
from tests.loyalty.fake_server import FakeServer, Fault
from tests.loyalty.support import (
    MEMBER,
    breaker_state,
    deaths,
    drain,
    linked_viewer,
    make_due,
    once_each,
    results,
    settle,
    the_link,
    waiting,
)
from tests.queue_app.support import come, earned_by, running
from tests.wallet.support import hold, key, viewer_with
from wallet import settlement

pytestmark = pytest.mark.django_db

BEFORE = [faults.DROP_BEFORE, faults.ERROR_BEFORE, faults.CONFLICT]
AFTER = [
    faults.DROP_AFTER,
    faults.ERROR_AFTER,
    faults.GARBAGE,
    faults.WRONG_SHAPE,
    faults.HUGE,
    faults.slow(0.6, after=True),
    faults.dripping(1.2),
]


def test_a_settlement_earns_the_viewer_points(any_server: FakeServer, use: Use) -> None:
    client = use(any_server)
    keys = settle(linked_viewer(), tokens=250)
    assert outbox.deliver_due() == {Outcome.DONE: 1}
    assert any_server.api.ledger.credits_by_key() == once_each(keys)
    assert client.balance(MEMBER).available == 250
    assert results() == {"credited": 1}


def test_a_refund_sends_nothing(any_server: FakeServer, use: Use) -> None:
    use(any_server)
    held = hold(linked_viewer(), factories.performer(), 250)
    settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="user_cancelled", key=key())
    assert outbox.deliver_due() == {}
    assert any_server.asked == []


def test_who_is_not_linked_earns_nothing(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    settle(viewer_with(1000))
    drain()
    assert (results(), strict_server.asked) == ({"not_linked": 1}, [])


def test_what_was_settled_before_the_link_earns_nothing(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    viewer = viewer_with(1000)
    settle(viewer)
    link_account(by=SYSTEM, viewer_id=viewer.pk, member_id=MEMBER, reason="test")
    drain()
    assert results() == {"not_linked": 1}


def test_what_was_settled_before_the_end_of_a_link_still_earns(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    viewer = linked_viewer()
    keys = settle(viewer)
    revoke_link(by=SYSTEM, link_id=the_link().pk, reason="asked for it")
    link_account(by=SYSTEM, viewer_id=viewer.pk, member_id="another", reason="test")
    settle(viewer, tokens=7)
    drain()
    balances = strict_server.api.ledger.available
    assert (balances[MEMBER], balances["another"]) == (100, 7)
    assert strict_server.api.ledger.credits_by_key()[keys[0]] == 1


@pytest.mark.parametrize(("rate", "tokens", "points"), [(100, 7, 7), (10, 99, 9), (150, 3, 4)])
def test_points_are_whole(strict_server: FakeServer, use: Use, rate: int, tokens: int, points: int) -> None:
    use(strict_server, points_per_100_tokens=rate)
    settle(linked_viewer(), tokens=tokens)
    drain()
    assert strict_server.api.ledger.available[MEMBER] == points


def test_less_than_a_point_is_not_sent(strict_server: FakeServer, use: Use) -> None:
    use(strict_server, points_per_100_tokens=10)
    settle(linked_viewer(), tokens=9)
    drain()
    assert (results(), strict_server.asked) == ({"no_points": 1}, [])


def test_off_nothing_is_written(settings: object) -> None:
    outbox.mirror_kinds()
    settle(linked_viewer())
    assert not OutboxMessage.objects.exists()


def test_turned_off_what_waits_keeps(strict_server: FakeServer, use: Use, settings: object) -> None:
    use(strict_server)
    keys = settle(linked_viewer())
    settings.LOYALTY = None  # type: ignore[attr-defined]  # pytest-django's object
    assert outbox.deliver_due() == {}
    settle(linked_viewer(member="m-2"))
    assert waiting() == 1
    use(strict_server)
    drain()
    assert strict_server.api.ledger.credits_by_key() == once_each(keys)


@pytest.mark.parametrize("fault", BEFORE + AFTER, ids=lambda fault: fault.name)
def test_after_any_fault_the_points_are_there_once(any_server: FakeServer, use: Use, quick: None, fault: Fault) -> None:
    use(any_server)
    keys = settle(linked_viewer())
    any_server.inject(fault)
    drain()
    assert any_server.api.ledger.credits_by_key() == once_each(keys)
    assert deaths() == []


@pytest.mark.parametrize("fault", [faults.DROP_AFTER, faults.ERROR_AFTER], ids=lambda fault: fault.name)
def test_an_unknown_outcome_is_looked_up_before_it_is_asked_again(
    any_server: FakeServer, use: Use, quick: None, fault: Fault
) -> None:
    use(any_server)
    settle(linked_viewer())
    any_server.inject(fault)
    drain()
    assert [asked.method for asked in any_server.asked] == ["POST", "GET"]
    assert results() == {"found": 1}


def test_without_the_look_the_points_would_be_there_twice(
    running_server: FakeServer, use: Use, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checker can fail: this is the accident that the look prevents."""
    monkeypatch.setattr(RedRoomClient, "_in_ledger", lambda *_: None)
    use(running_server)
    keys = settle(linked_viewer())
    running_server.inject(faults.DROP_AFTER)
    drain()
    assert running_server.api.ledger.credits_by_key() == {keys[0]: 2}


def test_a_look_that_finds_nothing_leads_to_one_more_try(any_server: FakeServer, use: Use, quick: None) -> None:
    use(any_server)
    settle(linked_viewer())
    any_server.inject(faults.DROP_BEFORE)
    drain()
    assert [asked.method for asked in any_server.asked] == ["POST", "GET", "POST"]


def test_where_keys_are_not_recognised_a_late_change_is_waited_for(
    running_server: FakeServer, use: Use, quick: None
) -> None:
    use(running_server, settle_seconds=1.5)
    keys = settle(linked_viewer())
    running_server.inject(faults.slow(0.9))
    assert outbox.deliver_due() == {Outcome.LATER: 1}
    assert running_server.api.ledger.credits_by_key() == {}
    drain()
    assert running_server.api.ledger.credits_by_key() == once_each(keys)
    assert results() == {"found": 1}


def test_a_reused_key_is_a_bug_and_never_tried_again(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    keys = settle(linked_viewer())
    client.credit("somebody-else", 5, "admin_credit", Act(keys[0], timezone.now()))
    assert outbox.deliver_due() == {Outcome.DEAD: 1}
    assert deaths() == ["IDEMPOTENCY_KEY_REUSE_MISMATCH"]
    assert len(strict_server.changes()) == 2


def test_another_amount_under_our_key_is_for_a_person_to_judge(running_server: FakeServer, use: Use) -> None:
    client = use(running_server)
    keys = settle(linked_viewer())
    client.credit(MEMBER, 5, "admin_credit", Act(keys[0], timezone.now()))
    running_server.inject(faults.DROP_BEFORE)
    outbox.deliver_due()
    make_due()
    assert outbox.deliver_due() == {Outcome.DEAD: 1}
    assert deaths() == ["CannotTell"]


def test_refusals_are_dead_letters_at_once(any_server: FakeServer, use: Use) -> None:
    use(any_server)
    settle(linked_viewer())
    any_server.inject(Fault("refused", status=422, body=b'{"error":"VALIDATION_FAILED","message":"no"}'))
    assert outbox.deliver_due() == {Outcome.DEAD: 1}
    assert deaths() == ["VALIDATION_FAILED"]
    assert breaker_state() == "closed"


def test_bad_credentials_wait_and_kill_nothing(any_server: FakeServer, use: Use) -> None:
    use(any_server, token_secret="z" * 48)
    settle(linked_viewer())
    assert outbox.deliver_due() == {Outcome.LATER: 1}
    wait = OutboxMessage.objects.get().next_at - timezone.now()
    assert wait.total_seconds() > 290
    assert (deaths(), breaker_state()) == ([], "closed")


@pytest.mark.parametrize("skew", [-20.0, 20.0, 250.0])
def test_clocks_may_differ(any_server: FakeServer, use: Use, skew: float) -> None:
    use(any_server)
    any_server.api.skew_seconds = skew
    settle(linked_viewer())
    drain()
    assert results() == {"credited": 1}


def test_a_redirect_is_not_followed(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    settle(linked_viewer())
    strict_server.inject(faults.REDIRECT, times=3)
    assert outbox.deliver_due() == {Outcome.LATER: 1}
    assert not any("elsewhere" in asked.path for asked in strict_server.asked)


def test_a_short_wait_that_is_asked_for_is_kept_within_the_call(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    settle(linked_viewer())
    strict_server.inject(faults.throttled("1"))
    assert outbox.deliver_due() == {Outcome.DONE: 1}
    first, second = strict_server.asked
    assert second.at - first.at >= 1
    assert breaker_state() == "closed"


def test_a_long_wait_that_is_asked_for_rests_everybody(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    settle(linked_viewer(), times=3)
    strict_server.inject(faults.throttled("60"))
    assert outbox.deliver_due() == {Outcome.LATER: 1, Outcome.POSTPONED: 1}
    assert len(strict_server.asked) == 1
    make_due()
    assert outbox.deliver_due() == {Outcome.POSTPONED: 1}
    assert len(strict_server.asked) == 1


def test_the_breaker_opens_within_five_failures_and_then_nobody_asks(any_server: FakeServer, use: Use) -> None:
    use(any_server)
    settle(linked_viewer(), times=12)
    any_server.down = True
    for _ in range(10):
        make_due()
        outbox.deliver_due()
    assert len(any_server.asked) <= 5
    assert breaker_state() == "open"


def test_settlements_go_on_while_the_service_is_down_and_their_points_come_later(
    any_server: FakeServer, use: Use, quick: None
) -> None:
    use(any_server, open_seconds=0.3)
    any_server.down = True
    viewer = linked_viewer()
    keys: list[str] = []
    for _ in range(5):
        keys += settle(viewer, times=4)
        outbox.deliver_due()
    assert waiting() == 20
    any_server.down = False
    drain()
    assert any_server.api.ledger.credits_by_key() == once_each(keys)
    assert breaker_state() == "closed"


def test_an_address_off_the_list_is_never_called(strict_server: FakeServer, use: Use) -> None:
    use(strict_server, hosts=frozenset({"points.example"}))
    settle(linked_viewer())
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        outbox.deliver_due()
    assert strict_server.asked == []


def test_a_message_of_another_shape_is_noticed(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    outbox.put("wallet.settled", f"k-{uuid4()}", {"tokens": "many"})
    with pytest.raises(Exception, match="Expected `int`"):
        outbox.deliver_due()
    assert OutboxMessage.objects.get().state == "waiting"


def test_performances_go_on_while_the_service_is_down(strict_server: FakeServer, use: Use, quick: None) -> None:
    use(strict_server, open_seconds=0.3)
    strict_server.down = True
    viewer, performer = linked_viewer(), factories.performer()
    for _ in range(3):
        come(performer)
        queue.finish(by=factories.actor(performer), item_id=running(viewer, performer, tokens=100))
        outbox.deliver_due()
    assert earned_by(performer) == 300
    strict_server.down = False
    drain()
    assert strict_server.api.ledger.available[MEMBER] == 300
