"""A model of the wallet in plain numbers, and the real one beside it: whatever Hypothesis does to both, they agree."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.actors import SYSTEM
from core.exceptions import DomainError, DuplicateKey
from tests import factories
from tests.wallet.support import assert_ledger_holds
from wallet import services, settlement
from wallet.models import Account
from wallet.queries import balance_of
from wallet.states import AccountKind

EXAMPLES = int(os.environ.get("WALLET_MACHINE_EXAMPLES", "20"))
STEPS = int(os.environ.get("WALLET_MACHINE_STEPS", "25"))
AMOUNTS = st.integers(1, 400)
VIEWERS, PERFORMERS = st.sampled_from(range(2)), st.sampled_from(range(2))
_serial = count(1)


@dataclass
class Held:
    """What the model knows of a hold."""

    id: Any
    viewer: int
    performer: int
    tokens: int
    open: bool = True


@dataclass
class Paid:
    """What the model knows of a transfer that may be reversed."""

    id: Any
    viewer: int
    performer: int | None
    tokens: int
    reversed: bool = False


@dataclass
class Numbers:
    """The whole wallet as it should be."""

    available: list[int] = field(default_factory=lambda: [0, 0])
    escrow: list[int] = field(default_factory=lambda: [0, 0])
    earned: list[int] = field(default_factory=lambda: [0, 0])


class Wallet(RuleBasedStateMachine):
    """Every operation, each followed by a replay (same answer) and a mismatch (refused, nothing moved)."""

    holds: Bundle[Held] = Bundle("holds")
    paid: Bundle[Paid] = Bundle("paid")

    @initialize()
    def people(self) -> None:
        """New people for every example: the database is not emptied."""
        self.viewers = [factories.viewer() for _ in range(2)]
        self.performers = [factories.performer() for _ in range(2)]
        for performer in self.performers:
            services.open_accounts(owner_id=performer.pk)
        self.model = Numbers()

    def answer(self, deed: Callable[..., Any], **given: Any) -> Any:  # noqa: ANN401 - whatever the deed answers
        """Do it, do it again, and abuse its key; the answer, or the code of the refusal."""
        key = f"machine-{next(_serial)}"
        first = _outcome(deed, key=key, **given)
        assert _outcome(deed, key=key, **given) == first
        if first != "VALIDATION_ERROR":
            other = {**given, **_changed(given)}
            assert _outcome(deed, key=key, **other) == DuplicateKey.code
        return first

    @rule(target=paid, viewer=VIEWERS, tokens=AMOUNTS)
    def fund(self, viewer: int, tokens: int) -> Paid:
        """Tokens come in."""
        funding = self.answer(services.fund, by=SYSTEM, owner_id=self.viewers[viewer].pk, tokens=tokens)
        self.model.available[viewer] += tokens
        return Paid(funding.id, viewer, None, tokens)

    @rule(target=holds, viewer=VIEWERS, performer=PERFORMERS, tokens=AMOUNTS)
    def place(self, viewer: int, performer: int, tokens: int) -> Held:
        """Tokens are held, where there are enough."""
        placed = self.answer(
            services.place_hold,
            by=SYSTEM,
            viewer_id=self.viewers[viewer].pk,
            performer_id=self.performers[performer].pk,
            tokens=tokens,
        )
        if tokens > self.model.available[viewer]:
            assert placed == "INSUFFICIENT_BALANCE"
            return Held(None, viewer, performer, tokens, open=False)
        self.model.available[viewer] -= tokens
        self.model.escrow[viewer] += tokens
        return Held(placed.id, viewer, performer, tokens)

    @rule(target=paid, held=holds, part=st.none() | AMOUNTS)
    def settle(self, held: Held, part: int | None) -> Paid:
        """A hold is paid out, in whole or in part."""
        if held.id is None:
            return Paid(None, held.viewer, held.performer, 0)
        done = self.answer(settlement.settle_hold, by=SYSTEM, hold_id=held.id, tokens=part)
        tokens = held.tokens if part is None else part
        if not self._resolved(held, done, tokens):
            return Paid(None, held.viewer, held.performer, 0)
        self._move(held, tokens)
        return Paid(done.transfer_id, held.viewer, held.performer, tokens)

    @rule(held=holds, part=st.none() | AMOUNTS)
    def refund(self, held: Held, part: int | None) -> None:
        """A hold is given back, in whole or in part."""
        if held.id is None:
            return
        done = self.answer(settlement.refund_hold, by=SYSTEM, hold_id=held.id, tokens=part, reason="timeout")
        tokens = held.tokens if part is None else part
        if self._resolved(held, done, tokens):
            self._move(held, held.tokens - tokens)

    @rule(given=paid)
    def reverse(self, given: Paid) -> None:
        """A settlement or a credit is taken back."""
        if given.id is None:
            return
        done = self.answer(services.reverse_transfer, by=SYSTEM, transfer_id=given.id, reason="mistake")
        if given.reversed:
            assert done == "CANNOT_REVERSE_TRANSFER"
        elif given.performer is None:
            self._take_back_credit(given, done)
        else:
            assert done.shortfall == 0
            self.model.earned[given.performer] -= given.tokens
            self.model.available[given.viewer] += given.tokens
            given.reversed = True

    @rule()
    def checkpoint(self) -> None:
        """The sums are folded; nobody sees a difference."""
        services.checkpoint_summed_accounts()

    @invariant()
    def agree(self) -> None:
        """Every bucket is what the model says, and the ledger's own invariants hold."""
        if not hasattr(self, "model"):
            return
        for place, viewer in enumerate(self.viewers):
            balance = balance_of(viewer.pk)
            assert (balance.available, balance.escrow) == (self.model.available[place], self.model.escrow[place])
        for place, performer in enumerate(self.performers):
            assert balance_of(performer.pk).earned == self.model.earned[place]

    def teardown(self) -> None:
        """The whole proof once an example."""
        assert_ledger_holds()
        assert not Account.objects.filter(kind=AccountKind.ESCROW, balance__lt=0).exists()

    def _resolved(self, held: Held, done: Any, tokens: int) -> bool:  # noqa: ANN401 - an answer or a code
        if not held.open:
            assert done == "ESCROW_ALREADY_PROCESSED"
            return False
        if tokens > held.tokens:
            assert done == "VALIDATION_ERROR"
            return False
        held.open = False
        return True

    def _move(self, held: Held, settled: int) -> None:
        self.model.escrow[held.viewer] -= held.tokens
        self.model.available[held.viewer] += held.tokens - settled
        self.model.earned[held.performer] += settled

    def _take_back_credit(self, given: Paid, done: Any) -> None:  # noqa: ANN401 - an answer or a code
        if given.tokens > self.model.available[given.viewer]:
            assert done == "INSUFFICIENT_BALANCE"
            return
        self.model.available[given.viewer] -= given.tokens
        given.reversed = True


def _outcome(deed: Callable[..., Any], **given: Any) -> Any:  # noqa: ANN401 - an answer or a code
    try:
        return deed(**given)
    except DomainError as refusal:
        return refusal.code


def _changed(given: dict[str, Any]) -> dict[str, Any]:
    """The same request with one thing different."""
    if "reason" in given:
        return {"reason": "another"}
    return {"tokens": (given["tokens"] or 0) + 1}


@pytest.mark.slow
def test_the_wallet_is_what_the_numbers_say(database_clone: str) -> None:
    run_state_machine_as_test(
        Wallet,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
