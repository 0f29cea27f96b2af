"""A notice is written with its cause, once for it, and only to those who want it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from accounts.models import User
from notices.models import MessageKey, Notice, Preference
from notices.registry import MESSAGES
from notices.services import notify
from tests import factories

pytestmark = pytest.mark.django_db

CREDITED = "wallet.points.credited"


def tell(owner: User, cause: str = "payment:1", key: str = CREDITED) -> UUID | None:
    return notify(owner_id=owner.pk, key=key, variables={"tokens": 5, "title": "A song", "settled": 5}, cause=cause)


def test_the_mirror_is_the_registry() -> None:
    rows = {row.name: row for row in MessageKey.objects.all()}
    assert set(rows) == set(MESSAGES) | {"queue.item.completed"}
    for key, message in MESSAGES.items():
        row = rows[key]
        assert (row.key, row.severity, row.default_on) == (key, message.severity, message.on)
        assert row.variables == sorted(message.variables)


def test_what_was_told_is_kept_with_its_variables() -> None:
    owner = factories.account()
    notice_id = tell(owner)
    notice = Notice.objects.get()
    assert (notice.pk, notice.owner_id, notice.key) == (notice_id, owner.pk, CREDITED)
    assert notice.variables["tokens"] == 5
    assert notice.read_at is None


def test_the_same_cause_is_told_once_and_answers_the_first_one() -> None:
    owner = factories.account()
    first = tell(owner)
    assert tell(owner) == first
    assert tell(owner, key="queue.item.started") == first
    assert Notice.objects.count() == 1


def test_one_cause_may_be_told_to_two_people() -> None:
    assert tell(factories.account()) != tell(factories.account())


def test_an_alias_is_its_key() -> None:
    tell(factories.account(), key="queue.item.completed")
    assert Notice.objects.get().key == "queue.item.finished"


def test_who_switched_a_key_off_is_not_told() -> None:
    owner = factories.account()
    Preference.objects.create(owner=owner, key=CREDITED, enabled=False)
    assert tell(owner) is None
    assert not Notice.objects.exists()


def test_a_key_that_is_off_is_told_to_who_switched_it_on() -> None:
    owner, other = factories.account(), factories.account()
    Preference.objects.create(owner=owner, key="wallet.escrow.held", enabled=True)
    assert tell(owner, key="wallet.escrow.held") is not None
    assert tell(other, key="wallet.escrow.held") is None


@pytest.mark.parametrize(("key", "variables"), [("no.such.key", {"tokens": 1}), (CREDITED, {}), (CREDITED, {"n": 1})])
def test_unknown_keys_and_missing_variables_are_faults(key: str, variables: dict[str, int]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        notify(owner_id=factories.account().pk, key=key, variables=variables, cause="c")
    assert not Notice.objects.exists()


def test_nobody_is_told_of_what_was_rolled_back() -> None:
    owner = factories.account()
    with transaction.atomic():
        tell(owner)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_somebody_who_is_not_there_cannot_be_told() -> None:
    notify(owner_id=uuid4(), key=CREDITED, variables={"tokens": 1}, cause="c")
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_application_cannot_write_notices_past_the_function() -> None:
    tell(factories.account())
    with pytest.raises(ProgrammingError), transaction.atomic():
        Notice.objects.update(key="queue.item.started")
