"""Many signs of life at once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from presence.models import Lease
from presence.services import renew
from presence.states import Kind
from tests import factories
from tests.queue_app.clockwork import sign_in_of
from tests.support.threads import connections_for, together

pytestmark = pytest.mark.threads


def test_twelve_signs_of_one_sign_in_leave_one_lease_as_long_as_the_longest(database_clone: str) -> None:
    sign_in_id = sign_in_of(factories.performer()).pk
    kinds = [Kind.POLL, Kind.BEARER, Kind.CHAT] * 4
    with connections_for(12):
        until = together([partial(renew, sign_in_ids=[sign_in_id], kind=kind) for kind in kinds])
    assert Lease.objects.get().expires_at == max(one for one in until if isinstance(one, datetime))


def test_processes_that_name_the_same_people_in_other_orders_never_wait_in_a_ring(database_clone: str) -> None:
    ids = [sign_in_of(factories.performer()).pk for _ in range(30)]
    with connections_for(8):
        together([partial(renew, sign_in_ids=order, kind=Kind.SOCKET) for order in [ids, ids[::-1]] * 4])
    assert Lease.objects.count() == 30
