"""Who is told of a step: the others, each once, in the step's own transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.models import Performer, Viewer
from core import events
from core.actors import SYSTEM
from core.exceptions import DomainError
from notices.models import Notice, Preference
from notices.queries import say
from queue_app import services
from queue_app.messages import message_of
from tests import factories
from tests.queue_app.support import bought, come, intake, rich, running

pytestmark = pytest.mark.django_db
THIRD = "queue.item.third_position_notice"


def told(person: Performer | Viewer) -> list[str]:
    """The keys somebody was told, oldest first, without the credit that made him rich."""
    keys = Notice.objects.filter(owner=person.pk).order_by("id").values_list("key", flat=True)
    return [key for key in keys if key != "wallet.points.credited"]


@pytest.fixture
def her() -> Performer:
    return come(factories.performer())


@pytest.fixture
def him() -> Viewer:
    return rich(factories.viewer())


def test_a_booking_is_told_to_the_performer_and_not_to_who_made_it(her: Performer, him: Viewer) -> None:
    bought(him, her)
    assert (told(her), told(him)) == (["queue.item.created"], [])


def test_a_notice_carries_what_its_words_need(her: Performer, him: Viewer) -> None:
    item = bought(him, her, tokens=70, title="A <b>song</b>")
    facts = Notice.objects.get(owner=her.pk).variables
    assert (facts["itemId"], facts["title"], facts["tokens"]) == (str(item), "A <b>song</b>", 70)


def test_the_same_intake_again_tells_nobody_again(her: Performer, him: Viewer) -> None:
    payload = intake(him, her)
    for _ in range(2):
        services.enqueue(by=factories.actor(him), intake=payload)
    assert told(her) == ["queue.item.created"]


def test_her_steps_are_told_to_the_viewer_only(her: Performer, him: Viewer) -> None:
    item = running(him, her)
    services.finish(by=factories.actor(her), item_id=item)
    assert told(him) == ["queue.item.started", "queue.item.finished"]
    assert told(her) == ["queue.item.created"]


def test_a_partial_end_tells_both_parts(her: Performer, him: Viewer) -> None:
    services.finish(by=factories.actor(her), item_id=running(him, her, tokens=100), settled=30)
    notice = Notice.objects.get(owner=him.pk, key="queue.item.partial")
    assert (notice.variables["settled"], notice.variables["refunded"]) == (30, 70)


@pytest.mark.parametrize(("verb", "key"), [("abandon", "queue.item.abandoned"), ("refund", "queue.item.refunded")])
def test_tokens_that_go_back_are_told_once_with_the_reason(her: Performer, him: Viewer, verb: str, key: str) -> None:
    getattr(services, verb)(by=factories.actor(her), item_id=bought(him, her), reason="performer_declined")
    assert told(him) == [key]
    assert Notice.objects.get(owner=him.pk, key=key).variables["reason"] == "performer_declined"


@pytest.mark.parametrize("verb", ["abandon", "refund"])
@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("performer_declined", {"en": "the performer stopped", "es": "la artista lo decidió"}),
        ("timeout", {"en": "it had run for too long", "es": "había durado demasiado"}),
        ("technical_error", {"en": "a technical fault", "es": "un fallo técnico"}),
    ],
)
def test_what_had_started_ended_early_and_was_not_declined(
    her: Performer, him: Viewer, verb: str, reason: str, words: dict[str, str]
) -> None:
    getattr(services, verb)(by=factories.actor(factories.staff()), item_id=running(him, her), reason=reason)
    notice = Notice.objects.get(owner=him.pk, key="queue.item.abandoned")
    assert notice.variables["reason"] == reason
    said = {language: say(notice.key, notice.variables, language).text for language in words}
    assert f"ended early: {words['en']}." in said["en"]
    assert f"terminó antes de tiempo: {words['es']}." in said["es"]


def test_what_never_started_was_declined(her: Performer, him: Viewer) -> None:
    services.refund(by=factories.actor(her), item_id=bought(him, her))
    notice = Notice.objects.get(owner=him.pk, key="queue.item.refunded")
    assert "will not take place: the performer declined." in say(notice.key, notice.variables, "en").text


@pytest.mark.parametrize("verb", ["abandon", "refund"])
def test_the_page_says_what_the_notice_says(her: Performer, him: Viewer, verb: str) -> None:
    ended = getattr(services, verb)(by=factories.actor(her), item_id=running(him, her))
    notice = Notice.objects.get(owner=him.pk, key="queue.item.abandoned")
    assert say(*message_of(ended.item), "en") == say(notice.key, notice.variables, "en")


def test_a_cancelled_booking_is_told_to_the_performer(her: Performer, him: Viewer) -> None:
    services.cancel(by=factories.actor(him), item_id=bought(him, her))
    assert (told(her), told(him)) == (["queue.item.created", "queue.item.cancelled"], [])


def test_what_staff_do_is_told_to_both(her: Performer, him: Viewer) -> None:
    item = bought(him, her)
    services.refund(by=factories.actor(factories.staff()), item_id=item, reason="admin_refund")
    assert told(him) == ["queue.item.refunded"]
    assert told(her) == ["queue.item.created", "queue.item.refunded"]


def test_what_the_product_does_itself_is_told_to_both(her: Performer, him: Viewer) -> None:
    running(him, her)
    services.end_running(by=SYSTEM, performer_id=her.pk)
    assert told(him)[-1] == "queue.item.abandoned"
    assert told(her)[-1] == "queue.item.abandoned"


def test_what_passes_through_is_told_to_the_performer_as_done(her: Performer, him: Viewer) -> None:
    services.save_settings(performer_id=her.pk, changes={"mode": "OFF"})
    bought(him, her)
    assert (told(her), told(him)) == (["queue.item.finished"], [])


def test_a_refused_step_tells_nobody(her: Performer, him: Viewer) -> None:
    item = running(him, her)
    with pytest.raises(DomainError):
        services.start(by=factories.actor(her), item_id=item)
    with pytest.raises(DomainError):
        services.cancel(by=factories.actor(him), item_id=item)
    assert told(him) == ["queue.item.started"]


def test_a_step_that_is_rolled_back_tells_nobody(her: Performer, him: Viewer) -> None:
    with transaction.atomic():
        running(him, her)
        transaction.set_rollback(True)
    assert (told(her), told(him)) == ([], [])


def test_a_switch_that_is_off_keeps_the_step_and_drops_the_notice(her: Performer, him: Viewer) -> None:
    Preference.objects.create(owner=him.user, key="queue.item.started", enabled=False)
    item = running(him, her)
    services.finish(by=factories.actor(her), item_id=item)
    assert told(him) == ["queue.item.finished"]


def test_a_receipt_for_what_is_held_comes_to_who_wants_it(her: Performer, him: Viewer) -> None:
    Preference.objects.create(owner=him.user, key="wallet.escrow.held", enabled=True)
    bought(him, her, tokens=70)
    assert Notice.objects.get(key="wallet.escrow.held").variables["tokens"] == 70


# --- the third place


def line_of(her: Performer, length: int) -> list[tuple[Viewer, UUID]]:
    """So many viewers, one item each, in order."""
    viewers = [rich(factories.viewer()) for _ in range(length)]
    return [(viewer, bought(viewer, her)) for viewer in viewers]


def test_whoever_is_taken_in_at_the_third_place_is_told_at_once(her: Performer) -> None:
    line = line_of(her, 4)
    assert [told(viewer) for viewer, _ in line] == [[], [], [THIRD], []]


def test_whoever_moves_up_to_the_third_place_is_told_when_it_happens(her: Performer) -> None:
    line = line_of(her, 5)
    services.start(by=factories.actor(her), item_id=line[0][1])
    assert [told(viewer) for viewer, _ in line[3:]] == [[THIRD], []]


def test_a_booking_that_leaves_the_line_moves_those_behind_it(her: Performer) -> None:
    line = line_of(her, 4)
    services.cancel(by=factories.actor(line[1][0]), item_id=line[1][1])
    assert told(line[3][0]) == [THIRD]


def test_being_third_is_told_once_whatever_happens_behind(her: Performer) -> None:
    line = line_of(her, 5)
    services.cancel(by=factories.actor(line[4][0]), item_id=line[4][1])
    services.cancel(by=factories.actor(line[3][0]), item_id=line[3][1])
    assert told(line[2][0]) == [THIRD]


def test_the_end_of_the_running_item_moves_nobody(her: Performer) -> None:
    line = line_of(her, 5)
    services.start(by=factories.actor(her), item_id=line[0][1])
    services.finish(by=factories.actor(her), item_id=line[0][1])
    assert [told(viewer) for viewer, _ in line[1:]] == [[], [THIRD], [THIRD], []]


def test_who_follows_his_place_is_told_each_move(her: Performer) -> None:
    line = line_of(her, 3)
    Preference.objects.create(owner=line[2][0].user, key="queue.position.updated", enabled=True)
    services.cancel(by=factories.actor(line[0][0]), item_id=line[0][1])
    services.cancel(by=factories.actor(line[1][0]), item_id=line[1][1])
    moves = Notice.objects.filter(key="queue.position.updated").order_by("id")
    assert [move.variables["position"] for move in moves] == [2, 1]
    assert {move.owner_id for move in moves} == {line[2][0].pk}


def requeue(item_id: UUID) -> None:
    """Staff put it at the end of its queue."""
    services.requeue(by=factories.actor(factories.staff()), item_id=item_id, reason="She asked for it")


def test_who_was_put_at_the_end_is_told_his_places_anew_but_third_once(her: Performer) -> None:
    line = line_of(her, 5)
    him, item = line[2]
    Preference.objects.create(owner=him.user, key="queue.position.updated", enabled=True)
    services.cancel(by=factories.actor(line[0][0]), item_id=line[0][1])
    requeue(item)
    for viewer, before in (line[1], line[3]):
        services.cancel(by=factories.actor(viewer), item_id=before)
    moves = Notice.objects.filter(owner=him.pk, key="queue.position.updated").order_by("id")
    assert [move.variables["position"] for move in moves] == [2, 4, 3, 2]
    assert told(him).count(THIRD) == 1


def test_a_place_that_stays_is_told_once_whatever_happens_behind(her: Performer) -> None:
    line = line_of(her, 4)
    Preference.objects.create(owner=line[1][0].user, key="queue.position.updated", enabled=True)
    for item_id in (line[2][1], line[3][1], line[2][1]):
        requeue(item_id)
    assert told(line[1][0]) == ["queue.position.updated"]


def test_the_third_hears_of_it_once(her: Performer, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: sent.append(frame))
    monkeypatch.setattr("core.events.transaction.on_commit", lambda send: send())
    line = line_of(her, 4)
    services.cancel(by=factories.actor(line[0][0]), item_id=line[0][1])
    services.cancel(by=factories.actor(line[3][0]), item_id=line[3][1])
    heard = [frame for frame in sent if frame["event"] == THIRD]
    assert [frame["data"]["itemId"] for frame in heard] == [str(line[2][1]), str(line[3][1])]
    assert {frame["data"]["position"] for frame in heard} == {3}
    created = [frame for frame in sent if frame["event"] == "notification.created"]
    assert sum(frame["data"]["templateKey"] == THIRD for frame in created) == 2
