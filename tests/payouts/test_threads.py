"""Real threads on real connections: nobody asks too often, nothing is paid out twice, nothing overdraws."""

from __future__ import annotations

from functools import partial
from typing import Any

from pytest_django.fixtures import Settings

from core.actors import SYSTEM
from payouts.models import Attempt, Payout, Step
from tests import factories
from tests.payouts.support import ask, asked, brought, claim, debtor, earner, money, staff, status_of, step
from tests.support.threads import refusals, together
from tests.wallet.support import assert_ledger_holds, hold, key, settled, viewer_with
from wallet import services as wallet
from wallet import settlement
from wallet.queries import balance_of, payable_of

THREADS = 16


def test_of_sixteen_requests_at_once_three_are_taken(many_connections: str) -> None:
    performer = earner(50_000)
    outcomes = together([partial(ask, performer, 1_000, claim(performer)) for _ in range(THREADS)])
    assert refusals(outcomes) == ["RATE_LIMIT_EXCEEDED"] * (THREADS - 3)
    assert (Attempt.objects.count(), Payout.objects.count(), money(performer)) == (3, 3, (47_000, 3_000))


def test_a_double_click_asks_once(many_connections: str) -> None:
    performer = earner()
    claimed = claim(performer)
    answers: list[Any] = together([partial(ask, performer, 1_000, claimed) for _ in range(THREADS)])
    assert refusals(answers) == []
    assert len({answer.body["requestId"] for answer in answers}) == 1
    assert (Attempt.objects.count(), money(performer)) == (1, (4_000, 1_000))


def test_a_double_click_for_more_than_she_has_is_one_attempt(many_connections: str) -> None:
    performer = earner(1_500)
    claimed = claim(performer)
    outcomes = together([partial(ask, performer, 2_000, claimed) for _ in range(THREADS)])
    assert refusals(outcomes) == ["INSUFFICIENT_BALANCE"] * THREADS
    assert (Attempt.objects.count(), Payout.objects.count(), money(performer)) == (1, 0, (1_500, 0))


def test_two_requests_for_all_she_has_leave_one(many_connections: str) -> None:
    performer = earner(1_000)
    outcomes = together([partial(ask, performer, 1_000, claim(performer)) for _ in range(2)])
    assert (refusals(outcomes), money(performer)) == (["INSUFFICIENT_BALANCE"], (0, 1_000))


def test_payouts_racing_with_credits_never_overdraw_what_she_has_earned(
    many_connections: str, settings: Settings
) -> None:
    settings.PAYOUT_MINIMUM_TOKENS = 100
    performer, rich = earner(300), viewer_with(2_000)
    credits = [hold(rich, performer, 100) for _ in range(8)]
    work: list[Any] = [partial(ask, performer, 500, claim(performer)) for _ in range(3)]
    outcomes = together(
        [*work, *(partial(settlement.settle_hold, by=SYSTEM, hold_id=held.id, key=key()) for held in credits)]
    )
    earned, pending = money(performer)
    assert set(refusals(outcomes)) <= {"INSUFFICIENT_BALANCE"}
    assert (earned >= 0, pending) == (True, 500 * Payout.objects.count())
    assert earned + pending == 300 + 8 * 100
    assert_ledger_holds()


def test_requests_racing_with_settlements_and_reversals_never_overdraw(
    many_connections: str, settings: Settings
) -> None:
    settings.PAYOUT_MINIMUM_TOKENS = 100
    performer, rich = earner(300), viewer_with(2_000)
    paid = [settled(rich, performer, 100) for _ in range(4)]
    holds = [hold(rich, performer, 100) for _ in range(8)]
    work: list[Any] = [partial(ask, performer, 200, claim(performer)) for _ in range(3)]
    work += [partial(settlement.settle_hold, by=SYSTEM, hold_id=held.id, key=key()) for held in holds]
    work += [
        partial(wallet.reverse_transfer, by=SYSTEM, transfer_id=one.transfer_id, reason="dispute", key=key())
        for one in paid
    ]
    outcomes = together(work)
    earned, pending = money(performer)
    shortfall = sum(getattr(outcome, "shortfall", 0) for outcome in outcomes)
    assert pending == 200 * Payout.objects.count()
    assert earned + pending - shortfall == 300 + 400 + 800 - 400
    assert earned >= 0


def test_what_she_owes_is_repaid_once_while_she_earns_and_asks(many_connections: str, settings: Settings) -> None:
    performer, rich = debtor(1_000), viewer_with(2_000)
    settings.PAYOUT_MINIMUM_TOKENS = 100
    settled(rich, performer, 1_000)
    holds = [hold(rich, performer, 100) for _ in range(8)]
    work: list[Any] = [partial(settlement.settle_hold, by=SYSTEM, hold_id=held.id, key=key()) for held in holds]
    together([*work, *(partial(ask, performer, 600, claim(performer)) for _ in range(2))])
    earned, pending = money(performer)
    owed = balance_of(performer.pk).owed
    assert (earned + pending - owed, pending in {0, 600}) == (800, True)
    assert owed == (0 if pending else 1_000)
    assert_ledger_holds()


def test_a_payout_and_a_reversal_of_the_same_tokens_meet(many_connections: str) -> None:
    performer = earner(1_000)
    disputed = settled(viewer_with(1_000), performer, 1_000)
    reversal = partial(
        wallet.reverse_transfer, by=SYSTEM, transfer_id=disputed.transfer_id, reason="dispute", key=key()
    )
    work: list[Any] = [partial(ask, performer, 2_000, claim(performer)), reversal]
    lost = refusals(together(work)) == ["INSUFFICIENT_BALANCE"]
    assert (money(performer), balance_of(performer.pk).owed) == (((1_000, 0), 0) if lost else ((0, 2_000), 1_000))
    settled(viewer_with(500), performer, 500)
    assert payable_of(performer.pk) == (1_500 if lost else 0)


def test_sixteen_rejections_give_the_money_back_once(many_connections: str) -> None:
    performer = earner(5_000)
    payout_id, people = asked(performer), [staff() for _ in range(THREADS)]
    outcomes = together([partial(step, "reject", payout_id, by) for by in people])
    assert refusals(outcomes) == ["INVALID_STATE_TRANSITION"] * (THREADS - 1)
    assert (money(performer), Step.objects.filter(event="reject").count()) == ((5_000, 0), 1)


def test_paying_and_failing_at_once_is_one_of_them(many_connections: str) -> None:
    performer = earner(5_000)
    payout_id = brought(performer, "sent")
    work = [partial(step, verb, payout_id, staff()) for verb in ("pay", "fail") * 4]
    assert len(refusals(together(work))) == len(work) - 1
    assert money(performer) == {"paid": (4_000, 0), "failed": (5_000, 0)}[status_of(payout_id)]


def test_above_the_limit_one_person_with_many_hands_is_still_one(many_connections: str, settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 0
    payout_id, by = asked(earner()), factories.actor(factories.staff())
    outcomes = together([partial(step, "approve", payout_id, by) for _ in range(8)])
    assert refusals(outcomes) == ["CANNOT_APPROVE_PAYOUT"] * 7
    assert status_of(payout_id) == "requested"
