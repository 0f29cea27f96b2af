"""A notice keeps the words of its cause, whatever staff write afterwards."""

from __future__ import annotations

from importlib import import_module
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notices import services
from notices.models import MessageVersion, Notice
from notices.queries import Told, notice_for, notices_of, worded
from tests import factories
from tests.support.database import Connection

KEY = "queue.item.started"


@pytest.fixture
def owner(db: None) -> User:
    return factories.account()


def tell(owner: User, cause: str = "c", key: str = KEY) -> UUID:
    told = services.notify(owner_id=owner.pk, key=key, variables={"title": "X", "tokens": 5}, cause=cause)
    assert told is not None
    return told


def show(text: str, language: str = "en", key: str = KEY) -> MessageVersion:
    """Staff write another text and show it."""
    by = factories.actor(factories.staff())
    version = services.propose_text(by=by, key=key, language=language, text=text, reason="ticket 7")
    return services.activate_text(by=by, version_id=version.pk, reason="ticket 7")


def read(owner: User, language: str = "en") -> list[str]:
    return [told.text for told in worded(notices_of(owner.pk), language)]


def drop_versions(owner_connection: Connection) -> None:
    """As it was before notices kept the versions of their words."""
    owner_connection.execute("ALTER TABLE notices_notice DISABLE TRIGGER notices_said_is_said")
    owner_connection.execute("UPDATE notices_notice SET texts = NULL")
    owner_connection.execute("ALTER TABLE notices_notice ENABLE TRIGGER notices_said_is_said")


def test_a_new_text_changes_no_old_notice(owner: User) -> None:
    tell(owner)
    show("Now on: {title}")
    assert read(owner) == ["“X” has started."]


def test_the_next_notice_has_the_new_words(owner: User) -> None:
    tell(owner, "first")
    show("Now on: {title}")
    tell(owner, "second")
    show("At last: {title}")
    assert read(owner) == ["Now on: X", "“X” has started."]


def test_one_alone_reads_as_in_the_list(owner: User) -> None:
    notice_id = tell(owner)
    show("Now on: {title}")
    assert notice_for(owner.pk, notice_id, "en").text == "“X” has started."


def test_a_text_that_is_only_proposed_is_nobodys_words(owner: User) -> None:
    by = factories.actor(factories.staff())
    services.propose_text(by=by, key=KEY, language="en", text="Soon: {title}", reason="ticket 7")
    tell(owner)
    assert read(owner) == ["“X” has started."]


def test_an_older_text_that_is_shown_again_is_only_said_of_what_comes(owner: User) -> None:
    show("Now on: {title}")
    tell(owner, "first")
    first = MessageVersion.objects.get(key=KEY, language="en", number=1)
    services.activate_text(by=factories.actor(factories.staff()), version_id=first.pk, reason="ticket 7")
    tell(owner, "second")
    assert read(owner) == ["“X” has started.", "Now on: X"]


def test_another_language_has_the_words_of_the_same_time(owner: User) -> None:
    tell(owner)
    show("Ahora: {title}", "es")
    show("Now on: {title}")
    assert read(owner, "es") == ["«X» ha empezado."]


def test_a_language_without_a_text_then_reads_what_english_said_then(owner: User) -> None:
    MessageVersion.objects.filter(key=KEY, language="es").update(active=False)
    tell(owner)
    show("Ahora: {title}", "es")
    show("Now on: {title}")
    [told] = worded(notices_of(owner.pk), "es")
    assert (told.text, told.language) == ("“X” has started.", "en")


def test_without_english_then_it_is_read_in_the_language_it_had(owner: User) -> None:
    MessageVersion.objects.filter(key=KEY, language="en").update(active=False)
    tell(owner)
    [told] = worded(notices_of(owner.pk), "en")
    assert (told.text, told.language) == ("«X» ha empezado.", "es")


def test_the_same_cause_again_keeps_the_first_words(owner: User) -> None:
    tell(owner)
    show("Now on: {title}")
    tell(owner)
    assert read(owner) == ["“X” has started."]


def test_all_words_are_read_in_one_statement(owner: User) -> None:
    for number in range(4):
        tell(owner, f"started:{number}")
        tell(owner, f"credited:{number}", "wallet.points.credited")
        show(f"{number}: {{title}}")
    rows = list(notices_of(owner.pk))
    with CaptureQueriesContext(connection) as asked:
        told: list[Told] = worded(rows, "en")
    assert len(asked) == 1
    assert [one.text for one in told][-1] == "“X” has started."
    assert worded([], "en") == []


def test_nobody_gives_a_notice_other_words(owner: User) -> None:
    tell(owner)
    other = show("Now on: {title}")
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.update(texts=[other.pk])


@pytest.mark.threads
def test_not_even_its_owner_does(database_clone: str, owner_connection: Connection) -> None:
    tell(factories.account())
    with pytest.raises(Exception, match="notices_notice"):
        owner_connection.execute("UPDATE notices_notice SET texts = '{1}'")


@pytest.mark.threads
def test_what_was_told_before_words_were_kept_is_said_in_todays(
    database_clone: str, owner_connection: Connection
) -> None:
    owner = factories.account()
    tell(owner, "old")
    drop_versions(owner_connection)
    tell(owner, "new")
    show("Now on: {title}")
    assert read(owner) == ["“X” has started.", "Now on: X"]


@pytest.mark.threads
def test_a_text_shown_while_a_cause_is_on_its_way_is_not_its_text(
    database_clone: str, owner_connection: Connection
) -> None:
    owner = factories.account()
    facts = '{"title": "X"}'
    with owner_connection.transaction():
        owner_connection.execute("SELECT notices_put(%s, %s, %s, 'c')", [owner.pk, KEY, facts])
        show("Now on: {title}")
        assert read(owner) == []
    assert read(owner) == ["“X” has started."]


@pytest.mark.threads
def test_reversals_of_before_are_told_apart_from_refunds_and_stay_as_they_are(
    database_clone: str, owner_connection: Connection
) -> None:
    owner = factories.account()
    facts: dict[str, str | int] = {"title": "X", "refunded": 5, "reason": "admin_refund"}
    for cause, more in (("reversed", {"reversed": True}), ("refunded", {"reversed": False}), ("older", {})):
        services.notify(owner_id=owner.pk, key="queue.item.refunded", variables=facts | more, cause=cause)
    drop_versions(owner_connection)
    owner_connection.execute(import_module("notices.migrations.0005_kept_words").TELL_APART)
    keys = dict(Notice.objects.values_list("cause", "key"))
    assert keys == {
        "reversed": "queue.item.reversed",
        "refunded": "queue.item.refunded",
        "older": "queue.item.refunded",
    }
    assert "its payment was reversed: our team decided so" in read(owner)[-1]
    with pytest.raises(Exception, match="notices_notice"):
        owner_connection.execute("UPDATE notices_notice SET key = 'queue.item.refunded'")
