"""The breaker: opens within five failures, in one row for all, and lets one probe through at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core.actors import SYSTEM
from core.exceptions import NotFound
from loyalty.breaker import CircuitBreaker
from loyalty.errors import BreakerOpen, Broken, Busy, KeyMismatch, LoyaltyError, NotReached, OutcomeUnknown, Refused
from loyalty.models import Breaker
from loyalty.services import close_breaker

pytestmark = pytest.mark.django_db
BREAKER = CircuitBreaker("test")


def call(error: LoyaltyError | None = None) -> None:
    """One call that ends this way."""
    with BREAKER.guard():
        if error is not None:
            raise error


def fail(times: int, error: LoyaltyError | None = None) -> None:
    for _ in range(times):
        with pytest.raises(LoyaltyError):
            call(error or NotReached())


def state() -> str:
    return Breaker.objects.get().state


def let_time_pass() -> None:
    """The open time, and the claim of the last probe, are over."""
    Breaker.objects.update(probe_until=Now() - timedelta(seconds=1))


@pytest.mark.parametrize("error", [NotReached(), OutcomeUnknown("ReadTimeout"), Broken(500, "HTTP_500")])
def test_five_failures_open_it(error: LoyaltyError) -> None:
    fail(4, error)
    assert state() == "closed"
    fail(1, error)
    assert state() == "open"
    with pytest.raises(BreakerOpen) as refused:
        call()
    assert 28 < refused.value.seconds <= 30


@pytest.mark.parametrize("error", [Refused(404, "HTTP_404"), KeyMismatch(409, "X"), Refused(402, "X")])
def test_refusals_are_no_failures(error: LoyaltyError) -> None:
    fail(30, error)
    assert state() == "closed"


def test_failures_far_apart_do_not_open_it() -> None:
    fail(4)
    Breaker.objects.update(failures=[timezone.now() - timedelta(seconds=31)] * 4)
    fail(1)
    assert state() == "closed"


def test_half_of_twenty_calls_opens_it_however_slow_they_came() -> None:
    for number in range(20):
        Breaker.objects.update(failures=[])
        if number % 2:
            fail(1)
        else:
            call()
    assert state() == "open"


def test_less_than_half_of_twenty_does_not() -> None:
    for number in range(60):
        Breaker.objects.update(failures=[])
        if number % 3 == 0:
            fail(1)
        else:
            call()
    assert state() == "closed"


def test_after_its_time_one_probe_goes_out_and_two_successes_close_it() -> None:
    fail(5)
    let_time_pass()
    call()
    assert state() == "half_open"
    call()
    assert state() == "closed"
    fail(4)
    assert state() == "closed"


def test_while_the_probe_is_out_nobody_else_goes() -> None:
    fail(5)
    let_time_pass()
    assert BREAKER.admit() is not None
    for _ in range(3):
        with pytest.raises(BreakerOpen):
            BREAKER.admit()


def test_a_failed_probe_opens_it_for_the_whole_time_again() -> None:
    fail(5)
    let_time_pass()
    call()
    fail(1)
    assert state() == "open"
    with pytest.raises(BreakerOpen) as refused:
        call()
    assert refused.value.seconds > 28


def test_a_probe_that_never_comes_back_loses_its_claim_and_its_say() -> None:
    fail(5)
    let_time_pass()
    lost = BREAKER.admit()
    let_time_pass()
    taken = BREAKER.admit()
    assert taken != lost
    assert BREAKER.record(failed=True, probe=lost) == "half_open"
    assert BREAKER.record(failed=False, probe=taken) == "half_open"
    assert Breaker.objects.get().successes == 1


def test_a_late_answer_from_before_it_opened_changes_nothing() -> None:
    early = BREAKER.admit()
    fail(5)
    assert BREAKER.record(failed=False, probe=early) == "open"
    assert BREAKER.record(failed=True, probe=early) == "open"


def test_429_rests_everybody_as_long_as_it_asks_and_is_no_failure() -> None:
    fail(6, Busy(429, "RATE_LIMITED", seconds=0))
    assert state() == "closed"
    fail(1, Busy(429, "RATE_LIMITED", seconds=40))
    with pytest.raises(BreakerOpen) as refused:
        call()
    assert 38 < refused.value.seconds <= 40


def test_a_shorter_rest_does_not_cut_a_longer_one() -> None:
    fail(1, Busy(429, "RATE_LIMITED", seconds=40))
    BREAKER.rest(1)
    with pytest.raises(BreakerOpen) as refused:
        call()
    assert refused.value.seconds > 38


def test_a_probe_that_meets_429_gives_its_claim_back() -> None:
    fail(5)
    let_time_pass()
    fail(1, Busy(429, "RATE_LIMITED", seconds=0))
    assert state() == "half_open"
    call()
    assert Breaker.objects.get().successes == 1


def test_staff_close_it_at_once() -> None:
    fail(5)
    close_breaker(by=SYSTEM, name="test", reason="their outage is over")
    call()
    assert state() == "closed"
    with pytest.raises(NotFound):
        close_breaker(by=SYSTEM, name="nobody", reason="x")


def test_an_error_that_is_no_answer_of_the_service_counts_for_nothing() -> None:
    for _ in range(8):
        with pytest.raises(ZeroDivisionError), BREAKER.guard():
            raise ZeroDivisionError
    assert state() == "closed"
