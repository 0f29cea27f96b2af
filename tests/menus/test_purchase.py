"""Buying one item: price frozen, tokens held, item in her queue, one answer a key; or nothing at all."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Performer, Viewer
from core import events
from core.actors import Actor
from core.exceptions import DomainError, DuplicateKey, InsufficientBalance, NotFound, ValidationFailed
from core.idempotency import Answer
from core.models import IdempotencyKey
from menus.exceptions import CannotBuyOwnItem, PurchaseLimitReached
from menus.models import PerformerMenu, PricedItem, Purchase
from menus.services import offers
from menus.services.purchases import purchase
from modelstate import services as states
from queue_app.exceptions import PerformerUnavailable, QueueFull
from queue_app.models import PerformerQueue, QueueItem
from queue_app.services import save_settings
from queue_app.states import Mode
from tests import factories
from tests.menus.support import claim, offer, on_duty, rich
from wallet.queries import balance_of
from wallet.services import fund


def buy(viewer: Viewer, item: PricedItem, key: str = "", note: str = "") -> Answer:
    """He buys it."""
    return purchase(by=factories.actor(viewer), claim=claim(viewer, key, note=note), item_id=item.pk, note=note)


def test_a_purchase_holds_the_price_and_queues_the_item(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, price=120, duration_seconds=240, description="Any song")
    body = buy(viewer, item, note="For Ann").body
    kept = Purchase.objects.get(pk=body["purchaseId"])
    assert (kept.item_id, kept.viewer_id, kept.performer_id) == (item.pk, viewer.pk, performer.pk)
    assert (kept.price, kept.note, str(kept.hold_id)) == (120, "For Ann", body["holdId"])
    assert body["price"] == 120
    assert body["balance"] == {"available": 880, "escrow": 120}
    assert (balance_of(viewer.pk).available, balance_of(viewer.pk).escrow) == (880, 120)
    assert str(kept.queue_item_id) == body["queueItem"]["id"]


def test_the_queue_item_has_the_shape_of_the_intake(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, price=120, duration_seconds=240, description="Any song")
    body = buy(viewer, item).body
    assert (
        body["queueItem"].items()
        >= {
            "sourceFeature": "performer_menu",
            "sourceEventId": body["purchaseId"],
            "performerId": str(performer.pk),
            "userId": str(viewer.pk),
            "escrowTransactionId": body["holdId"],
            "tokens": 120,
            "title": "Song",
            "description": "Any song",
            "durationSeconds": 240,
            "status": "created",
            "position": 1,
            "passThroughMode": False,
            "metadata": {"purchaseId": body["purchaseId"], "menuItemId": str(item.pk)},
        }.items()
    )


def test_the_note_goes_with_the_item_to_her(performer: Performer, viewer: Viewer) -> None:
    item = buy(viewer, offer(performer), note="  For Ann ").body["queueItem"]
    assert (item["note"], item["metadata"]["note"]) == ("For Ann", "For Ann")
    assert QueueItem.objects.get(pk=item["id"]).note == "For Ann"


def test_without_a_note_there_is_none(performer: Performer, viewer: Viewer) -> None:
    item = buy(viewer, offer(performer), note="  ").body["queueItem"]
    assert (item["note"], "note" in item["metadata"]) == ("", False)


def test_no_event_carries_the_note(performer: Performer, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: sent.append(frame))
    monkeypatch.setattr("core.events.transaction.on_commit", lambda send: send())
    buy(viewer, offer(performer), note="For Ann")
    assert sent
    assert "For Ann" not in str(sent)


def test_what_was_bought_keeps_its_price(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, price=100)
    bought = buy(viewer, item).body
    offers.update_item(
        by=factories.actor(performer),
        performer_id=performer.pk,
        menu_id=item.menu_id,
        item_id=item.pk,
        fields={"price": 300},
    )
    assert Purchase.objects.get(pk=bought["purchaseId"]).price == 100
    assert QueueItem.objects.get(pk=bought["queueItem"]["id"]).tokens == 100
    assert buy(viewer, item).body["price"] == 300


def test_pass_through_settles_at_once(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, price=50)
    buy(viewer, item)
    save_settings(performer_id=performer.pk, changes={"mode": Mode.OFF})
    body = buy(viewer, item).body
    assert (body["queueItem"]["status"], body["queueItem"]["position"]) == ("finished", None)
    assert body["balance"] == {"available": 900, "escrow": 50}
    assert balance_of(viewer.pk).escrow == 50
    assert balance_of(performer.pk).earned == 50


# --- refusals: nothing happened


def nothing_happened(viewer: Viewer, available: int = 1000) -> bool:
    """No purchase, no hold, no item, all tokens still there."""
    balance = balance_of(viewer.pk)
    return (
        not Purchase.objects.filter(viewer=viewer).exists()
        and not QueueItem.objects.filter(viewer=viewer).exists()
        and (balance.available, balance.escrow) == (available, 0)
    )


def test_too_few_tokens(performer: Performer) -> None:
    poor = rich(factories.viewer(), 99)
    with pytest.raises(InsufficientBalance) as caught:
        buy(poor, offer(performer, price=100))
    assert caught.value.details == {"required": 100, "available": 99}
    assert nothing_happened(poor, 99)


def test_a_performer_who_is_offline(viewer: Viewer) -> None:
    with pytest.raises(PerformerUnavailable):
        buy(viewer, offer(on_duty_and_gone()))
    assert nothing_happened(viewer)


def on_duty_and_gone() -> Performer:
    """A performer who signed in and out again."""
    performer = on_duty(factories.performer())
    states.sign_out(by=factories.actor(performer), performer_id=performer.pk)
    return performer


def test_a_performer_who_never_signed_in(viewer: Viewer) -> None:
    with pytest.raises(DomainError) as caught:
        buy(viewer, offer(factories.performer()))
    assert caught.value.code in {"PERFORMER_UNAVAILABLE", "PERFORMER_NOT_FOUND"}
    assert nothing_happened(viewer)


def test_a_full_queue(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, price=1)
    for _ in range(50):
        buy(viewer, item)
    late = rich(factories.viewer())
    with pytest.raises(QueueFull):
        buy(late, item)
    assert nothing_happened(late)
    assert PerformerQueue.objects.get(performer=performer).depth == 50


def test_her_own_menu(performer: Performer) -> None:
    both = Viewer.objects.create(user=performer.user, alias="Herself")
    item = offer(performer)
    with pytest.raises(CannotBuyOwnItem):
        purchase(by=factories.actor(performer), claim=claim(both), item_id=item.pk)
    assert nothing_happened(both, 0)


@pytest.mark.parametrize(
    "hidden",
    [
        {"published": False},
        {"active": False},
        {"type": "navigation"},
        {"visibility": "subscribers"},
        {"visibility": "private"},
    ],
    ids=str,
)
def test_what_he_may_not_see_does_not_exist(performer: Performer, viewer: Viewer, hidden: dict[str, Any]) -> None:
    item = offer(performer)
    PerformerMenu.objects.filter(pk=item.menu_id).update(**hidden)
    with pytest.raises(NotFound):
        buy(viewer, item)
    assert nothing_happened(viewer)


def test_an_item_that_is_not_on_sale_does_not_exist(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, active=False)
    with pytest.raises(NotFound):
        buy(viewer, item)
    with pytest.raises(NotFound):
        purchase(by=factories.actor(viewer), claim=claim(viewer), item_id=uuid4())


def test_a_guest_of_a_private_menu_may_buy(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, menu={"visibility": "private", "guest_ids": [viewer.pk]})
    assert buy(viewer, item).status == 200
    with pytest.raises(NotFound):
        buy(rich(factories.viewer()), item)


def test_the_daily_limit_is_per_viewer_and_item(performer: Performer, viewer: Viewer) -> None:
    item, other = offer(performer, max_daily_purchases=2), offer(performer, max_daily_purchases=2)
    buy(viewer, item)
    buy(viewer, item)
    with pytest.raises(PurchaseLimitReached) as caught:
        buy(viewer, item)
    assert caught.value.details == {"limit": 2}
    assert buy(viewer, other).status == 200
    assert buy(rich(factories.viewer()), item).status == 200


@pytest.mark.parametrize("note", ["x" * 201, "two\nlines", "null\x00"])
def test_a_note_that_does_not_fit(performer: Performer, viewer: Viewer, note: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        buy(viewer, offer(performer), note=note)
    assert caught.value.errors[0].attr == "note"
    assert nothing_happened(viewer)


# --- keys


def test_the_same_key_gets_the_same_answer(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer)
    first, again = buy(viewer, item, "once"), buy(viewer, item, "once")
    assert (again.body, again.replayed, first.replayed) == (first.body, True, False)
    assert Purchase.objects.filter(viewer=viewer).count() == 1


def test_the_answer_is_repeated_after_the_item_is_gone(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer)
    first = buy(viewer, item, "once")
    PricedItem.objects.filter(pk=item.pk).update(active=False)
    assert buy(viewer, item, "once").body == first.body


def test_the_same_key_for_something_else_is_refused(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer)
    buy(viewer, item, "once")
    with pytest.raises(DuplicateKey):
        buy(viewer, item, "once", note="another")
    assert Purchase.objects.filter(viewer=viewer).count() == 1


def test_keys_of_two_viewers_do_not_meet(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer)
    first, second = buy(viewer, item, "same"), buy(rich(factories.viewer()), item, "same")
    assert first.body["purchaseId"] != second.body["purchaseId"]


def test_a_refusal_is_remembered_and_never_turns_into_a_late_success(performer: Performer) -> None:
    poor, item = rich(factories.viewer(), 10), offer(performer, price=100)
    with pytest.raises(InsufficientBalance) as first:
        buy(poor, item, "once")
    fund(by=Actor(id=None, kind="system"), owner_id=poor.pk, tokens=500, key="later")
    with pytest.raises(InsufficientBalance) as again:
        buy(poor, item, "once")
    assert (first.value.replayed, again.value.replayed) == (False, True)
    assert again.value.stored_body is not None
    assert again.value.stored_body["required"] == 100
    assert buy(poor, item, "anew").status == 200


def test_a_not_found_is_not_remembered(performer: Performer, viewer: Viewer) -> None:
    item = offer(performer, active=False)
    with pytest.raises(NotFound):
        buy(viewer, item, "once")
    assert not IdempotencyKey.objects.filter(actor_id=viewer.pk).exists()
    PricedItem.objects.filter(pk=item.pk).update(active=True)
    assert buy(viewer, item, "once").status == 200


# --- one statement, and what the world hears


def test_a_purchase_is_one_statement(performer: Performer, viewer: Viewer, django_assert_num_queries: Any) -> None:  # noqa: ANN401
    item, by = offer(performer), factories.actor(viewer)
    with django_assert_num_queries(1):
        purchase(by=by, claim=claim(viewer), item_id=item.pk)


def test_both_sides_hear_of_it_after_the_commit(
    performer: Performer,
    viewer: Viewer,
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401 - pytest-django's
    heard: list[dict[str, Any]],
) -> None:
    item = offer(performer)
    with django_capture_on_commit_callbacks(execute=True):
        body = buy(viewer, item).body
    frames = {(frame["event"], frame["of"]) for frame in heard}
    assert frames >= {
        ("wallet.balance.changed", f"wallet:{viewer.pk}"),
        ("model.queue.updated", f"queue:{performer.pk}"),
        ("queue.item.created", f"item:{body['queueItem']['id']}"),
    }


def test_a_repetition_announces_nothing(
    performer: Performer,
    viewer: Viewer,
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    item = offer(performer)
    buy(viewer, item, "once")
    with django_capture_on_commit_callbacks() as callbacks:
        buy(viewer, item, "once")
    assert callbacks == []
