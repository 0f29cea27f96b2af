"""What a viewer writes to her with a booking: from the room's field to her queue, and to nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Performer, Viewer
from queue_app import services
from queue_app.models import QueueItem
from queue_app.queries import open_items_of
from tests import factories
from tests.dashboard.support import fetch, on_sale, press, test_ids, text, told
from tests.queue_app.support import bought, come, tokens_of

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7 }}"


@pytest.fixture
def item(performer: Performer) -> UUID:
    """Something on her menu, while she is in the line."""
    return on_sale(come(performer))


def test_the_room_has_a_field_for_it(performer: Performer, item: UUID, his: Client) -> None:
    page = his.get(reverse("room", args=[performer.pk]))
    assert {"add-note", "note"} <= set(test_ids(page))
    assert f'id="note-{item}" name="note" maxlength="200"' in page.content.decode()


def test_where_nothing_can_be_bought_there_is_none(performer: Performer, his: Client) -> None:
    on_sale(performer)
    assert "note" not in test_ids(his.get(reverse("room", args=[performer.pk])))


def test_she_reads_it_on_her_queue_and_while_she_performs(
    performer: Performer, item: UUID, hers: Client, his: Client
) -> None:
    press(his, "buy", performer.pk, item, note="  For Ann, softly ")
    for page in (hers.get("/"), hers.get("/queue/"), fetch(hers, "fragment-queue")):
        assert "For Ann, softly" in text(page)
        assert "row-note" in test_ids(page)
    press(hers, "start-next")
    for page in (hers.get("/"), fetch(hers, "fragment-stage")):
        assert "performance-note" in test_ids(page)


def test_he_reads_his_own(performer: Performer, item: UUID, his: Client) -> None:
    answer = press(his, "buy", performer.pk, item, note="For Ann")
    assert "my-note" in test_ids(answer)
    assert "For Ann" in text(his.get("/my/queue/"))


def test_it_is_text_wherever_it_is_shown(performer: Performer, item: UUID, hers: Client, his: Client) -> None:
    press(his, "buy", performer.pk, item, note=HOSTILE)
    staff = factories.signed_in(factories.staff())
    row = reverse("admin:queue_app_queueitem_change", args=[QueueItem.objects.get().pk])
    for page in (hers.get("/queue/"), his.get("/my/queue/"), staff.get(row)):
        shown = page.content.decode()
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}" in shown


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("x" * 201, "At most 200 characters."),
        ("two\nlines", "One line of plain text, please."),
        ("null\x00", "One line of plain text, please."),
        ("write to max@example.com", "mail"),
        ("call +1 416 555 0123 tonight", "phone"),
    ],
)
def test_a_note_that_does_not_fit_buys_nothing(
    performer: Performer, viewer: Viewer, item: UUID, his: Client, note: str, words: str
) -> None:
    answer = press(his, "buy", performer.pk, item, note=note)
    assert told(answer) == (400, "VALIDATION_ERROR")
    assert 'data-field="note"' in answer.content.decode()
    assert words in text(answer)
    assert (tokens_of(viewer), QueueItem.objects.count()) == ((1000, 0), 0)


def test_the_same_key_with_another_note_is_another_request(
    performer: Performer, viewer: Viewer, item: UUID, his: Client
) -> None:
    press(his, "buy", performer.pk, item, key="once", note="For Ann")
    assert told(press(his, "buy", performer.pk, item, key="once", note="For Bea"))[0] == 409
    assert [one.note for one in open_items_of(viewer.pk)] == ["For Ann"]


def test_the_studio_reads_no_notes(performer: Performer, item: UUID, his: Client) -> None:
    press(his, "buy", performer.pk, item, note="For Ann")
    manager = factories.signed_in(factories.manager(performer.studio))
    assert "For Ann" not in text(manager.get(reverse("studio-performer", args=[performer.pk])))


def test_the_api_gives_it_to_her_to_him_and_to_nobody_else(
    performer: Performer, viewer: Viewer, item: UUID, his: Client
) -> None:
    press(his, "buy", performer.pk, item, note="For Ann")
    address = f"/api/v1/queue/items/{QueueItem.objects.get().pk}"
    for reader in (performer, viewer):
        assert factories.bearer(reader).get(address).json()["note"] == "For Ann"
    assert factories.bearer(factories.viewer()).get(address).status_code == 404


@pytest.mark.parametrize("other", [5, None, True, ["For Ann"], {"a": "For Ann"}])
def test_a_note_in_an_intake_that_is_no_text_is_no_note(performer: Performer, viewer: Viewer, other: object) -> None:
    item_id = bought(viewer, come(performer), metadata={"note": other})
    assert factories.bearer(performer).get(f"/api/v1/queue/items/{item_id}").json()["note"] == ""
    assert services.start(by=factories.actor(performer), item_id=item_id).item["note"] == ""


def test_what_was_bought_without_one_shows_none(performer: Performer, item: UUID, hers: Client, his: Client) -> None:
    press(his, "buy", performer.pk, item)
    assert "row-note" not in test_ids(hers.get("/queue/"))
    assert "my-note" not in test_ids(his.get("/my/queue/"))
