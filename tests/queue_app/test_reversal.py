"""A finished item taken back by staff: once, by a transfer of its own; the status stays, what was paid out is owed."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import reverse as address_of
from django.utils import timezone

from accounts.models import Performer, Viewer
from audit.models import AuditEntry
from core.actors import Actor
from core.exceptions import DomainError, NotFound, ValidationFailed
from modelstate.exceptions import InvalidStateTransition
from notices.queries import notices_of, worded
from notices.services import activate_text, propose_text, save_wishes
from queue_app import services
from queue_app.models import QueueEvent, QueueItem
from tests import factories
from tests.audit.test_admin import choose, confirm
from tests.payouts.support import asked as ask_payout
from tests.queue_app.support import bought, come, rich, running, tokens_of
from tests.support.threads import connections_for, refusals, together
from tests.wallet.support import assert_ledger_holds, buckets, tokens_in
from wallet.exceptions import CannotAdjustOwnWallet, CannotReverseTransfer
from wallet.queries.trace import trace_for
from wallet.states import AccountKind


def finished(viewer: Viewer, performer: Performer, tokens: int = 100) -> UUID:
    """An item that was performed and paid."""
    item_id = running(viewer, performer, tokens=tokens)
    services.finish(by=factories.actor(performer), item_id=item_id)
    return item_id


def take_back(item_id: UUID, key: str = "") -> dict[str, object]:
    """Staff reverse it."""
    by = factories.actor(factories.staff())
    return services.reverse(by=by, item_id=item_id, reason="complaint 7", key=key or str(uuid4()))


@pytest.mark.django_db
def test_the_tokens_go_back_and_the_status_stays(performer: Performer, viewer: Viewer) -> None:
    item_id = finished(viewer, performer)
    item = take_back(item_id)
    assert (item["status"], item["settledTokens"]) == ("finished", 100)
    assert item["reversedAt"] is not None
    assert tokens_of(viewer) == (1000, 0)
    assert buckets(performer.pk) == (0, 0, 0)
    last = QueueEvent.objects.filter(item_id=item_id).order_by("-version")[0]
    assert (last.event, last.from_status, last.to_status, last.reason) == (
        "reverse", "finished", "finished", "complaint 7"
    )  # fmt: skip
    assert_ledger_holds()


@pytest.mark.django_db
def test_staff_take_nothing_back_that_they_bought_or_performed(performer: Performer, viewer: Viewer) -> None:
    item_id = finished(viewer, performer)
    for person in (viewer, performer):
        with pytest.raises(CannotAdjustOwnWallet), transaction.atomic():
            services.reverse(by=Actor(person.pk, "staff"), item_id=item_id, reason="mine", key=str(uuid4()))
    assert (tokens_of(viewer), QueueItem.objects.get(pk=item_id).reversed_at) == ((900, 0), None)


@pytest.mark.django_db
def test_both_are_told_that_what_was_completed_was_reversed(performer: Performer, viewer: Viewer) -> None:
    item_id = finished(viewer, performer)
    take_back(item_id)
    for person in (performer, viewer):
        told = worded(notices_of(person.pk)[:1], "en")[0]
        assert told.template_key == "queue.item.reversed"
        assert told.text.endswith("but its payment was reversed: our team decided so. Given back to the viewer: 100.")


@pytest.mark.django_db
def test_staff_write_what_a_reversal_says_as_they_write_the_others(performer: Performer, viewer: Viewer) -> None:
    by, key = factories.actor(factories.staff()), "queue.item.reversed"
    version = propose_text(by=by, key=key, language="en", text="{title}: {refunded} back, {reason}", reason="clearer")
    activate_text(by=by, version_id=version.pk, reason="clearer")
    take_back(finished(viewer, performer))
    [told] = worded(notices_of(viewer.pk)[:1], "en")
    assert told.text == "A song: 100 back, our team decided so"


@pytest.mark.django_db
def test_who_does_not_want_to_hear_of_reversals_still_hears_of_refunds(performer: Performer, viewer: Viewer) -> None:
    save_wishes(owner_id=viewer.pk, keys={"queue.item.reversed": False})
    take_back(finished(viewer, performer))
    services.refund(by=factories.actor(factories.staff()), item_id=bought(viewer, performer))
    keys = set(notices_of(viewer.pk).values_list("key", flat=True))
    assert "queue.item.reversed" not in keys
    assert "queue.item.refunded" in keys


@pytest.mark.django_db
def test_what_is_given_back_unperformed_keeps_the_staffs_text(performer: Performer, viewer: Viewer) -> None:
    services.refund(by=factories.actor(factories.staff()), item_id=bought(viewer, performer))
    assert "no se realizará" in worded(notices_of(viewer.pk)[:1], "es")[0].text


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["write to max@example.com", "x" * 256])
def test_a_reason_that_both_of_them_read_is_checked(performer: Performer, viewer: Viewer, reason: str) -> None:
    item_id, by = finished(viewer, performer), factories.actor(factories.staff())
    with pytest.raises(ValidationFailed):
        services.reverse(by=by, item_id=item_id, reason=reason, key=str(uuid4()))
    assert QueueItem.objects.get(pk=item_id).reversed_at is None


@pytest.mark.django_db
def test_the_page_says_who_reads_the_reason_and_takes_no_address(performer: Performer, viewer: Viewer) -> None:
    item_id, desk = finished(viewer, performer), factories.signed_in(factories.staff())
    fields = choose(desk, "queue_app_queueitem", "reverse", item_id)
    sent = {**fields, "action": ["reverse"], "typed": "REVERSE", "reason": "ask max@example.com"}
    page = desk.post(address_of("admin:queue_app_queueitem_changelist"), sent)
    assert page.status_code == 422
    assert "reads it in the transactions" in page.content.decode()
    assert QueueItem.objects.get(pk=item_id).reversed_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["abandon", "refund", "finish"])
def test_staff_do_not_end_what_they_bought_themselves(verb: str, performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    with pytest.raises(CannotAdjustOwnWallet):
        getattr(services, verb)(by=Actor(viewer.pk, "staff"), item_id=item_id)
    assert QueueItem.objects.get(pk=item_id).status == "started"


@pytest.mark.django_db
def test_it_is_audited_with_its_reason(performer: Performer, viewer: Viewer) -> None:
    item_id = finished(viewer, performer)
    take_back(item_id)
    entry = AuditEntry.objects.get(action="queue.reverse", target_id=str(item_id))
    assert entry.reason == "complaint 7"


@pytest.mark.django_db
def test_a_second_reversal_is_refused_and_the_same_key_is_the_first_one(performer: Performer, viewer: Viewer) -> None:
    item_id, staff, key = finished(viewer, performer), factories.actor(factories.staff()), str(uuid4())
    first = services.reverse(by=staff, item_id=item_id, reason="complaint 7", key=key)
    assert services.reverse(by=staff, item_id=item_id, reason="complaint 7", key=key) == first
    assert AuditEntry.objects.filter(action="queue.reverse", target_id=str(item_id)).count() == 1
    with pytest.raises(CannotReverseTransfer):
        take_back(item_id)
    assert tokens_of(viewer) == (1000, 0)


@pytest.mark.django_db
def test_only_staff_reverse(performer: Performer, viewer: Viewer) -> None:
    item_id = finished(viewer, performer)
    for person in (performer, viewer):
        with pytest.raises(NotFound):
            services.reverse(by=factories.actor(person), item_id=item_id, reason="mine", key="k")
    with pytest.raises(NotFound):
        take_back(uuid4())


@pytest.mark.django_db
def test_what_is_not_paid_out_is_refunded_not_reversed(performer: Performer, viewer: Viewer) -> None:
    started, waiting = running(viewer, performer), bought(viewer, performer)
    for item_id in (started, waiting):
        with pytest.raises(InvalidStateTransition, match="refund it"):
            take_back(item_id)


@pytest.mark.django_db
def test_of_what_a_payout_has_reserved_the_shortfall_is_owed(performer: Performer, viewer: Viewer) -> None:
    rich(viewer)
    performer.verified_at = timezone.now()
    performer.save()
    item_id = finished(viewer, performer, tokens=1500)
    ask_payout(performer, 1200)
    take_back(item_id)
    assert buckets(performer.pk) == (0, 0, 0)
    assert tokens_in(AccountKind.RECEIVABLE, performer.pk) == -1200
    assert tokens_of(viewer) == (2000, 0)
    assert_ledger_holds()


@pytest.mark.django_db
def test_staff_reverse_in_the_admin_with_a_typed_word(performer: Performer, viewer: Viewer) -> None:
    item_id, client = finished(viewer, performer), factories.signed_in(factories.staff())
    fields = choose(client, "queue_app_queueitem", "reverse", item_id)
    assert confirm(client, "queue_app_queueitem", {**fields, "action": ["reverse"]}, reason="r", typed="no") == 422
    again = {**fields, "action": ["reverse"]}
    assert confirm(client, "queue_app_queueitem", again, reason="complaint 7", typed="REVERSE") == 302
    assert QueueItem.objects.get(pk=item_id).reversed_at is not None
    assert confirm(client, "queue_app_queueitem", again, reason="complaint 7", typed="REVERSE") == 302
    page = client.get(address_of("admin:queue_app_queueitem_changelist")).content.decode()
    assert "CANNOT_REVERSE" not in page


@pytest.mark.threads
def test_eight_reversals_at_once_take_it_back_once(database_clone: str) -> None:
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    item_id = finished(viewer, performer)

    def attempt() -> dict[str, object] | DomainError:
        return take_back(item_id)

    with connections_for(8):
        outcomes = together([attempt] * 8)
    assert refusals(outcomes) == ["CANNOT_REVERSE_TRANSFER"] * 7
    assert tokens_of(viewer) == (1000, 0)
    assert_ledger_holds()


@pytest.mark.django_db
def test_its_way_ends_with_it_and_what_she_owes_is_not_the_viewers_business(
    performer: Performer, viewer: Viewer
) -> None:
    performer.verified_at = timezone.now()
    performer.save()
    item_id = finished(viewer, performer, tokens=1000)
    ask_payout(performer, 1000)
    take_back(item_id)
    hold_id = QueueItem.objects.get(pk=item_id).hold_id
    ways = {
        who: [step.event for step in trace_for(actor, hold_id).steps]
        for who, actor in {
            "viewer": factories.actor(viewer),
            "performer": factories.actor(performer),
            "staff": factories.actor(factories.staff()),
        }.items()
    }
    assert ways["viewer"] == ["hold", "enqueue", "start", "finish", "settle", "reverse", "reversal"]
    assert ways["performer"] == ways["staff"] == sorted([*ways["viewer"], "shortfall"], key=ways["staff"].index)
