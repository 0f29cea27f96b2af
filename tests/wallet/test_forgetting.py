"""What was refused is forgotten after 30 days, with its key; what moved tokens never is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.exceptions import InsufficientBalance
from tests import factories
from tests.support.database import Connection
from tests.wallet.support import key, viewer_with
from wallet import ledger, services
from wallet.models import Operation

# The id begins with the millisecond of its making: an old row has an old id.
AGED = """
UPDATE wallet_operation SET created_at = past.at,
  id = (lpad(to_hex((extract(epoch FROM past.at) * 1000)::bigint), 12, '0')
        || right(replace(id::text, '-', ''), 20))::uuid
FROM (SELECT now() - make_interval(days => %s) AS at) AS past WHERE key = %s
"""


def refused(used: str) -> Any:  # noqa: ANN401 - a viewer
    """A viewer who had too little when this key was used."""
    viewer = viewer_with(10)
    with pytest.raises(InsufficientBalance):
        services.place_hold(by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=None, tokens=11, key=used)
    return viewer


def age(superuser: Connection, used: str, days: int) -> None:
    """Let this key be so old."""
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(AGED, [days, used])


@pytest.mark.parametrize(("days", "gone"), [(29, 0), (31, 1), (400, 1)])
def test_a_refusal_is_kept_thirty_days(superuser_connection: Connection, days: int, gone: int) -> None:
    refused("random")
    age(superuser_connection, "random", days)
    assert services.forget_old_refusals() == gone
    assert Operation.objects.filter(key="random").exists() is not bool(gone)


def test_what_moved_tokens_is_never_forgotten(superuser_connection: Connection) -> None:
    viewer, used = viewer_with(10), key()
    held = services.place_hold(by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=None, tokens=10, key=used)
    age(superuser_connection, used, 31)
    assert services.forget_old_refusals() == 0
    again = services.place_hold(by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=None, tokens=10, key=used)
    assert again == held


def test_many_are_forgotten_bite_by_bite(superuser_connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BITE", 2)
    for number in range(5):
        refused(f"random-{number}")
        age(superuser_connection, f"random-{number}", 31)
    assert services.forget_old_refusals() == 5
    assert services.forget_old_refusals() == 0


def test_nothing_is_read_twice_and_what_comes_due_later_is_forgotten_then(superuser_connection: Connection) -> None:
    for used, days in (("first", 40), ("second", 35), ("third", 29)):
        refused(used)
        age(superuser_connection, used, days)
    assert [ledger.forget_refusals(limit=9), ledger.forget_refusals(limit=9)] == [(2, 2), (0, 0)]
    age(superuser_connection, "third", 31)
    assert services.forget_old_refusals() == 1


def test_what_moved_tokens_stops_no_bite(superuser_connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BITE", 1)
    funded, used = viewer_with(10), key()
    services.place_hold(by=factories.actor(funded), viewer_id=funded.pk, performer_id=None, tokens=1, key=used)
    age(superuser_connection, used, 40)
    refused("random")
    age(superuser_connection, "random", 31)
    assert services.forget_old_refusals() == 1


@pytest.mark.django_db
def test_the_application_forgets_nothing_by_itself() -> None:
    refused("mine")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM wallet_operation")
