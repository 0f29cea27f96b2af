"""Many hands with one cause."""

from __future__ import annotations

from functools import partial
from threading import Thread

import pytest
from django.db import connection

from core import events
from notices import services
from notices.models import Notice, Preference
from notices.services import notify, save_wishes
from tests import factories
from tests.support.database import Connection
from tests.support.threads import connections_for, together, wait_for_the_lock


@pytest.mark.threads
def test_twelve_threads_with_one_cause_tell_once(database_clone: str) -> None:
    owner = factories.account()

    def tell() -> object:
        return notify(owner_id=owner.pk, key="wallet.points.credited", variables={"tokens": 5}, cause="payment:1")

    with connections_for(12):
        answers = together([tell] * 12)
    assert len(set(answers)) == 1
    assert Notice.objects.count() == 1


@pytest.mark.threads
def test_two_tabs_take_the_keys_in_one_order_whatever_the_client_says(
    database_clone: str, owner_connection: Connection
) -> None:
    owner, (first, last) = factories.account(), ("queue.item.finished", "queue.item.started")
    save_wishes(owner_id=owner.pk, keys={first: True, last: True})

    def save() -> None:
        save_wishes(owner_id=owner.pk, keys={last: False, first: False})
        connection.close()

    tab = Thread(target=save)
    with owner_connection.transaction():
        owner_connection.execute("SELECT FROM notices_preference WHERE key = %s FOR UPDATE", [first])
        tab.start()
        wait_for_the_lock(owner_connection)
        owner_connection.execute("SELECT FROM notices_preference WHERE key = %s FOR UPDATE NOWAIT", [last])
    tab.join(10)
    assert not Preference.objects.filter(enabled=True).exists()


@pytest.mark.threads
def test_all_that_is_old_is_forgotten_at_once(
    database_clone: str, superuser_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FORGOTTEN_AT_ONCE", 2)
    owner = factories.account()
    for number in range(6):
        notify(owner_id=owner.pk, key="wallet.points.credited", variables={"tokens": 5}, cause=f"payment:{number}")
    old = "UPDATE notices_notice SET created_at = now() - interval '91 days' WHERE cause <> 'payment:5'"
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute(old)
    assert services.forget_old_notices() == 5
    assert Notice.objects.get().cause == "payment:5"


@pytest.mark.threads
def test_twelve_devices_read_one_notice_at_once(database_clone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: heard.append(frame["event"]))
    owner = factories.account()
    for cause in ("first", "second"):
        notify(owner_id=owner.pk, key="wallet.points.credited", variables={"tokens": 5}, cause=cause)
    first = Notice.objects.get(cause="first")
    with connections_for(12):
        left = together([partial(services.mark_read, owner_id=owner.pk, notice_id=first.pk)] * 12)
    assert (left, heard.count("notification.read")) == ([1] * 12, 1)
