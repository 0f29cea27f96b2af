"""Many hands with one cause."""

from __future__ import annotations

import pytest

from notices.models import Notice
from notices.services import notify
from tests import factories
from tests.support.threads import connections_for, together


@pytest.mark.threads
def test_twelve_threads_with_one_cause_tell_once(database_clone: str) -> None:
    owner = factories.account()

    def tell() -> object:
        return notify(owner_id=owner.pk, key="wallet.points.credited", variables={"tokens": 5}, cause="payment:1")

    with connections_for(12):
        answers = together([tell] * 12)
    assert len(set(answers)) == 1
    assert Notice.objects.count() == 1
