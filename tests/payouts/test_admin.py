"""The staff's pages: payouts, verification, credits beside the billing's list, the prize fund."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Performer, User
from accounts.queries import performer as profile
from audit.models import AuditEntry
from core.actors import SYSTEM, Actor
from core.exceptions import AlreadyDecided, DuplicateKey, InsufficientBalance, NotFound, RateLimitExceeded
from core.ids import uuid7
from core.ratelimits import Shield
from payouts import verifications
from payouts.exceptions import AlreadyVerified, CannotDecideVerification
from payouts.models import Payout, Step, Verification
from payouts.verifications import ask_for_verification, decide_verification, withdraw_verification
from tests import factories
from tests.payouts.support import asked, brought, earner, money, staff, status_of
from tests.wallet.support import assert_ledger_holds, key, viewer_with
from wallet.credits import business_today
from wallet.queries import balance_of, prize_fund
from wallet.services import fund, fund_prizes, take_prizes

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody() -> User:
    """A member of the staff, not a superuser."""
    return factories.staff()


@pytest.fixture
def desk(somebody: User) -> Client:
    """His browser."""
    return factories.signed_in(somebody)


def act(desk: Client, page: str, action: str, item: object, **fields: str) -> str:
    """Choose an action for one row, with a reason; what the page says then."""
    form = {"action": action, "_selected_action": [str(item)], "reason": "ticket 9", "key": str(uuid4()), **fields}
    return desk.post(reverse(f"admin:payouts_{page}_changelist"), form, follow=True).content.decode()


# --- payouts


def test_staff_bring_a_payout_to_its_end_at_a_rate_of_their_own(desk: Client) -> None:
    performer = earner(5_000)
    payout_id = asked(performer)
    act(desk, "payout", "approve", payout_id, rate="0.061")
    act(desk, "payout", "send", payout_id)
    act(desk, "payout", "pay", payout_id, typed="PAID")
    assert (status_of(payout_id), money(performer)) == ("paid", (4_000, 0))
    assert Payout.objects.get().rate == Decimal("0.061")
    assert set(Step.objects.exclude(event="request").values_list("reason", flat=True)) == {"ticket 9"}


@pytest.mark.parametrize("fields", [{"reason": "  "}, {"rate": "0"}, {"rate": "0.0000001"}, {"rate": "x"}])
def test_without_a_reason_or_with_a_rate_that_is_none_nothing_happens(desk: Client, fields: dict[str, str]) -> None:
    payout_id = asked(earner())
    act(desk, "payout", "approve", payout_id, **fields)
    assert status_of(payout_id) == "requested"


def test_above_the_limit_the_same_person_is_not_enough(desk: Client, settings: Settings) -> None:
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = 0
    payout_id = asked(earner())
    said = act(desk, "payout", "approve", payout_id)
    assert ("A second person has to approve it" in said, "Done:" in said) == (True, False)
    assert "(CANNOT_APPROVE_PAYOUT)" in act(desk, "payout", "approve", payout_id)
    assert status_of(payout_id) == "requested"
    assert "Done: 1 of 1." in act(factories.signed_in(factories.staff()), "payout", "approve", payout_id)
    assert status_of(payout_id) == "approved"


def test_a_refused_step_leaves_no_trace_of_having_been_taken(desk: Client) -> None:
    payout_id = brought(earner(), "rejected")
    assert "(INVALID_STATE_TRANSITION)" in act(desk, "payout", "send", payout_id)
    assert not AuditEntry.objects.filter(target_id=str(payout_id), action__endswith="send").exists()


def test_a_refused_step_is_audited_once_however_often_its_page_is_sent(desk: Client, somebody: User) -> None:
    payout_id, page = brought(earner(), "rejected"), str(uuid4())
    for _ in range(3):
        act(desk, "payout", "send", payout_id, key=page)
    attempt = AuditEntry.objects.get(action="admin.send.refused")
    assert (attempt.actor_id, attempt.target_id) == (str(somebody.pk), str(payout_id))
    assert (attempt.after, attempt.reason) == ({"outcome": "INVALID_STATE_TRANSITION"}, "ticket 9")


def test_a_payouts_page_shows_its_steps_and_can_change_nothing(desk: Client) -> None:
    page = desk.get(reverse("admin:payouts_payout_change", args=[brought(earner(), "sent")])).content.decode()
    assert "endorse" not in page
    assert all(word in page for word in ("request", "approve", "send"))
    assert 'name="_save"' not in page


@pytest.mark.parametrize("page", ["payouts_payout", "payouts_verification", "wallet_credit", "wallet_prizeslice"])
def test_nobody_else_sees_the_pages(page: str) -> None:
    for client in (Client(), factories.signed_in(earner(0)), factories.signed_in(factories.viewer())):
        assert client.get(reverse(f"admin:{page}_changelist")).status_code in {302, 403}


# --- verification


def wish(performer: Performer) -> Verification:
    """She asked to be verified."""
    ask_for_verification(performer_id=performer.pk)
    return Verification.objects.get(performer=performer, status="pending")


def verified(performer: Performer) -> bool:
    """What the wallet says."""
    return balance_of(performer.pk).verified


def test_staff_verify_refuse_and_withdraw(desk: Client) -> None:
    performer = earner(0, verified=False)
    act(desk, "verification", "refuse", wish(performer).pk)
    assert not verified(performer)
    second = wish(performer)
    act(desk, "verification", "verify", second.pk)
    assert verified(performer)
    act(desk, "verification", "withdraw", second.pk)
    assert not verified(performer)
    traces = (
        AuditEntry.objects.filter(action__startswith="verification.").order_by("id").values_list("action", "reason")
    )
    assert list(traces) == [(f"verification.{word}", "ticket 9") for word in ("rejected", "approved", "withdrawn")]


def test_nobody_verifies_herself() -> None:
    performer = earner(0, verified=False)
    own = wish(performer)
    with pytest.raises(CannotDecideVerification):
        decide_verification(by=Actor(performer.pk, "staff"), verification_id=own.pk, approve=True, reason="mine")
    with pytest.raises(DatabaseError), transaction.atomic():
        Verification.objects.filter(pk=own.pk).update(status="approved", decided_by=performer.pk, decided_at=Now())
    assert not verified(performer)


def test_a_no_takes_no_verification_away() -> None:
    performer = earner(0)
    late = Verification.objects.create(performer=performer)
    decide_verification(by=staff(), verification_id=late.pk, approve=False, reason="twice")
    assert verified(performer)


def test_who_was_verified_while_she_asked_has_no_second_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    performer = earner(0, verified=False)
    read_before = profile(performer.pk)
    decide_verification(by=staff(), verification_id=wish(performer).pk, approve=True, reason="papers")
    monkeypatch.setattr(verifications, "performer", lambda _id: read_before)
    with pytest.raises(AlreadyVerified):
        ask_for_verification(performer_id=performer.pk)
    assert not Verification.objects.filter(performer=performer, status="pending").exists()


def test_only_staff_decide_and_only_once() -> None:
    performer = earner(0, verified=False)
    own, by = wish(performer), staff()
    for other in (factories.actor(performer), factories.actor(factories.viewer()), SYSTEM):
        with pytest.raises(NotFound):
            decide_verification(by=other, verification_id=own.pk, approve=True, reason="x")
    with pytest.raises(NotFound):
        decide_verification(by=by, verification_id=uuid7(), approve=True, reason="x")
    with pytest.raises(AlreadyDecided):
        withdraw_verification(by=by, verification_id=own.pk, reason="x")
    decide_verification(by=by, verification_id=own.pk, approve=True, reason="x")
    with pytest.raises(AlreadyDecided):
        decide_verification(by=by, verification_id=own.pk, approve=False, reason="x")
    assert verified(performer)
    with pytest.raises(AlreadyVerified):
        ask_for_verification(performer_id=performer.pk)


def test_the_eleventh_wish_of_a_day_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payouts.verifications.HOURLY", Shield("test.hour", limit=1_000, period_seconds=3600))
    performer = earner(0, verified=False)
    for _ in range(10):
        ask_for_verification(performer_id=performer.pk)
    with pytest.raises(RateLimitExceeded):
        ask_for_verification(performer_id=performer.pk)


def test_a_performers_page_verifies_nobody(desk: Client) -> None:
    performer = earner(0, verified=False)
    form = {"stage_name": "Changed", "studio": "", "verified_at_0": "2026-01-01", "verified_at_1": "10:00",
            "audit_reason": "typo"}  # fmt: skip
    desk.post(reverse("admin:accounts_performer_change", args=[performer.pk]), form)
    performer.refresh_from_db()
    assert (performer.stage_name, performer.verified_at) == ("Changed", None)


# --- credits


def credit(payment: str, tokens: int) -> None:
    """A payment of somebody's."""
    fund(by=SYSTEM, owner_id=viewer_with(0).pk, tokens=tokens, key=key(), external_id=payment)


def reconciled(desk: Client, listed: str, **fields: Any) -> tuple[int, Any]:  # noqa: ANN401 - form fields
    """Status, and what the comparison found."""
    today = business_today().isoformat()
    form = {"since": today, "until": today, "pasted": listed, **fields}
    answer = desk.post(reverse("admin:wallet_credit_reconcile"), form)
    return answer.status_code, answer.context["found"]


def test_the_list_adds_up(desk: Client) -> None:
    credit("pay_1", 500)
    credit("pay_2", 250)
    viewer_with(99)  # no payment
    page = desk.get(reverse("admin:wallet_credit_changelist")).content.decode()
    assert "<strong>2</strong> credits of <strong>750</strong> tokens" in page


def test_the_csv_streams_what_was_chosen_and_runs_no_formula(desk: Client) -> None:
    credit("=cmd|1", 500)
    credit("pay_2", 250)
    answer = desk.get(reverse("admin:wallet_credit_export"))
    assert answer.streaming
    lines = b"".join(answer).decode().splitlines()
    assert (lines[0], len(lines)) == ("externalId,tokens,transferId,viewerId,createdAt", 3)
    assert any(line.startswith("'=cmd|1,500,") for line in lines)
    some = b"".join(desk.get(reverse("admin:wallet_credit_export"), {"q": "pay_2"})).decode().splitlines()
    assert len(some) == 2


@pytest.mark.parametrize("query", ["created_at__year=abc", "colour=red", "created_at__month=13&created_at__year=2026"])
def test_the_csv_of_rows_that_cannot_be_chosen_is_refused(desk: Client, query: str) -> None:
    assert desk.get(f"{reverse('admin:wallet_credit_export')}?{query}").status_code == 400


def test_the_csv_itself_is_a_list_that_agrees(desk: Client) -> None:
    for payment in ("'quoted", "'=quoted", "=cmd|1", "-7", "%1", "a,b", 'a"b', "pay_1"):
        credit(payment, 10)
    exported = b"".join(desk.get(reverse("admin:wallet_credit_export")))
    _status, found = reconciled(desk, "", file=SimpleUploadedFile("list.csv", exported))
    assert (found.whole, found.agreed.number) == (True, 8)


def test_an_apostrophe_of_the_billings_own_stays(desk: Client) -> None:
    credit("'quoted", 10)
    assert reconciled(desk, "'quoted,10")[1].whole


def test_a_list_may_end_its_lines_with_carriage_returns(desk: Client) -> None:
    credit("pay_1", 10)
    listed = SimpleUploadedFile("list.csv", b"externalId,tokens\rpay_1,10\r")
    assert reconciled(desk, "", file=listed)[1].whole


def test_both_lists_may_agree(desk: Client) -> None:
    credit("pay_1", 500)
    status, found = reconciled(desk, "externalId,tokens\npay_1,500\n")
    assert (status, found.whole, found.agreed.number, found.agreed.tokens) == (200, True, 1, 500)


def test_what_differs_is_named(desk: Client) -> None:
    credit("both", 100)
    credit("amount", 100)
    credit("only here", 100)
    listed = SimpleUploadedFile("list.csv", b"both,100\namount,90\nonly there,70\n")
    _status, found = reconciled(desk, "", file=listed)
    assert [row.external_id for row in found.missing_here] == ["only there"]
    assert [row.external_id for row in found.missing_there] == ["only here"]
    assert [(row.external_id, row.here, row.there) for row in found.different] == [("amount", 100, 90)]
    assert not found.whole


def test_another_days_credits_are_not_missed(desk: Client) -> None:
    credit("pay_1", 500)
    credit("pay_2", 500)
    yesterday = (business_today() - timedelta(days=1)).isoformat()
    _status, found = reconciled(desk, "pay_1,500", since=yesterday, until=yesterday)
    assert (found.whole, found.agreed.number) == (True, 1)


@pytest.mark.parametrize("listed", ["", "pay_1", "pay_1,x", "pay_1,0", "pay_1,-5", "a,1\na,1", ",5", "a,1e3"])
def test_a_list_that_is_none_is_refused_line_by_line(desk: Client, listed: str) -> None:
    assert reconciled(desk, listed) == (422, None)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\0b,1", b'"' + b"x" * 140_000])
def test_a_file_that_is_no_list_is_refused(desk: Client, content: bytes) -> None:
    assert reconciled(desk, "", file=SimpleUploadedFile("list.csv", content))[0] == 422


def test_a_day_without_a_morrow_is_refused(desk: Client) -> None:
    assert reconciled(desk, "pay_1,5", until="9999-12-31") == (422, None)


# --- the prize fund


def test_staff_fill_the_fund_and_take_its_surplus(desk: Client) -> None:
    form = {"tokens": "1000003", "reason": "the month's prizes", "key": str(uuid4())}
    desk.post(reverse("admin:wallet_prizeslice_fund"), form)
    desk.post(reverse("admin:wallet_prizeslice_fund"), form)
    assert prize_fund() == 1_000_003
    desk.post(reverse("admin:wallet_prizeslice_take"), {"tokens": "3", "reason": "surplus", "key": str(uuid4())})
    assert prize_fund() == 1_000_000
    assert set(AuditEntry.objects.values_list("action", "reason")) >= {
        ("prizes.funded", "the month's prizes"), ("prizes.taken", "surplus"),
    }  # fmt: skip
    assert_ledger_holds()


def test_the_fund_gives_no_more_than_it_holds(desk: Client) -> None:
    fund_prizes(by=SYSTEM, tokens=100, reason="x", key=key())
    page = desk.post(reverse("admin:wallet_prizeslice_take"), {"tokens": "101", "reason": "x", "key": str(uuid4())})
    assert page.status_code == 422
    assert "(INSUFFICIENT_BALANCE)" in page.content.decode()
    with pytest.raises(InsufficientBalance):
        take_prizes(by=SYSTEM, tokens=101, reason="x", key=key())
    assert prize_fund() == 100


@pytest.mark.parametrize("tokens", [1, 15, 16, 17, 999, 1_000_000])
def test_every_amount_is_spread_whole_and_can_be_taken_whole(tokens: int) -> None:
    fund_prizes(by=SYSTEM, tokens=tokens, reason="x", key=key())
    assert prize_fund() == tokens
    part = tokens // 3
    if part:
        take_prizes(by=SYSTEM, tokens=part, reason="x", key=key())
    take_prizes(by=SYSTEM, tokens=tokens - part, reason="x", key=key())
    assert prize_fund() == 0
    assert_ledger_holds()


def test_a_move_of_the_fund_sent_twice_leaves_one_trace() -> None:
    by = staff()
    for move in (fund_prizes, take_prizes):
        first, again = (move(by=by, tokens=100, reason="x", key=f"{move.__name__}:1") for _ in range(2))
        assert (first, first.fresh, again.fresh) == (again, True, False)
    actions = AuditEntry.objects.filter(actor_id=str(by.id)).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["prizes.funded", "prizes.taken"]


def test_a_key_of_the_fund_belongs_to_one_move() -> None:
    fund_prizes(by=SYSTEM, tokens=100, reason="x", key="prizes")
    with pytest.raises(DuplicateKey):
        fund_prizes(by=SYSTEM, tokens=101, reason="x", key="prizes")
    assert prize_fund() == 100
