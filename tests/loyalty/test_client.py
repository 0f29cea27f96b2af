"""The client's own rules: what is tried again, what is looked up, what is never sent."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from loyalty import client as client_module
from loyalty.client import RedRoomClient, gateway, worth_retrying
from loyalty.errors import (
    BreakerOpen,
    Broken,
    Busy,
    CannotTell,
    Conflicted,
    DoneBefore,
    KeyMismatch,
    LoyaltyError,
    NotReached,
    NotSupported,
    OutcomeUnknown,
    Refused,
)
from loyalty.gateway import Act, Balance, Escrow, wire_key
from loyalty.models import Breaker
from loyalty.transport import Pace
from tests.loyalty import fake_server as faults
from tests.loyalty.conftest import Use
from tests.loyalty.fake_server import FakeServer, Fault

pytestmark = pytest.mark.django_db
LOST = [faults.DROP_AFTER, faults.ERROR_AFTER, faults.GARBAGE]


def act(name: str, *, uncertain: bool = False) -> Act:
    return Act(wire_key(name), datetime.now(UTC), uncertain)


def held(client: RedRoomClient, points: int = 300) -> Escrow:
    client.credit("m-1", points, "promotional_award", act("credit"))
    return client.hold("m-1", points, "chip_menu_purchase", "item-1", "menus", act("hold"))


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.name)
def test_a_lost_answer_to_a_hold_is_found_by_its_item(strict_server: FakeServer, use: Use, fault: Fault) -> None:
    client = use(strict_server)
    client.credit("m-1", 300, "promotional_award", act("credit"))
    strict_server.inject(fault)
    found = client.hold("m-1", 300, "chip_menu_purchase", "item-1", "menus", act("hold"))
    assert list(strict_server.api.ledger.escrows) == [found.escrow_id]
    assert client.balance("m-1") == Balance(0, 300)


@pytest.mark.parametrize("fault", [*LOST, faults.CONFLICT], ids=lambda fault: fault.name)
@pytest.mark.parametrize("verb", ["settle", "refund", "partial"])
def test_a_lost_answer_to_a_decision_is_found_by_the_escrow(
    strict_server: FakeServer, use: Use, fault: Fault, verb: str
) -> None:
    client = use(strict_server)
    escrow = held(client)
    total = strict_server.api.ledger.total()
    strict_server.inject(fault)
    done = {
        "settle": lambda: client.settle(escrow, "model-1", "performance_completed", act("d")),
        "refund": lambda: client.refund(escrow, "performance_abandoned", act("d")),
        "partial": lambda: client.partial(escrow, "model-1", 120, "partial_performance", act("d")),
    }[verb]()
    wanted = {"settle": (300, 0), "refund": (0, 300), "partial": (120, 180)}[verb]
    assert (done.settled, done.refunded) == wanted
    assert (strict_server.api.ledger.earned["model-1"], client.balance("m-1").available) == wanted
    assert strict_server.api.ledger.total() == total


def test_done_before_is_success_where_it_is_what_we_asked(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    escrow = held(client)
    client.settle(escrow, "model-1", "performance_completed", act("one"))
    again = client.settle(escrow, "model-1", "performance_completed", act("two"))
    assert (again.settled, again.found) == (300, True)
    assert strict_server.api.ledger.earned["model-1"] == 300


def test_done_before_is_for_a_person_where_it_is_not(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    escrow = held(client)
    client.refund(escrow, "performance_abandoned", act("one"))
    with pytest.raises(CannotTell):
        client.settle(escrow, "model-1", "performance_completed", act("two"))


def test_done_before_without_a_trace_is_raised(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    strict_server.inject(Fault("done before", status=409, body=b'{"error":"ALREADY_PROCESSED","message":"x"}'))
    with pytest.raises(DoneBefore):
        client.credit("m-1", 5, "promotional_award", act("a"))


def test_too_few_points_are_402_and_in_live_nothing_is_asked(
    strict_server: FakeServer, running_server: FakeServer, use: Use
) -> None:
    for server in (strict_server, running_server):
        client = use(server)
        client.credit("m-1", 50, "promotional_award", act("a"))
        with pytest.raises(Refused, match="INSUFFICIENT_BALANCE") as refused:
            client.deduct("m-1", 60, "admin_debit", act("b"))
        assert refused.value.details == {"required": 60, "available": 50}
    assert len(running_server.changes()) == 1


def test_a_lost_answer_to_a_deduction_in_live_takes_the_points_once(running_server: FakeServer, use: Use) -> None:
    client = use(running_server)
    client.credit("m-1", 50, "promotional_award", act("a"))
    running_server.inject(None, faults.DROP_AFTER)
    with pytest.raises(OutcomeUnknown):
        client.deduct("m-1", 40, "admin_debit", act("b"))
    assert client.deduct("m-1", 40, "admin_debit", act("b", uncertain=True)).found
    assert client.balance("m-1").available == 10


def test_in_live_an_unknown_outcome_is_not_asked_again_within_the_call(running_server: FakeServer, use: Use) -> None:
    client = use(running_server, settle_seconds=17)
    running_server.inject(faults.DROP_BEFORE, times=3)
    with pytest.raises(OutcomeUnknown) as unknown:
        client.credit("m-1", 5, "promotional_award", act("a"))
    assert unknown.value.seconds == 17
    assert len(running_server.asked) == 1


def test_no_answer_is_tried_three_times(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    strict_server.inject(faults.ERROR_BEFORE, times=3)
    with pytest.raises(Broken):
        client.balance("m-1")
    assert len(strict_server.asked) == 3


def test_a_breaker_that_opens_within_a_call_does_not_hide_that_it_was_asked(
    strict_server: FakeServer, use: Use
) -> None:
    client = use(strict_server, attempts=9)
    strict_server.inject(faults.DROP_BEFORE, times=9)
    with pytest.raises(OutcomeUnknown, match="BreakerOpen"):
        client.credit("m-1", 5, "promotional_award", act("a"))
    with pytest.raises(BreakerOpen):
        client.credit("m-1", 5, "promotional_award", act("a"))
    assert len(strict_server.asked) == 5


def test_a_look_reads_on_to_the_end_and_gives_up_beyond_it(
    running_server: FakeServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, ledger = use(running_server), running_server.api.ledger
    for number in range(2500):
        ledger.move("m-1", 1, f"key-{number}" if number else wire_key("wanted"), "old")
    assert client.credit("m-1", 1, "promotional_award", act("wanted", uncertain=True)).found
    assert len(running_server.asked) == 3
    monkeypatch.setattr(client_module, "MOST_PAGES", 2)
    with pytest.raises(CannotTell):
        client.credit("m-1", 1, "promotional_award", act("wanted", uncertain=True))
    assert running_server.changes() == []


def test_fractions_are_no_points(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    strict_server.inject(faults.FRACTION, times=3)
    with pytest.raises(OutcomeUnknown, match="WrongShape"):
        client.balance("m-1")


def test_a_service_that_is_not_there_is_not_reached(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    strict_server.stop()
    with pytest.raises(NotReached):
        client.balance("m-1")
    assert client.ready() is False
    assert Breaker.objects.get().state == "closed"


def test_without_a_service_there_is_no_gateway() -> None:
    with pytest.raises(NotSupported):
        gateway()


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (NotReached(), True),
        (OutcomeUnknown("ReadTimeout"), True),
        (OutcomeUnknown("ReadTimeout", seconds=30), False),
        (Broken(500, "HTTP_500"), True),
        (Conflicted(409, "OPTIMISTIC_LOCK_CONFLICT"), True),
        (Busy(429, "RATE_LIMITED", seconds=2), 2.1),
        (Busy(429, "RATE_LIMITED", seconds=60), False),
        (BreakerOpen(30), False),
        (KeyMismatch(409, "IDEMPOTENCY_KEY_REUSE_MISMATCH"), False),
        (Refused(422, "VALIDATION_FAILED"), False),
        (ValueError(), False),
    ],
)
def test_what_is_tried_again_within_a_call(error: Exception, again: bool | float) -> None:
    assert worth_retrying(error) == again


def test_every_error_says_what_may_be_written_down_of_it() -> None:
    kinds: list[LoyaltyError] = [NotReached(), BreakerOpen(1), CannotTell(), Refused(400, "BAD"), OutcomeUnknown("X")]
    assert [error.label for error in kinds] == ["NotReached", "BreakerOpen", "CannotTell", "BAD", "OutcomeUnknown:X"]


def test_requests_leave_at_the_agreed_pace() -> None:
    pace = Pace(per_second=50)
    began = time.monotonic()
    for _ in range(6):
        pace.wait()
    assert time.monotonic() - began >= 5 / 50


@pytest.mark.parametrize(
    ("fault", "cause"), [(faults.HUGE, "TooLarge"), (faults.dripping(20), "TooSlow"), (faults.REDIRECT, "Redirected")]
)
def test_an_answer_is_cut_short_where_it_is_too_much(
    strict_server: FakeServer, use: Use, fault: Fault, cause: str
) -> None:
    client = use(strict_server, attempts=1)
    strict_server.inject(fault)
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown, match=cause):
        client.balance("m-1")
    assert time.monotonic() - began < 10
