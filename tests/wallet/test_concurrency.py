"""Real threads on real PostgreSQL: one effect for a key, one end for a hold, never below zero, no deadlock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from threading import Event
from uuid import UUID

import pytest

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from core.exceptions import InsufficientBalance
from tests import factories
from tests.support.threads import refusals, together
from tests.wallet.support import assert_ledger_holds, buckets, hold, key, settled, tokens_in, viewer_with
from tests.wallet.test_reversal import pay_out
from wallet import services, settlement
from wallet.models import Account, Hold, Transfer
from wallet.states import AccountKind, TransferCode

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("many_connections")]
THREADS = 16


def place(viewer: Viewer, performer: Performer | None, tokens: int, by_key: str) -> object:
    return services.place_hold(
        by=SYSTEM, viewer_id=viewer.pk, performer_id=performer.pk if performer else None, tokens=tokens, key=by_key
    )


def settle(hold_id: UUID, by_key: str) -> object:
    return settlement.settle_hold(by=SYSTEM, hold_id=hold_id, key=by_key)


def refund(hold_id: UUID, by_key: str) -> object:
    return settlement.refund_hold(by=SYSTEM, hold_id=hold_id, reason="timeout", key=by_key)


def test_one_key_from_sixteen_threads_has_one_effect_and_sixteen_equal_answers() -> None:
    viewer, performer = viewer_with(1000), factories.performer()

    answers = together([partial(place, viewer, performer, 100, "twin")] * THREADS)

    assert len(set(answers)) == 1
    assert refusals(answers) == []
    assert Hold.objects.filter(viewer=viewer).count() == 1
    assert buckets(viewer.pk) == (900, 100, 0)


def test_one_key_refused_is_refused_alike_to_sixteen_threads() -> None:
    viewer = viewer_with(10)

    answers = together([partial(place, viewer, None, 100, "twin")] * THREADS)

    assert refusals(answers) == ["INSUFFICIENT_BALANCE"] * THREADS
    assert buckets(viewer.pk) == (10, 0, 0)


def test_one_key_for_sixteen_different_amounts_has_one_effect() -> None:
    viewer = viewer_with(1000)

    answers = together([partial(place, viewer, None, 1 + n, "twin") for n in range(THREADS)])

    assert refusals(answers) == ["DUPLICATE_IDEMPOTENCY_KEY"] * (THREADS - 1)
    assert Hold.objects.filter(viewer=viewer).count() == 1


def test_the_same_tokens_are_not_held_twice() -> None:
    viewer, performer = viewer_with(100), factories.performer()

    answers = together([partial(place, viewer, performer, 100, key()) for _ in range(THREADS)])

    assert refusals(answers) == ["INSUFFICIENT_BALANCE"] * (THREADS - 1)
    assert buckets(viewer.pk) == (0, 100, 0)


def test_a_hold_is_settled_once() -> None:
    performer = factories.performer()
    held = hold(viewer_with(100), performer, 100)

    answers = together([partial(settle, held.id, key()) for _ in range(THREADS)])

    assert refusals(answers) == ["ESCROW_ALREADY_PROCESSED"] * (THREADS - 1)
    assert buckets(performer.pk) == (0, 0, 100)


def test_settle_and_refund_race_and_one_of_them_wins() -> None:
    viewer, performer = viewer_with(2000), factories.performer()
    holds = [hold(viewer, performer, 100) for _ in range(20)]

    for held in holds:
        answers = together([partial(end, held.id, key()) for end in (settle, refund, settle, refund)])
        assert refusals(answers) == ["ESCROW_ALREADY_PROCESSED"] * 3

    available, escrow, _ = buckets(viewer.pk)
    assert escrow == 0
    assert available + buckets(performer.pk)[2] == 2000


def test_a_payment_that_comes_sixteen_times_is_credited_once() -> None:
    viewer = viewer_with(1)
    credit = [
        partial(services.fund, by=SYSTEM, owner_id=viewer.pk, tokens=50, key=f"delivery-{n}", external_id="payment")
        for n in range(THREADS)
    ]

    answers = together(credit)

    assert len(set(answers)) == 1
    assert buckets(viewer.pk) == (51, 0, 0)


def test_a_payment_claimed_for_two_wallets_goes_to_one() -> None:
    viewers = [viewer_with(1) for _ in range(8)]

    answers = together(
        [
            partial(services.fund, by=SYSTEM, owner_id=viewer.pk, tokens=50, key=key(), external_id="payment")
            for viewer in viewers
        ]
    )

    assert refusals(answers) == ["DUPLICATE_TRANSACTION"] * 7
    assert sum(buckets(viewer.pk)[0] for viewer in viewers) == 8 + 50


def test_the_first_holds_for_a_new_performer_open_her_accounts_once() -> None:
    viewers, performer = [viewer_with(10) for _ in range(THREADS)], factories.performer()

    answers = together([partial(place, viewer, performer, 10, key()) for viewer in viewers])

    assert refusals(answers) == []
    assert Account.objects.filter(owner_id=performer.pk).count() == 3


def test_a_settlement_is_reversed_once() -> None:
    viewer, performer = viewer_with(100), factories.performer()
    done = settled(viewer, performer, 100)

    answers = together(
        [
            partial(services.reverse_transfer, by=SYSTEM, transfer_id=done.transfer_id, reason="mistake", key=key())
            for _ in range(THREADS)
        ]
    )

    assert refusals(answers) == ["CANNOT_REVERSE_TRANSFER"] * (THREADS - 1)
    assert buckets(viewer.pk) == (100, 0, 0)


def test_each_committed_change_takes_one_step_of_the_wallets_version() -> None:
    viewer, performer = viewer_with(1000), factories.performer()

    placed = together([partial(place, viewer, performer, 10, key()) for _ in range(THREADS)])
    versions = {getattr(answer, "version") for answer in placed}  # noqa: B009 - no refusal among them

    assert versions == set(range(2, THREADS + 2))
    done = settlement.settle_hold(by=SYSTEM, hold_id=getattr(placed[0], "id"), tokens=3, key=key())  # noqa: B009
    assert done.version == THREADS + 2


def test_reversals_racing_with_settlements_never_overdraw_her_earnings() -> None:
    viewer, performer = viewer_with(4000), factories.performer()
    done = [settled(viewer, performer, 100) for _ in range(12)]
    holds = [hold(viewer, performer, 100) for _ in range(12)]
    undo: list[Callable[[], object]] = [
        partial(services.reverse_transfer, by=SYSTEM, transfer_id=each.transfer_id, reason="mistake", key=key())
        for each in done
    ]

    pay: list[Callable[[], object]] = [partial(settle, held.id, key()) for held in holds]

    answers = together(undo + pay)

    assert refusals(answers) == []
    assert buckets(performer.pk) == (0, 0, 1200)
    assert tokens_in(AccountKind.RECEIVABLE, performer.pk) == 0


def test_reversals_of_many_viewers_share_what_is_left_of_her_earnings(database_clone: str) -> None:
    viewers, performer = [viewer_with(100) for _ in range(THREADS)], factories.performer()
    done = [settled(viewer, performer, 100) for viewer in viewers]
    pay_out(performer, 1200)

    answers = together(
        [
            partial(services.reverse_transfer, by=SYSTEM, transfer_id=each.transfer_id, reason="mistake", key=key())
            for each in done
        ]
    )

    assert refusals(answers) == []
    assert buckets(performer.pk) == (0, 0, 0)
    assert tokens_in(AccountKind.RECEIVABLE, performer.pk) == -1200


def test_no_commit_slips_behind_a_checkpoint() -> None:
    performer, over = factories.performer(), Event()
    work = [partial(_buy_and_settle, viewer_with(200), performer) for _ in range(7)]

    def keep_checkpointing() -> int:
        rounds = 0
        while not over.is_set():
            services.checkpoint_summed_accounts()
            assert_ledger_holds()
            rounds += 1
        return rounds

    def work_then_stop() -> int:
        try:
            return sum(int(str(answer)) for answer in together(work))
        finally:
            over.set()

    rounds, tokens = together([keep_checkpointing, work_then_stop])

    assert isinstance(rounds, int)
    assert rounds > 1
    assert tokens == 7 * 200
    assert buckets(performer.pk) == (0, 0, 7 * 200)
    assert checkpoint_when_all_is_covered(performer) == 7 * 200


def checkpoint_when_all_is_covered(performer: Performer) -> int:
    """Her checkpoint once the horizon has passed every settlement; older transactions of others may hold it up."""
    earned, deadline = Account.objects.get(owner_id=performer.pk, kind=AccountKind.EARNED), time.monotonic() + 30
    latest = max(Transfer.objects.filter(credit_account=earned).values_list("created_xid", flat=True))
    while services.checkpoint_summed_accounts().horizon <= latest:
        assert time.monotonic() < deadline, "the horizon stands still"
    earned.refresh_from_db()
    return earned.checkpoint


def _buy_and_settle(viewer: Viewer, performer: Performer) -> int:
    return sum(settled(viewer, performer, 10).settled for _ in range(20))


def test_an_overdraft_storm_never_goes_below_zero() -> None:
    viewers, performers = [viewer_with(300) for _ in range(6)], [factories.performer() for _ in range(2)]
    seeds = count(1)
    storm = [partial(_storm, random.Random(next(seeds)), viewers, performers) for _ in range(THREADS)]

    refused = sum(int(str(number)) for number in together(storm))

    assert refused > 0, "nobody tried to spend what was not there"
    held = sum(sum(buckets(viewer.pk)) for viewer in viewers)
    earned = sum(buckets(performer.pk)[2] for performer in performers)
    assert held + earned == 6 * 300
    assert tokens_in(AccountKind.HOUSE) == -6 * 300
    assert Transfer.objects.filter(code=TransferCode.SHORTFALL).count() == 0


def _storm(chance: random.Random, viewers: list[Viewer], performers: list[Performer]) -> int:
    """Sixty purchases by anybody from anybody, most of them too dear, ended in every way; how many were refused."""
    refused = 0
    for _ in range(60):
        try:
            held = hold(chance.choice(viewers), chance.choice(performers), chance.randint(1, 200))
            end = chance.choice([settle, refund, _settle_part, None])
            if end is not None:
                end(held.id, key())
        except InsufficientBalance:
            refused += 1
    return refused


def _settle_part(hold_id: UUID, by_key: str) -> object:
    return settlement.settle_hold(by=SYSTEM, hold_id=hold_id, tokens=1, key=by_key)
