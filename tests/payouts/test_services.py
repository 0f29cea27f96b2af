"""Asking for a payout, and every step of it by staff."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from audit.models import AuditEntry
from core.actors import SYSTEM, Actor
from core.exceptions import (
    DomainError,
    DuplicateKey,
    InsufficientBalance,
    NotFound,
    RateLimitExceeded,
    ValidationFailed,
)
from core.ids import uuid7
from modelstate.exceptions import InvalidStateTransition
from notices.models import Notice
from payouts.exceptions import CannotApprovePayout, CannotChangeRate, WalletNotVerified
from payouts.models import Attempt, Payout, Step
from payouts.states import TRANSITIONS, PayoutEvent, Status
from tests import factories
from tests.payouts.support import VERBS, ask, asked, brought, claim, debtor, earner, money, staff, status_of, step
from tests.wallet.support import assert_ledger_holds, key, settled, viewer_with
from wallet import services as wallet
from wallet.models import Transfer
from wallet.queries import balance_of, payable_of

pytestmark = pytest.mark.django_db


# --- asking


def test_what_she_asks_for_leaves_her_earnings_at_once() -> None:
    performer = earner(5_000)
    answer = ask(performer, 3_000)
    assert (answer.status, answer.body["status"], money(performer)) == (200, "requested", (2_000, 3_000))
    assert_ledger_holds()


def test_asking_is_one_statement() -> None:
    performer = earner()
    claimed = claim(performer)
    factories.actor(performer)  # who she is was read before
    with CaptureQueriesContext(connection) as sent:
        ask(performer, 1_000, claimed)
    statements = [query["sql"] for query in sent if "SAVEPOINT" not in query["sql"]]
    assert [sql.split("(")[0] for sql in statements] == ["SELECT payouts_request"]


def test_a_repetition_gets_the_first_answer_and_is_not_counted() -> None:
    performer = earner()
    claimed = claim(performer)
    first = ask(performer, 1_000, claimed)
    for _ in range(4):
        again = ask(performer, 1_000, claimed)
        assert (again.replayed, again.body) == (True, first.body)
    assert (Attempt.objects.count(), Payout.objects.count(), money(performer)) == (1, 1, (4_000, 1_000))


def test_a_key_asked_something_else_is_refused() -> None:
    performer = earner()
    ask(performer, 1_000, claim(performer, "same"))
    with pytest.raises(DuplicateKey):
        ask(performer, 2_000, claim(performer, "same", b"another"))
    assert money(performer) == (4_000, 1_000)


def test_more_than_she_has_is_refused_remembered_and_counted() -> None:
    performer = earner(1_500)
    claimed = claim(performer)
    with pytest.raises(InsufficientBalance) as refused:
        ask(performer, 1_501, claimed)
    assert refused.value.details == {"required": 1_501, "available": 1_500}
    with pytest.raises(InsufficientBalance) as again:
        ask(performer, 1_501, claimed)
    assert (again.value.replayed, Attempt.objects.count(), money(performer)) == (True, 1, (1_500, 0))


@pytest.mark.parametrize(("tokens", "verified", "amount", "refusal"), [
    (5_000, False, 1_000, WalletNotVerified),
    (999, True, 999, InsufficientBalance),
    (0, True, 1_000, InsufficientBalance),
    (5_000, True, 999, ValidationFailed),
])  # fmt: skip
def test_what_is_missing_is_named_and_the_attempt_counts(
    tokens: int, verified: bool, amount: int, refusal: type[DomainError]
) -> None:
    performer = earner(tokens, verified=verified)
    with pytest.raises(refusal):
        ask(performer, amount)
    assert (Attempt.objects.count(), Payout.objects.count(), money(performer)) == (1, 0, (tokens, 0))


@pytest.mark.parametrize("amount", [0, -1, 10**9 + 1, True])
def test_what_is_no_amount_is_not_even_an_attempt(amount: int) -> None:
    performer = earner()
    with pytest.raises(ValidationFailed):
        ask(performer, amount)
    assert Attempt.objects.count() == 0


def test_the_fourth_within_a_day_is_refused_with_the_time_of_the_next() -> None:
    performer = earner()
    for amount in (1_000, 2_000):
        ask(performer, amount)
    with pytest.raises(InsufficientBalance):
        ask(performer, 9_000)
    with pytest.raises(RateLimitExceeded) as refused:
        ask(performer)
    assert refused.value.details["reset_time"] == Attempt.objects.earliest("at").at + timedelta(hours=24)
    assert 86_390 <= int(str(refused.value.retry_after)) <= 86_400
    assert (Attempt.objects.count(), money(performer)) == (3, (2_000, 3_000))


def test_what_came_too_often_is_neither_counted_nor_remembered() -> None:
    performer = earner()
    claimed = claim(performer)
    for _ in range(3):
        ask(performer)
    for _ in range(2):
        with pytest.raises(RateLimitExceeded) as refused:
            ask(performer, 1_000, claimed)
        assert not refused.value.replayed
    assert Attempt.objects.count() == 3


def test_another_ones_attempts_are_not_hers() -> None:
    busy, fresh = earner(), earner()
    for _ in range(3):
        ask(busy)
    assert ask(fresh).body["status"] == "requested"


def test_who_never_earned_anything_has_nothing_to_ask_for() -> None:
    with pytest.raises(NotFound):
        ask(factories.viewer())  # type: ignore[arg-type]  # on purpose: nobody's performer
    assert Attempt.objects.count() == 0


def test_what_she_owes_is_paid_back_before_she_is_paid() -> None:
    performer = debtor(1_000)
    settled(viewer_with(2_500), performer, 2_500)
    with pytest.raises(InsufficientBalance) as refused:
        ask(performer, 1_501)
    assert refused.value.details == {"required": 1_501, "available": 1_500}
    ask(performer, 1_500)
    assert (money(performer), balance_of(performer.pk).owed, payable_of(performer.pk)) == ((0, 1_500), 0, 0)
    repaid = Transfer.objects.get(code="repayment")
    assert (repaid.amount, repaid.group_id) == (1_000, Transfer.objects.latest("created_at", "id").group_id)
    assert_ledger_holds()


def test_who_has_repaid_owes_nothing_of_what_she_earns_next() -> None:
    performer = debtor(1_000)
    settled(viewer_with(2_000), performer, 2_000)
    ask(performer, 1_000)
    settled(viewer_with(1_200), performer, 1_200)
    ask(performer, 1_200)
    assert (money(performer), balance_of(performer.pk).owed) == ((0, 2_200), 0)
    assert Transfer.objects.filter(code="repayment").count() == 1
    assert_ledger_holds()


def test_of_a_payout_that_comes_back_she_repays_what_she_owes_by_then() -> None:
    performer = earner(0)
    paid = settled(viewer_with(1_000), performer, 1_000)
    payout_id = asked(performer, 1_000)
    wallet.reverse_transfer(by=SYSTEM, transfer_id=paid.transfer_id, reason="dispute", key=key())
    assert (money(performer), balance_of(performer.pk).owed) == ((0, 1_000), 1_000)
    step("reject", payout_id)
    assert (money(performer), balance_of(performer.pk).owed) == ((0, 0), 0)
    assert_ledger_holds()


def test_a_refused_request_repays_nothing() -> None:
    performer = debtor(1_000)
    settled(viewer_with(1_200), performer, 1_200)
    with pytest.raises(InsufficientBalance):
        ask(performer, 1_200)
    assert (money(performer), balance_of(performer.pk).owed) == ((1_200, 0), 1_000)


def test_who_owes_more_than_she_has_may_be_paid_nothing() -> None:
    performer = debtor(1_000)
    settled(viewer_with(400), performer, 400)
    with pytest.raises(InsufficientBalance) as refused:
        ask(performer, 1_000)
    assert refused.value.details == {"required": 1_000, "available": 0}
    assert (money(performer), payable_of(performer.pk)) == ((400, 0), 0)


# --- the steps


@pytest.mark.parametrize(("status", "left"), [
    ("requested", (4_000, 1_000)), ("approved", (4_000, 1_000)), ("sent", (4_000, 1_000)),
    ("paid", (4_000, 0)), ("rejected", (5_000, 0)), ("failed", (5_000, 0)),
])  # fmt: skip
def test_the_tokens_are_where_the_status_says(status: str, left: tuple[int, int]) -> None:
    performer = earner(5_000)
    payout_id = brought(performer, status)
    assert (status_of(payout_id), money(performer)) == (status, left)
    assert_ledger_holds()


MOVES = [event for event in TRANSITIONS if event != PayoutEvent.ENDORSE]


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("event", MOVES)
def test_a_step_is_taken_from_where_the_table_says_and_refused_elsewhere(event: PayoutEvent, status: str) -> None:
    performer = earner()
    payout_id = brought(performer, status)
    before = (status, money(performer), Step.objects.count())
    to_status = TRANSITIONS[event].get(Status(status))
    if to_status is None:
        with pytest.raises(DomainError) as refused, transaction.atomic():
            step(event, payout_id)
        assert refused.value.code == "INVALID_STATE_TRANSITION"
        assert (status_of(payout_id), money(performer), Step.objects.count()) == before
    else:
        assert step(event, payout_id)["status"] == to_status == status_of(payout_id)
    assert_ledger_holds()


@pytest.mark.parametrize("verb", VERBS)
def test_each_step_is_one_statement_and_its_audit(verb: str) -> None:
    start = {"approve": "requested", "reject": "requested", "send": "approved", "pay": "sent", "fail": "sent"}
    payout_id, by = brought(earner(), start[verb]), staff()
    with CaptureQueriesContext(connection) as sent:
        step(verb, payout_id, by)
    statements = [query["sql"].split("(")[0] for query in sent if "SAVEPOINT" not in query["sql"]]
    assert statements[0] == f"SELECT payouts_{verb}"
    assert len(statements) == 2


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_but_staff_takes_a_step(verb: str) -> None:
    performer = earner()
    payout_id = asked(performer)
    for by in (factories.actor(performer), factories.actor(factories.viewer()), SYSTEM):
        with pytest.raises(NotFound):
            step(verb, payout_id, by)
    assert status_of(payout_id) == "requested"


@pytest.mark.parametrize("verb", VERBS)
def test_a_payout_that_is_not_there_is_not_found_and_its_key_is_free(verb: str) -> None:
    by, payout_id = staff(), asked(earner())
    with pytest.raises(NotFound):
        step(verb, uuid7(), by, key="the same")
    if verb in {"approve", "reject"}:
        assert step(verb, payout_id, by, key="the same")["id"] == str(payout_id)


def test_a_step_sent_twice_is_taken_once() -> None:
    performer = earner(5_000)
    payout_id, by = asked(performer), staff()
    first = step("reject", payout_id, by, key="twice")
    again = step("reject", payout_id, by, key="twice")
    assert {**first, "notices": None} == {**again, "notices": None}
    assert (money(performer), Notice.objects.filter(key="wallet.payout.updated").count()) == ((5_000, 0), 1)


def test_a_step_that_was_refused_stays_so_under_its_key() -> None:
    payout_id, by = asked(earner()), staff()
    with pytest.raises(InvalidStateTransition):
        step("send", payout_id, by, key="too early")
    step("approve", payout_id)
    with pytest.raises(InvalidStateTransition):
        step("send", payout_id, by, key="too early")
    assert (step("send", payout_id, by)["status"], status_of(payout_id)) == ("sent", "sent")


def test_a_steps_key_belongs_to_one_payout() -> None:
    performer, by = earner(), staff()
    step("reject", asked(performer), by, key="one")
    with pytest.raises(DuplicateKey):
        step("reject", asked(performer), by, key="one")


def test_every_step_is_history_and_audited() -> None:
    payout_id = brought(earner(), "paid")
    steps = Step.objects.filter(payout_id=payout_id).order_by("version")
    assert [(s.version, s.event, s.from_status, s.to_status) for s in steps] == [
        (1, "request", "", "requested"),
        (2, "approve", "requested", "approved"),
        (3, "send", "approved", "sent"),
        (4, "pay", "sent", "paid"),
    ]
    traces = AuditEntry.objects.filter(target_id=str(payout_id)).order_by("id").values_list("action", "reason")
    assert list(traces) == [(f"payout.{verb}", "ticket 12") for verb in ("approve", "send", "pay")]


@pytest.mark.parametrize("verb", VERBS)
def test_a_step_sent_twice_leaves_one_trace(verb: str, settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 0
    start = {"approve": "requested", "reject": "requested", "send": "approved", "pay": "sent", "fail": "sent"}[verb]
    payout_id, by = asked(earner()), staff()
    for past in {"requested": (), "approved": ("approve",) * 2, "sent": ("approve", "approve", "send")}[start]:
        step(past, payout_id)
    first, again = (step(verb, payout_id, by, key="twice") for _ in range(2))
    assert (first["id"], first["version"]) == (again["id"], again["version"])
    assert AuditEntry.objects.filter(actor_id=str(by.id), action=f"payout.{verb}").count() == 1


def test_she_is_told_of_each_status_once() -> None:
    performer = earner()
    brought(performer, "paid")
    told = Notice.objects.filter(owner_id=performer.pk, key__startswith="wallet.payout").order_by("id")
    assert [(notice.key, notice.variables.get("status")) for notice in told] == [
        ("wallet.payout.requested", None),
        ("wallet.payout.updated", "approved"),
        ("wallet.payout.updated", "sent"),
        ("wallet.payout.updated", "paid"),
    ]


# --- who approves, and at which rate


def test_the_rate_of_the_approval_is_kept(settings: Settings) -> None:
    entered, usual = asked(earner()), asked(earner())
    step("approve", entered, rate=Decimal("0.061"))
    step("approve", usual)
    settings.PAYOUT_RATE = Decimal("0.9")
    rates = dict(Payout.objects.values_list("id", "rate"))
    assert (rates[entered], rates[usual]) == (Decimal("0.061"), Decimal("0.05"))
    worth = dict(Payout.objects.values_list("id", "worth"))
    assert (worth[entered], worth[usual]) == (Decimal(61), Decimal(50))
    assert_ledger_holds()


@pytest.mark.parametrize("rate", ["0", "-1", "0.0000001", "NaN", "Infinity", "1000001"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    payout_id = asked(earner())
    with pytest.raises(ValidationFailed):
        step("approve", payout_id, rate=Decimal(rate))
    assert status_of(payout_id) == "requested"


def test_above_the_limit_two_people_approve(settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 2_000
    payout_id, first, second = asked(earner(), 2_001), staff(), staff()
    assert step("approve", payout_id, first)["status"] == "requested"
    with pytest.raises(CannotApprovePayout), transaction.atomic():
        step("approve", payout_id, first)
    assert step("approve", payout_id, second)["status"] == "approved"
    payout = Payout.objects.get(pk=payout_id)
    assert (payout.first_approver_id, payout.second_approver_id) == (first.id, second.id)


def test_at_the_limit_one_is_enough(settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 2_000
    assert step("approve", asked(earner(), 2_000))["status"] == "approved"


def test_the_second_cannot_change_the_rate(settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 0
    payout_id = asked(earner())
    step("approve", payout_id, rate=Decimal("0.07"))
    with pytest.raises(CannotChangeRate), transaction.atomic():
        step("approve", payout_id, rate=Decimal("0.08"))
    assert step("approve", payout_id)["rate"] == "0.070000"


def test_a_limit_that_changes_later_leaves_what_was_asked_for_alone(settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 0
    payout_id = asked(earner())
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 10_000
    assert step("approve", payout_id)["status"] == "requested"


def test_nobody_approves_the_own_payout() -> None:
    performer = earner()
    performer.user.is_staff = True
    performer.user.save(update_fields=["is_staff"])
    payout_id = asked(performer)
    with pytest.raises(CannotApprovePayout):
        step("approve", payout_id, Actor(id=performer.pk, kind="staff"))
    assert status_of(payout_id) == "requested"


@pytest.mark.parametrize(
    ("status", "verb"), [("requested", "reject"), ("approved", "send"), ("sent", "pay"), ("sent", "fail")]
)
def test_nobody_takes_a_step_of_the_own_payout(status: str, verb: str) -> None:
    performer = earner()
    performer.user.is_staff = True
    performer.user.save(update_fields=["is_staff"])
    payout_id = brought(performer, status)
    before = money(performer)
    with pytest.raises(CannotApprovePayout, match="your own"):
        step(verb, payout_id, Actor(id=performer.pk, kind="staff"))
    assert (status_of(payout_id), money(performer)) == (status, before)


def test_an_endorsed_payout_can_still_be_rejected(settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 0
    performer = earner(5_000)
    payout_id = asked(performer)
    step("approve", payout_id)
    step("reject", payout_id)
    assert (status_of(payout_id), money(performer)) == ("rejected", (5_000, 0))
    assert_ledger_holds()


def test_a_reversal_cannot_reach_what_is_reserved() -> None:
    performer = earner(0)
    paid = settled(viewer_with(1_000), performer, 1_000)
    asked(performer, 1_000)
    reversal = wallet.reverse_transfer(by=SYSTEM, transfer_id=paid.transfer_id, reason="dispute", key=key())
    assert (reversal.shortfall, money(performer)) == (1_000, (0, 1_000))
    assert_ledger_holds()
