"""Reading counts down once, from every door; what is not his he neither reads nor counts."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from accounts.models import User
from core.exceptions import NotFound, ValidationFailed
from notices.models import Notice, Preference, Reader
from notices.queries import COUNTED, language_of, notice_for, notices_of, unread_count, wishes_of
from notices.services import forget_old_notices, mark_read, notify, save_wishes
from notices.tasks import forget_old
from tests import factories

pytestmark = pytest.mark.django_db
STARTED, MOVED = "queue.item.started", "queue.position.updated"


@pytest.fixture
def owner(db: None) -> User:
    return factories.account()


def told(owner: User, count: int = 1) -> list[Notice]:
    """So many unread notices, the newest first."""
    for number in range(count):
        notify(owner_id=owner.pk, key=STARTED, variables={"title": "A song"}, cause=f"c:{number}")
    return list(notices_of(owner.pk))


def test_one_is_read_and_the_others_are_left(owner: User) -> None:
    newest, *_others = told(owner, 3)
    assert mark_read(owner_id=owner.pk, notice_id=newest.pk) == 2
    assert [notice.read_at is None for notice in notices_of(owner.pk)] == [False, True, True]


def test_when_it_was_read_is_never_rewritten(owner: User) -> None:
    (notice,) = told(owner)
    mark_read(owner_id=owner.pk, notice_id=notice.pk)
    first = Notice.objects.get().read_at
    mark_read(owner_id=owner.pk, notice_id=notice.pk)
    mark_read(owner_id=owner.pk)
    assert Notice.objects.get().read_at == first is not None


def test_the_count_stops_where_nobody_counts_on(owner: User) -> None:
    told(owner, COUNTED + 1)
    assert unread_count(owner.pk) == COUNTED
    assert mark_read(owner_id=owner.pk) == 0


def test_anothers_notice_is_neither_read_nor_marked(owner: User) -> None:
    (notice,) = told(factories.account())
    for reads in (partial(mark_read, owner_id=owner.pk), partial(notice_for, owner.pk, language="en")):
        with pytest.raises(NotFound):
            reads(notice_id=notice.pk)
    assert mark_read(owner_id=owner.pk) == 0
    assert Notice.objects.get().read_at is None


def test_a_notice_that_is_not_there_is_not_found(owner: User) -> None:
    told(owner)
    with pytest.raises(NotFound):
        mark_read(owner_id=owner.pk, notice_id=uuid4())
    assert unread_count(owner.pk) == 1


def test_what_is_young_is_not_forgotten_read_or_not(owner: User) -> None:
    newest, _older = told(owner, 2)
    mark_read(owner_id=owner.pk, notice_id=newest.pk)
    forget_old(timestamp=0)
    assert forget_old_notices() == 0
    assert Notice.objects.count() == 2


# --- wishes


def test_ones_wishes_are_not_anothers(owner: User) -> None:
    other = factories.account()
    save_wishes(owner_id=owner.pk, keys={STARTED: False}, language="es")
    wishes = wishes_of(other.pk)
    assert (wishes.keys[STARTED], wishes.language) == (True, None)


def test_one_bad_key_among_good_ones_switches_none(owner: User) -> None:
    with pytest.raises(ValidationFailed) as refused:
        save_wishes(owner_id=owner.pk, keys={STARTED: False, "no.such": True}, language="es")
    assert [error.attr for error in refused.value.errors] == ["keys.no.such"]
    assert not Preference.objects.exists()
    assert not Reader.objects.exists()


def test_a_bad_language_takes_the_switches_back(owner: User) -> None:
    with pytest.raises(ValidationFailed):
        save_wishes(owner_id=owner.pk, keys={STARTED: False}, language="fr")
    assert wishes_of(owner.pk).keys[STARTED] is True


def test_the_same_wish_again_is_the_same_wish(owner: User) -> None:
    first = save_wishes(owner_id=owner.pk, keys={MOVED: True}, language="es")
    assert save_wishes(owner_id=owner.pk, keys={MOVED: True}, language="es") == first
    assert (Preference.objects.count(), Reader.objects.count()) == (1, 1)


def test_without_a_language_of_his_own_the_browser_is_asked_again(owner: User) -> None:
    save_wishes(owner_id=owner.pk, keys={}, language="es")
    assert language_of(owner.pk, "en") == "es"
    save_wishes(owner_id=owner.pk, keys={STARTED: False})
    assert language_of(owner.pk, "en") == "es"
    for _again in range(2):
        save_wishes(owner_id=owner.pk, keys={}, language=None)
        assert language_of(owner.pk, "en") == "en"
