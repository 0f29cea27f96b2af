"""Tokens come in once by key and once by the payment's own id."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.exceptions import DuplicateKey, NotFound, ValidationFailed
from core.sql import call_value
from tests import factories
from tests.wallet.support import assert_ledger_holds, buckets, key, tokens_in
from wallet import services
from wallet.exceptions import DuplicateTransaction
from wallet.models import Account, Transfer
from wallet.policies import MAX_TOKENS
from wallet.states import AccountKind, TransferCode

pytestmark = pytest.mark.django_db


def test_a_credit_comes_out_of_the_house() -> None:
    before, viewer = tokens_in(AccountKind.HOUSE), factories.viewer()

    funding = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=key())

    assert (funding.available, funding.escrow) == (500, 0)
    assert buckets(viewer.pk) == (500, 0, 0)
    assert tokens_in(AccountKind.HOUSE) == before - 500
    assert Transfer.objects.get(pk=funding.id).code == TransferCode.FUND
    assert_ledger_holds()


def test_the_same_key_gets_the_same_answer_and_moves_nothing() -> None:
    viewer, again = factories.viewer(), key()
    first = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=again)

    assert services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=again) == first
    assert buckets(viewer.pk) == (500, 0, 0)


def test_the_same_key_with_other_arguments_is_refused() -> None:
    viewer, again = factories.viewer(), key()
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=again)

    with pytest.raises(DuplicateKey):
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=501, key=again)
    assert buckets(viewer.pk) == (500, 0, 0)


def test_another_actor_may_use_the_same_key() -> None:
    viewer, shared = factories.viewer(), key()
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=shared)

    services.fund(by=factories.actor(factories.staff()), owner_id=viewer.pk, tokens=500, key=shared)

    assert buckets(viewer.pk) == (1000, 0, 0)


def test_a_payment_is_credited_once_whatever_the_key() -> None:
    viewer = factories.viewer()
    first = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=key(), external_id="pay-1")

    assert services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=key(), external_id="pay-1") == first
    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.parametrize("tokens", [500, 700])
def test_a_payment_of_another_wallet_or_amount_is_refused(tokens: int) -> None:
    owner = factories.viewer()
    services.fund(by=SYSTEM, owner_id=owner.pk, tokens=500, key=key(), external_id="pay-2")
    target = owner if tokens == 700 else factories.viewer()

    with pytest.raises(DuplicateTransaction):
        services.fund(by=SYSTEM, owner_id=target.pk, tokens=tokens, key=key(), external_id="pay-2")
    assert buckets(owner.pk) == (500, 0, 0)


def test_only_viewers_are_credited() -> None:
    performer, nobody, refused = factories.performer(), uuid4(), key()
    for owner_id in (performer.pk, nobody):
        with pytest.raises(NotFound):
            services.fund(by=SYSTEM, owner_id=owner_id, tokens=500, key=refused)
    assert not Transfer.objects.filter(code=TransferCode.FUND, credit_account__owner_id=performer.pk).exists()


def test_a_key_refused_with_404_is_free_again() -> None:
    viewer, retried = factories.viewer(), key()
    with pytest.raises(NotFound):
        services.fund(by=SYSTEM, owner_id=uuid4(), tokens=500, key=retried)

    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=retried)

    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.parametrize("tokens", [0, -1, MAX_TOKENS + 1, 2**63, 2**200, True, 1.5, "7"])
def test_amounts_that_are_no_amounts_are_refused_by_field(tokens: int) -> None:
    viewer = factories.viewer()

    with pytest.raises(ValidationFailed) as refused:
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=tokens, key=key())

    assert [error.attr for error in refused.value.errors] == ["tokens"]
    assert buckets(viewer.pk) == (0, 0, 0)


@pytest.mark.parametrize(("tokens", "refused"), [(MAX_TOKENS, False), (MAX_TOKENS + 1, True), (0, True)])
def test_the_database_draws_the_same_line_by_itself(tokens: int, refused: bool) -> None:
    answer = call_value("wallet_fund", actor=None, key=key(), owner=factories.viewer().pk, tokens=tokens)

    assert (answer.get("refusal") == "VALIDATION_ERROR") is refused


@pytest.mark.parametrize("field", ["key", "external_id"])
def test_texts_that_do_not_fit_are_refused_by_field(field: str) -> None:
    texts = {"key": key(), "external_id": "", field: "x" * 256}

    with pytest.raises(ValidationFailed):
        services.fund(by=SYSTEM, owner_id=factories.viewer().pk, tokens=1, **texts)


def test_accounts_are_opened_once_and_only_for_profiles() -> None:
    viewer, performer = factories.viewer(), factories.performer()

    assert services.open_accounts(owner_id=viewer.pk) == 2
    assert services.open_accounts(owner_id=performer.pk) == 3
    assert services.open_accounts(owner_id=viewer.pk) == 0
    with pytest.raises(NotFound):
        services.open_accounts(owner_id=factories.staff().pk)
    assert set(Account.objects.filter(owner_id=performer.pk).values_list("kind", flat=True)) == {
        "earned",
        "payout_pending",
        "receivable",
    }


def test_the_house_has_one_account_and_sixteen_prize_slices() -> None:
    prizes = Account.objects.filter(kind=AccountKind.PRIZE, owner=None).values_list("slice", flat=True)

    assert sorted(prizes) == list(range(16))
    assert Account.objects.filter(kind=AccountKind.HOUSE, owner=None, created_at__lt=timezone.now()).count() == 1
