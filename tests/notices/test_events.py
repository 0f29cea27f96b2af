"""Who hears of notices: all devices of their owner, after the commit, once, and never the words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import User
from core import events
from core.exceptions import NotFound
from notices.models import Notice, Preference
from notices.services import mark_read, notify
from tests import factories

pytestmark = pytest.mark.django_db
Sent = list[tuple[tuple[str, ...], dict[str, Any]]]
Commit = Callable[[], AbstractContextManager[Any]]
STARTED = "queue.item.started"


@pytest.fixture
def owner() -> User:
    return factories.account()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What went out, and to which rooms."""
    frames: Sent = []
    monkeypatch.setattr(events, "send_now", lambda rooms, frame: frames.append((rooms, frame)))
    return frames


def tell(owner: User, cause: str = "c") -> None:
    notify(owner_id=owner.pk, key=STARTED, variables={"title": "Her secret song"}, cause=cause)


def test_a_notice_goes_to_all_devices_of_its_owner_and_to_nobody_else(owner: User, sent: Sent, commit: Commit) -> None:
    with commit():
        tell(owner)
    ((rooms, frame),) = sent
    assert rooms == (f"model:{owner.pk}", f"viewer:{owner.pk}")
    assert (frame["event"], frame["of"]) == ("notification.created", f"notifications:{owner.pk}")


def test_a_notice_s_event_names_its_message_and_never_says_it(owner: User, sent: Sent, commit: Commit) -> None:
    with commit():
        tell(owner)
    ((_rooms, frame),) = sent
    assert frame["data"] == {"id": str(Notice.objects.get().pk), "templateKey": STARTED, "severity": "info"}
    assert "secret" not in str(frame)


def test_the_same_cause_again_is_not_heard_again(owner: User, sent: Sent, commit: Commit) -> None:
    with commit():
        for cause in ("c", "c", "other"):
            tell(owner, cause)
    assert [frame["event"] for _rooms, frame in sent] == ["notification.created"] * 2


def test_what_nobody_wants_is_not_heard(owner: User, sent: Sent, commit: Commit) -> None:
    Preference.objects.create(owner=owner, key=STARTED, enabled=False)
    with commit():
        tell(owner)
    assert sent == []


def test_what_was_rolled_back_is_not_heard(owner: User, sent: Sent, commit: Commit) -> None:
    with commit(), transaction.atomic():
        tell(owner)
        transaction.set_rollback(True)
    assert sent == []


def test_reading_is_heard_by_his_devices_alone(owner: User, sent: Sent, commit: Commit) -> None:
    tell(owner)
    tell(factories.account())
    with commit():
        mark_read(owner_id=owner.pk)
    ((rooms, frame),) = sent
    assert rooms == (f"model:{owner.pk}", f"viewer:{owner.pk}")
    assert (frame["event"], frame["data"]) == ("notification.read", {"ownerId": str(owner.pk)})


def test_reading_what_was_read_is_not_heard(owner: User, sent: Sent, commit: Commit) -> None:
    tell(owner)
    notice_id = Notice.objects.get().pk
    mark_read(owner_id=owner.pk, notice_id=notice_id)
    with commit():
        assert mark_read(owner_id=owner.pk, notice_id=notice_id) == mark_read(owner_id=owner.pk) == 0
    assert sent == []


def test_reading_another_s_or_none_is_refused_and_not_heard(owner: User, sent: Sent, commit: Commit) -> None:
    tell(factories.account())
    with commit():
        for notice_id in (Notice.objects.get().pk, uuid4()):
            with pytest.raises(NotFound):
                mark_read(owner_id=owner.pk, notice_id=notice_id)
    assert sent == []
