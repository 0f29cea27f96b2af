"""Texts in the staff's hands: proposed, looked at, shown; kept for good."""

from __future__ import annotations

import re
from functools import partial
from uuid import uuid4

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from core.exceptions import NotFound, ValidationFailed
from notices import queries, services
from notices.admin import NOT_SHOWN
from notices.models import MessageVersion
from tests import factories
from tests.support.threads import together

PAGE = "/admin/notices/messageversion/"
KEY = "queue.item.started"


@pytest.fixture
def member(db: None) -> User:
    return factories.staff()


@pytest.fixture
def office(member: User) -> Client:
    return factories.signed_in(member)


def propose(office: Client, text: str, **fields: str) -> int:
    """Send the form; how many versions there are then."""
    form = {"key": KEY, "language": "en", "text": text, "audit_reason": "ticket 7", **fields}
    answer = office.post(f"{PAGE}add/", form)
    assert answer.status_code in {200, 302}
    return MessageVersion.objects.filter(key=KEY, language="en").count()


def activate(office: Client, version: MessageVersion) -> None:
    form = {"action": "activate", "_selected_action": str(version.pk), "reason": "ticket 7", "key": str(uuid4())}
    assert office.post(PAGE, form).status_code == 302


def newest() -> MessageVersion:
    found = queries.versions_of(KEY, "en").first()
    assert found is not None
    return found


def said() -> str:
    return queries.say(KEY, {"title": "X"}, "en").text


def test_a_proposal_is_a_new_version_that_nobody_sees(office: Client, member: User) -> None:
    before = said()
    assert propose(office, "Now on: {title}") == 2
    version = newest()
    assert (version.number, version.active, version.proposed_by) == (2, False, member.pk)
    assert said() == before


def test_its_page_shows_how_it_reads(office: Client) -> None:
    propose(office, "Now on: {title}")
    page = office.get(f"{PAGE}{newest().pk}/change/").content.decode()
    assert "Now on: A song of your choice" in page


def test_its_page_says_that_nobody_reads_it_and_leads_to_the_one_that_shows_it(office: Client) -> None:
    assert "read by nobody until it is shown" in office.get(f"{PAGE}add/").content.decode()
    propose(office, "Now on: {title}")
    address = f"{PAGE}{newest().pk}/change/"
    page = office.get(address).content.decode()
    assert NOT_SHOWN in page
    [(door, name, value)] = re.findall(r'<button [^>]*formaction="([^"]+)" name="(\w+)" value="(\w+)"', page)
    [chosen] = re.findall(rf'name="{ACTION_CHECKBOX_NAME}" value="(\w+)"', page)
    asked = office.post(door, {name: value, ACTION_CHECKBOX_NAME: chosen})
    assert "Now on: A song of your choice" in asked.content.decode()
    activate(office, newest())
    shown = office.get(address).content.decode()
    assert ("it is active" in shown, NOT_SHOWN in shown) == (True, False)


def test_who_proposes_is_told_at_once_that_nobody_reads_it(office: Client) -> None:
    form = {"key": KEY, "language": "en", "text": "Now on: {title}", "audit_reason": "ticket 7"}
    page = office.post(f"{PAGE}add/", form, follow=True).content.decode()
    assert NOT_SHOWN in page
    assert f'href="{PAGE}{newest().pk}/change/"' in page


def test_the_page_before_showing_it_shows_how_it_reads(office: Client) -> None:
    propose(office, "Now on: {title}")
    page = office.post(PAGE, {"action": "activate", "_selected_action": str(newest().pk)}).content.decode()
    assert "Now on: A song of your choice" in page
    assert not newest().active


def test_what_is_activated_is_said_and_the_older_one_kept(office: Client) -> None:
    propose(office, "Now on: {title}")
    activate(office, newest())
    assert said() == "Now on: X"
    assert MessageVersion.objects.filter(key=KEY, language="en", active=True).count() == 1
    assert MessageVersion.objects.filter(key=KEY, language="en").count() == 2


def test_an_older_version_can_be_shown_again(office: Client) -> None:
    before = said()
    propose(office, "Now on: {title}")
    activate(office, newest())
    activate(office, MessageVersion.objects.get(key=KEY, language="en", number=1))
    assert said() == before


def test_both_steps_are_in_the_log_with_their_reason(office: Client, member: User) -> None:
    propose(office, "Now on: {title}")
    activate(office, newest())
    entries = AuditEntry.objects.filter(action__startswith="notices.", target_id=str(newest().pk))
    assert {(e.action, e.actor_id, e.reason) for e in entries} == {
        ("notices.text_proposed", str(member.pk), "ticket 7"),
        ("notices.text_activated", str(member.pk), "ticket 7"),
    }


@pytest.mark.parametrize("text", ["", "Hello", "{title} {tokens}", "<b>{title}</b>", "{title" + "x" * 300])
def test_a_text_that_does_not_fit_is_not_kept(office: Client, text: str) -> None:
    assert propose(office, text) == 1


def test_without_a_reason_nothing_is_kept(office: Client) -> None:
    assert propose(office, "Now on: {title}", audit_reason="") == 1


def test_nobody_edits_or_deletes_what_was_written(office: Client) -> None:
    version = newest()
    office.post(f"{PAGE}{version.pk}/change/", {"text": "Other: {title}", "audit_reason": "ticket 7"})
    assert newest().text == version.text
    assert office.post(f"{PAGE}{version.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.django_db
def test_the_database_keeps_every_text() -> None:
    version = newest()
    for change in (
        lambda: MessageVersion.objects.filter(pk=version.pk).update(text="Other {title}"),
        lambda: MessageVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_two_texts_are_never_shown_at_once() -> None:
    with pytest.raises(IntegrityError):
        MessageVersion.objects.create(key=KEY, language="en", number=2, text="{title}", active=True)


@pytest.mark.django_db
def test_a_version_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        services.activate_text(by=factories.actor(factories.staff()), version_id=10**9, reason="ticket 7")


@pytest.mark.django_db
def test_the_service_asks_the_same_rules() -> None:
    with pytest.raises(ValidationFailed):
        services.propose_text(
            by=factories.actor(factories.staff()), key=KEY, language="en", text="Hello", reason="ticket 7"
        )


@pytest.mark.django_db
def test_a_language_without_a_text_falls_back_to_english() -> None:
    MessageVersion.objects.filter(key=KEY, language="es").update(active=False)
    assert queries.say(KEY, {"title": "X"}, "es").text == said()


@pytest.mark.threads
def test_twelve_hands_leave_one_text_shown(database_clone: str) -> None:
    by = factories.actor(factories.staff())

    def turn(number: int) -> int:
        version = services.propose_text(by=by, key=KEY, language="en", text=f"{number}: {{title}}", reason="ticket 7")
        return services.activate_text(by=by, version_id=version.pk, reason="ticket 7").number

    numbers = together([partial(turn, number) for number in range(12)])
    assert sorted(str(number) for number in numbers) == sorted(str(number) for number in range(2, 14))
    assert MessageVersion.objects.filter(key=KEY, language="en", active=True).count() == 1
