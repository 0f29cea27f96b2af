"""The outbox: written with its cause, delivered at least once, never lost, never forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from core import outbox
from core.actors import SYSTEM
from core.exceptions import AlreadyDecided, NotFound, ValidationFailed
from core.models import DeadLetter, DeadLetterState, OutboxKind, OutboxMessage, OutboxState
from core.outbox import Outcome, Postponed, TryLater, Undeliverable
from tests.core.outbox_kit import KIND, Install

pytestmark = pytest.mark.django_db


def only() -> OutboxMessage:
    return OutboxMessage.objects.get()


def make_due() -> None:
    OutboxMessage.objects.filter(state=OutboxState.WAITING).update(next_at=Now() - timedelta(seconds=1))


def wait_seconds() -> float:
    row = OutboxMessage.objects.annotate(wait=F("next_at") - Now()).get()
    return float(row.wait.total_seconds())


def test_a_message_is_delivered_once_and_says_what_came_of_it(install: Install) -> None:
    deliverer = install()
    assert outbox.put(KIND, "k1", {"tokens": 5}) is True
    assert outbox.deliver_due() == {Outcome.DONE: 1}
    assert outbox.deliver_due() == {}
    assert [(m.key, m.payload, m.attempt) for m in deliverer.seen] == [("k1", {"tokens": 5}, 1)]
    assert (only().state, only().result, only().done_at is not None) == (OutboxState.DONE, "sent", True)


def test_a_key_is_put_once_for_good(install: Install) -> None:
    deliverer = install()
    outbox.put(KIND, "k1", {"tokens": 5})
    outbox.deliver_due()
    assert outbox.put(KIND, "k1", {"tokens": 6}) is False
    outbox.deliver_due()
    assert len(deliverer.seen) == 1


def test_a_cause_that_is_rolled_back_leaves_no_message(install: Install) -> None:
    install()
    with transaction.atomic():
        outbox.put(KIND, "k1", {})
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_nothing_is_written_for_a_kind_that_nobody_delivers(install: Install) -> None:
    install().open = False
    outbox.mirror_kinds()
    assert outbox.put(KIND, "k1", {}) is False
    assert outbox.put("unheard.of", "k2", {}) is False
    assert not OutboxMessage.objects.exists()


def test_what_waits_when_a_kind_is_shut_is_delivered_when_it_opens(install: Install) -> None:
    deliverer = install()
    outbox.put(KIND, "k1", {})
    deliverer.open = False
    assert outbox.deliver_due() == {}
    assert outbox.backlog().lag_seconds == 0
    deliverer.open = True
    assert outbox.deliver_due() == {Outcome.DONE: 1}


def test_a_failure_comes_back_later_and_counts(install: Install) -> None:
    deliverer = install(TryLater("Timeout"))
    outbox.put(KIND, "k1", {})
    assert outbox.deliver_due() == {Outcome.LATER: 1}
    assert 0 < wait_seconds() <= 1.5
    make_due()
    assert outbox.deliver_due() == {Outcome.DONE: 1}
    assert [m.attempt for m in deliverer.seen] == [1, 2]


def test_a_failure_may_ask_for_a_longer_wait(install: Install) -> None:
    install(TryLater("Busy", seconds=90))
    outbox.put(KIND, "k1", {})
    outbox.deliver_due()
    assert 85 < wait_seconds() <= 90


def test_what_was_postponed_does_not_count_and_rests_the_kind(install: Install) -> None:
    deliverer = install(Postponed(30))
    outbox.put(KIND, "k1", {})
    outbox.put(KIND, "k2", {})
    assert outbox.deliver_due() == {Outcome.POSTPONED: 1}
    assert [m.key for m in deliverer.seen] == ["k1"]
    make_due()
    outbox.deliver_due()
    assert sorted((m.key, m.attempt) for m in deliverer.seen[1:]) == [("k1", 1), ("k2", 1)]


def test_what_can_never_succeed_is_a_dead_letter_with_the_class_of_its_error(install: Install) -> None:
    install(Undeliverable("IDEMPOTENCY_KEY_REUSE_MISMATCH"))
    outbox.put(KIND, "k1", {})
    assert outbox.deliver_due() == {Outcome.DEAD: 1}
    letter = DeadLetter.objects.get()
    assert (letter.error_class, letter.attempts, letter.state) == ("IDEMPOTENCY_KEY_REUSE_MISMATCH", 1, "open")
    make_due()
    assert outbox.deliver_due() == {}


def test_the_last_attempt_is_the_last(install: Install) -> None:
    install(TryLater("Timeout"), TryLater("Timeout"), most_attempts=2)
    outbox.put(KIND, "k1", {})
    assert outbox.deliver_due() == {Outcome.LATER: 1}
    make_due()
    assert outbox.deliver_due() == {Outcome.DEAD: 1}
    assert DeadLetter.objects.get().error_class == "Timeout"


def test_an_error_nobody_foresaw_is_raised_and_the_message_comes_back(install: Install) -> None:
    install(KeyError("secret words"))
    outbox.put(KIND, "k1", {})
    with pytest.raises(KeyError):
        outbox.deliver_due()
    assert wait_seconds() > 0
    make_due()
    assert outbox.deliver_due() == {Outcome.DONE: 1}


def test_a_message_that_kills_its_workers_is_a_dead_letter_in_the_end(install: Install) -> None:
    install(most_attempts=2)
    outbox.put(KIND, "k1", {})
    for _ in range(2):
        assert outbox.claim({KIND}, lease_seconds=-1) is not None
    assert outbox.deliver_due() == {Outcome.DEAD: 1}
    assert DeadLetter.objects.get().error_class == "LeaseLost"


def test_a_leased_message_is_nobody_elses_until_the_lease_ends(install: Install) -> None:
    install()
    outbox.put(KIND, "k1", {})
    assert outbox.claim({KIND}, lease_seconds=60) is not None
    assert outbox.claim({KIND}, lease_seconds=60) is None
    make_due()
    taken = outbox.claim({KIND}, lease_seconds=60)
    assert taken is not None
    assert taken.attempt == 2


def test_who_lost_the_lease_has_no_say_about_the_next_attempt(install: Install) -> None:
    install()
    outbox.put(KIND, "k1", {})
    late = outbox.claim({KIND}, lease_seconds=-1)
    assert late is not None
    assert outbox.claim({KIND}, lease_seconds=60) is not None
    outbox._bury(late, "Timeout")
    assert only().state == OutboxState.WAITING
    assert not DeadLetter.objects.exists()


def dead_letter(install: Install) -> DeadLetter:
    install(Undeliverable("HTTP_400"))
    outbox.put(KIND, "k1", {})
    outbox.deliver_due()
    return DeadLetter.objects.get()


def test_a_retried_dead_letter_is_due_at_once_and_knows_it_is_not_the_first_attempt(install: Install) -> None:
    letter = dead_letter(install)
    decided = outbox.retry_dead_letter(by=SYSTEM, dead_letter_id=letter.id, reason="their outage is over")
    assert (decided.state, decided.reason) == (DeadLetterState.RETRIED, "their outage is over")
    deliverer = install()
    assert outbox.deliver_due() == {Outcome.DONE: 1}
    assert deliverer.seen[0].attempt == 2


def test_a_discarded_dead_letter_stays_away(install: Install) -> None:
    letter = dead_letter(install)
    outbox.discard_dead_letter(by=SYSTEM, dead_letter_id=letter.id, reason="credited by hand")
    assert outbox.deliver_due() == {}
    assert only().state == OutboxState.DISCARDED


@pytest.mark.parametrize("again", [outbox.retry_dead_letter, outbox.discard_dead_letter])
def test_a_dead_letter_is_decided_once(install: Install, again: Callable[..., DeadLetter]) -> None:
    letter = dead_letter(install)
    outbox.discard_dead_letter(by=SYSTEM, dead_letter_id=letter.id, reason="credited by hand")
    with pytest.raises(AlreadyDecided):
        again(by=SYSTEM, dead_letter_id=letter.id, reason="no, wait")


def test_a_decision_needs_its_reason_and_its_letter(install: Install) -> None:
    letter = dead_letter(install)
    with pytest.raises(ValidationFailed):
        outbox.retry_dead_letter(by=SYSTEM, dead_letter_id=letter.id, reason="  ")
    with pytest.raises(NotFound):
        outbox.retry_dead_letter(by=SYSTEM, dead_letter_id=letter.id + 1, reason="why not")


def test_the_database_refuses_a_decision_without_its_reason(install: Install) -> None:
    letter = dead_letter(install)
    with pytest.raises(IntegrityError, match="dead_letter_decision_is_whole"), transaction.atomic():
        DeadLetter.objects.filter(id=letter.id).update(state=DeadLetterState.RETRIED, decided_at=Now())


def test_waits_grow_to_five_minutes_and_differ() -> None:
    assert all(0.5 <= outbox.backoff_seconds(1) <= 1.5 for _ in range(50))
    late = [outbox.backoff_seconds(200) for _ in range(50)]
    assert all(150 <= wait <= 450 for wait in late)
    assert len(set(late)) > 1


def test_the_backlog_is_counted(install: Install) -> None:
    install(Undeliverable("HTTP_400"))
    outbox.put(KIND, "k1", {})
    outbox.deliver_due()
    outbox.put(KIND, "k2", {})
    found = outbox.backlog()
    assert (found.waiting, found.dead) == (1, 1)
    assert found.lag_seconds >= 0


def test_kinds_are_written_only_when_they_change(install: Install) -> None:
    install().open = False
    outbox.mirror_kinds()
    assert dict(OutboxKind.objects.values_list("kind", "enabled"))[KIND] is False
