"""The payouts' card on the wallet's page: the very refusal on the form, every step, one's own only."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payouts.models import Attempt, Payout, Verification
from tests import factories
from tests.dashboard.support import HTMX, press
from tests.payouts.support import asked, brought, debtor, earner, money
from tests.wallet.support import settled, viewer_with
from wallet.services import open_accounts

pytestmark = pytest.mark.django_db


def page_of(client: Client) -> str:
    """The wallet's page."""
    return client.get(reverse("wallet")).content.decode()


def reason_in(page: str) -> str:
    """Why no payout can be asked for; nothing where one can."""
    found = re.search(r'data-testid="payout-reason">.*?<span>(.*?)</span>', page)
    return found.group(1) if found else ""


def test_the_form_says_the_very_refusal() -> None:
    poor, unverified, busy, shut, rich = earner(40), earner(5_000, verified=False), earner(), earner(), earner()
    factories.shut_flag(shut.user, "payouts")
    for _ in range(3):
        asked(busy)
    reasons = [reason_in(page_of(factories.signed_in(who))) for who in (poor, unverified, busy, shut, rich)]
    assert reasons[0] == "A payout needs at least 1,000 tokens; you have 40."
    assert reasons[1].startswith("Your wallet is not verified yet.")
    assert reasons[2].startswith("Too many attempts. Try again on")
    assert reasons[3:] == ["Payouts are not open yet.", ""]


def test_the_wallet_shows_what_she_owes_and_keeps_it_back() -> None:
    performer = debtor(1_000)
    settled(viewer_with(2_500), performer, 2_500)
    page = page_of(factories.signed_in(performer))
    assert re.search(r'data-testid="wallet-owed">1,000 ', page)
    assert re.search(r'<input[^>]*name="amount"[^>]*max="1500"', page)
    assert "wallet-owed" not in page_of(factories.signed_in(earner()))


def test_a_payout_is_asked_for_on_the_page() -> None:
    performer = earner(5_000)
    answer = press(factories.signed_in(performer), "request-payout", amount="2500")
    assert (answer.status_code, money(performer)) == (200, (2_500, 2_500))
    assert 'data-testid="payout" data-status="requested"' in answer.content.decode()


def test_a_double_click_asks_once() -> None:
    performer = earner(5_000)
    client = factories.signed_in(performer)
    for _ in range(2):
        assert press(client, "request-payout", key="the-same", amount="1000").status_code == 200
    assert (Payout.objects.count(), Attempt.objects.count()) == (1, 1)


@pytest.mark.parametrize("amount", ["", "x", "-5", "1e3", "9" * 30])
def test_what_is_no_number_is_refused_by_field(amount: str) -> None:
    answer = press(factories.signed_in(earner()), "request-payout", amount=amount)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "VALIDATION_ERROR")
    assert 'data-field="amount"' in answer.content.decode()


def test_verification_is_asked_for_on_the_page_and_then_waits() -> None:
    client = factories.signed_in(earner(0, verified=False))
    assert 'data-testid="ask-verification"' in page_of(client)
    answer = press(client, "ask-verification").content.decode()
    assert 'data-status="pending"' in answer
    assert 'data-testid="ask-verification"' not in answer
    assert Verification.objects.count() == 1


def test_who_may_not_ask_and_who_does_not_perform_has_no_card() -> None:
    without = earner()
    factories.deny(without.user, "REQUEST_PAYOUT")
    for person in (without, factories.viewer()):
        client = factories.signed_in(person)
        assert 'id="payouts"' not in page_of(client)
        assert client.get(reverse("fragment-payouts"), headers=HTMX).status_code == 403
        assert press(client, "request-payout", amount="1000").status_code == 403


def test_nobody_sees_anothers_payouts() -> None:
    asked(earner())
    other = factories.signed_in(earner())
    assert 'data-testid="payout" ' not in page_of(other)


@pytest.mark.parametrize("status", ["paid", "rejected", "failed"])
def test_every_step_and_the_worth_are_shown(status: str) -> None:
    performer = earner()
    brought(performer, status)
    page = page_of(factories.signed_in(performer))
    assert f'data-status="{status}"' in page
    assert ("50.00 USD" in page) == (status != "rejected")
    assert "ticket 12" not in page


def test_the_card_takes_the_same_statements_however_many_payouts_there_are() -> None:
    counts = []
    for rows in (1, 3):
        performer = earner()
        open_accounts(owner_id=performer.pk)
        for _ in range(rows):
            asked(performer)
        client = factories.signed_in(performer)
        client.get(reverse("fragment-payouts"), headers=HTMX)
        with CaptureQueriesContext(connection) as sent:
            client.get(reverse("fragment-payouts"), headers=HTMX)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 9
