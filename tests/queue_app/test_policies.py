"""Who may move an item, how a finish is split and which reasons may be given; all without a database."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actors import SYSTEM, Actor
from core.exceptions import NotFound, ValidationFailed
from queue_app import policies
from queue_app.exceptions import InvalidMode
from queue_app.intake import QueueIntake
from queue_app.states import MAX_DURATION_SECONDS, MAX_REQUESTS_EACH, RefundReason

HER, HIM, STAFF = (Actor(id=uuid4(), kind=kind) for kind in ("performer", "viewer", "staff"))
BLAMING = (RefundReason.USER_CANCELLED, RefundReason.ADMIN_REFUND, RefundReason.TIMEOUT)


def refused(check: Any, *given: Any, **named: Any) -> list[str]:  # noqa: ANN401 - any policy with its arguments
    """The fields that a policy refuses."""
    with pytest.raises(ValidationFailed) as refusal:
        check(*given, **named)
    return [error.attr for error in refusal.value.errors]


# --- whose


@pytest.mark.parametrize("by", [STAFF, SYSTEM])
def test_staff_and_the_product_work_on_anybodys_items(by: Actor) -> None:
    assert policies.owner_of(by) is None


@pytest.mark.parametrize("by", [HER, HIM])
def test_everybody_else_works_on_their_own(by: Actor) -> None:
    assert policies.owner_of(by) == by.id


@pytest.mark.parametrize("kind", ["performer", "viewer", "manager", "anonymous"])
def test_who_is_nobody_owns_nothing_and_is_never_taken_for_staff(kind: Any) -> None:  # noqa: ANN401 - a kind of actor
    with pytest.raises(NotFound):
        policies.owner_of(Actor(id=None, kind=kind))


def test_with_nobody_waiting_there_is_nothing_to_start() -> None:
    policies.check_somebody_waits(True)
    with pytest.raises(NotFound):
        policies.check_somebody_waits(False)


# --- how much


@pytest.mark.parametrize(("settled", "given_back", "part"), [
    (None, None, None), (1, None, 1), (100, None, 100), (60, 40, 60), (100, 0, 100), (None, 0, 100), (None, 99, 1),
])  # fmt: skip
def test_a_finish_settles_what_it_says_or_what_is_left(
    settled: int | None, given_back: int | None, part: int | None
) -> None:
    assert policies.split(100, settled, given_back) == part


@pytest.mark.parametrize(("settled", "given_back", "attr"), [
    (0, None, "settled"), (101, None, "settled"), (-1, None, "settled"), (None, 100, "refunded"),
    (None, -1, "refunded"), (60, 41, "refunded"), (60, 39, "refunded"), (100, 1, "refunded"), (0, 100, "settled"),
])  # fmt: skip
def test_parts_that_are_not_the_whole_are_refused_by_field(
    settled: int | None, given_back: int | None, attr: str
) -> None:
    assert refused(policies.split, 100, settled, given_back) == [attr]


@given(st.integers(1, 10**9).flatmap(lambda tokens: st.tuples(st.just(tokens), st.integers(0, tokens - 1))))
def test_no_split_makes_or_loses_a_token(case: tuple[int, int]) -> None:
    tokens, given_back = case
    part = policies.split(tokens, None, given_back)
    assert part == policies.split(tokens, tokens - given_back, given_back) == tokens - given_back


# --- why


@pytest.mark.parametrize(("by", "usual"), [
    (HER, RefundReason.PERFORMER_DECLINED), (STAFF, RefundReason.ADMIN_REFUND), (SYSTEM, RefundReason.ADMIN_REFUND),
])  # fmt: skip
def test_who_gives_no_reason_has_a_usual_one(by: Actor, usual: RefundReason) -> None:
    assert policies.refund_reason(None, by) == usual


@pytest.mark.parametrize("reason", policies.HER_REASONS)
@pytest.mark.parametrize("by", [HER, STAFF, SYSTEM])
def test_a_performer_speaks_of_herself_and_staff_of_her_too(by: Actor, reason: str) -> None:
    assert policies.refund_reason(reason, by) == reason


@pytest.mark.parametrize("reason", BLAMING)
def test_what_would_blame_others_is_the_staffs_to_say(reason: str) -> None:
    assert policies.refund_reason(reason, STAFF) == reason
    assert refused(policies.refund_reason, reason, HER) == ["reason"]


@pytest.mark.parametrize("reason", ["", "partial_performance", "because", "TIMEOUT"])
@pytest.mark.parametrize("by", [HER, STAFF, SYSTEM])
def test_what_is_no_reason_nobody_gives(by: Actor, reason: str) -> None:
    assert refused(policies.refund_reason, reason, by) == ["reason"]


def test_every_reason_is_a_performers_the_staffs_or_a_finishs() -> None:
    assert {*policies.HER_REASONS, *BLAMING, RefundReason.PARTIAL_PERFORMANCE} == set(RefundReason)


# --- what is sent


@pytest.mark.parametrize("name", sorted(policies.MODE_FIELDS))
@pytest.mark.parametrize("value", ["ON", None, False])
def test_a_mode_by_any_name_and_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidMode):
        policies.check_no_mode({"title": "A song", name: value})


@pytest.mark.parametrize("sent", [{}, {"title": "mode"}, {"Mode": "ON"}, [], ["mode"], None, "mode"])
def test_what_only_sounds_like_a_mode_passes(sent: object) -> None:
    policies.check_no_mode(sent)


def test_the_share_is_taken_at_its_last_request_and_not_before() -> None:
    assert policies.share_refusal(MAX_REQUESTS_EACH - 1) == ""
    assert policies.share_refusal(MAX_REQUESTS_EACH) == policies.share_refusal(MAX_REQUESTS_EACH + 1) != ""


def intake(**fields: Any) -> QueueIntake:  # noqa: ANN401 - any field of the payload
    """A payload that is fine but for these fields."""
    ids: dict[str, UUID] = {name: uuid4() for name in ("performer_id", "user_id", "escrow_transaction_id")}
    fine = {"idempotency_key": "k", "source_feature": "tips", "source_event_id": "e", "tokens": 1, "title": "A song"}
    return QueueIntake(**{**ids, **fine, **fields})


@pytest.mark.parametrize("fields", [
    {}, {"tokens": 10**9}, {"title": "x" * 100}, {"description": "x" * 500}, {"idempotency_key": "!" * 255},
    {"source_feature": "x" * 40}, {"source_event_id": "x" * 100}, {"duration_seconds": MAX_DURATION_SECONDS},
    {"duration_seconds": 1}, {"metadata": {"levels": [10, 20, 30, 40, 50, 60, 70]}}, {"performer_id": None},
])  # fmt: skip
def test_an_intake_may_go_to_its_bounds(fields: dict[str, Any]) -> None:
    policies.check_intake(intake(**fields))


@pytest.mark.parametrize(("fields", "attrs"), [
    ({"tokens": 10**9 + 1}, ["tokens"]),
    ({"idempotency_key": "two words"}, ["idempotencyKey"]),
    ({"idempotency_key": "é"}, ["idempotencyKey"]),
    ({"idempotency_key": "x" * 256}, ["idempotencyKey"]),
    ({"title": "two\nlines"}, ["title"]),
    ({"title": "mail max@example.com"}, ["title"]),
    ({"description": "4111 1111 1111 1111"}, ["description"]),
    ({"metadata": {"a": [{"b": "416 555 0199"}]}}, ["metadata.a.0.b"]),
    ({"tokens": 0, "title": "", "duration_seconds": 0}, ["tokens", "title", "durationSeconds"]),
])  # fmt: skip
def test_every_bad_field_of_an_intake_is_named_at_once(fields: dict[str, Any], attrs: list[str]) -> None:
    assert refused(policies.check_intake, intake(**fields)) == attrs
