"""Keys: one effect, the same answer ever after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from core import idempotency
from core.exceptions import (
    DomainError,
    DuplicateKey,
    InsufficientBalance,
    NotFound,
    RequestInProgress,
    ValidationFailed,
)
from core.idempotency import Answer, Claim, checked_key, fingerprint, forget_old_keys, once, remembered
from core.ids import uuid7
from core.models import IdempotencyKey
from core.sql import call_value

pytestmark = pytest.mark.django_db


class Effect:
    """Counts its runs; writes a row so that a rollback can be seen."""

    def __init__(self, outcome: Callable[[], Answer]) -> None:
        self.outcome = outcome
        self.runs = 0

    def __call__(self) -> Answer:
        self.runs += 1
        return self.outcome()


def succeed() -> Answer:
    return Answer(201, {"made": "thing"})


def refuse(refusal: DomainError) -> Callable[[], Answer]:
    def outcome() -> Answer:
        IdempotencyKey.objects.create(actor_id=uuid7(), key="trace", fingerprint=b"", created_at="2026-01-01T00:00Z")
        raise refusal

    return outcome


def claim(key: str = "k", *, actor: UUID | None = None, mark: bytes = b"m") -> Claim:
    return Claim(actor or ACTOR, key, mark, "/api/v1/things")


ACTOR = uuid7()


def test_the_first_answer_is_given_again() -> None:
    effect = Effect(succeed)
    first, second = once(claim(), effect), once(claim(), effect)
    assert effect.runs == 1
    assert (first.status, first.body, first.replayed) == (201, {"made": "thing"}, False)
    assert (second.status, second.body, second.replayed) == (201, {"made": "thing"}, True)


def test_another_request_under_the_key_is_refused() -> None:
    once(claim(), Effect(succeed))
    with pytest.raises(DuplicateKey):
        once(claim(mark=b"other"), Effect(succeed))


def test_a_refusal_that_comes_after_a_twin_s_success_is_that_success() -> None:
    once(claim(), Effect(succeed))
    assert remembered(InsufficientBalance(required=5, available=1), claim()) == Answer(201, {"made": "thing"}, True)
    assert once(claim(), Effect(succeed)).status == 201


def test_an_answer_that_stands_is_not_replaced() -> None:
    once(claim(), Effect(succeed))
    call_value("core_store_answer", actor=ACTOR, key="k", status=402, body={})
    assert once(claim(), Effect(succeed)).status == 201


def test_another_actor_may_use_the_same_key() -> None:
    once(claim(), Effect(succeed))
    assert once(claim(actor=uuid7()), Effect(succeed)).replayed is False


def test_a_402_is_remembered_and_its_writes_are_gone() -> None:
    poor = Effect(refuse(InsufficientBalance(required=500, available=120)))
    with pytest.raises(InsufficientBalance):
        once(claim(), poor)
    rich = Effect(succeed)
    with pytest.raises(InsufficientBalance) as again:
        once(claim(), rich)
    assert rich.runs == 0
    assert again.value.replayed is True
    assert again.value.stored_body is not None
    assert again.value.stored_body["required"] == 500
    assert not IdempotencyKey.objects.filter(key="trace").exists()


@pytest.mark.parametrize("refusal", [NotFound(), ValidationFailed.of("a", "b", "c"), RequestInProgress()])
def test_other_refusals_free_the_key(refusal: DomainError) -> None:
    with pytest.raises(type(refusal)):
        once(claim(), Effect(refuse(refusal)))
    assert once(claim(), Effect(succeed)).replayed is False


def test_a_fault_frees_the_key() -> None:
    def fault() -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(claim(), fault)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("raw", ["", " ", "a b", "ä", "x" * 256, "a\x00b", '""'])
def test_a_bad_key_is_a_field_error(raw: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        checked_key(raw)
    assert caught.value.errors[0].attr == "idempotencyKey"


@pytest.mark.parametrize("raw", ["a", "x" * 255, "model_join_1700_!~"])
def test_a_good_key_is_taken_as_it_is(raw: str) -> None:
    assert checked_key(raw) == raw


def test_a_quoted_key_is_the_bare_one() -> None:
    assert checked_key('"abc"') == "abc"


def test_the_fingerprint_ignores_order_and_the_key_itself() -> None:
    one = fingerprint("POST", "/a", "", {"x": 1, "y": 2, "idempotencyKey": "k"})
    assert one == fingerprint("POST", "/a", "", {"y": 2, "x": 1})


@pytest.mark.parametrize(
    "other",
    [
        ("PUT", "/a", "", {"x": 1}),
        ("POST", "/b", "", {"x": 1}),
        ("POST", "/a", "q=1", {"x": 1}),
        ("POST", "/a", "", {"x": 2}),
    ],
)
def test_any_difference_makes_another_fingerprint(other: tuple[str, str, str, dict[str, int]]) -> None:
    assert fingerprint(*other) != fingerprint("POST", "/a", "", {"x": 1})


def test_answers_older_than_thirty_days_are_forgotten_in_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "BITE", 2)
    for days in (0, 29, 31, 32, 400):
        once(claim(f"{days}_days"), Effect(succeed))
        aged = timezone.now() - timedelta(days=days)
        IdempotencyKey.objects.filter(key=f"{days}_days").update(created_at=aged)
    assert forget_old_keys() == 3
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"0_days", "29_days"}
