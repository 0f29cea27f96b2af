"""A model of the wallet in plain numbers, and the real one beside it: whatever Hypothesis does to both, they agree."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule, run_state_machine_as_test

from core.actors import SYSTEM
from tests.drills.report import tell
from tests.wallet.machine import AMOUNTS, PERFORMERS, TWO_PEOPLE_ABOVE, VIEWERS, Rooms
from tests.wallet.numbers import Held, Paid, prize_fund, real_balances
from tests.wallet.support import assert_ledger_holds
from wallet import services, settlement

#: However long a run lasts, nothing expires by itself.
A_DAY = 24 * 3600
NOBODY = Paid(None, 0, None, 0)


class Wallet(Rooms):
    """Every operation, each followed by a replay (same answer) and a mismatch (refused, nothing moved)."""

    holds: Bundle[Held] = Bundle("holds")
    paid: Bundle[Paid] = Bundle("paid")
    steps = 0

    @rule(target=paid, viewer=VIEWERS, tokens=AMOUNTS)
    def fund(self, viewer: int, tokens: int) -> Paid:
        """Tokens come in."""
        funding = self.answer(services.fund, by=SYSTEM, owner_id=self.viewers[viewer].pk, tokens=tokens)
        self.model.available[viewer] += tokens
        return Paid(funding.id, viewer, None, tokens)

    @rule(target=holds, viewer=VIEWERS, performer=st.none() | PERFORMERS, tokens=AMOUNTS, due=st.booleans())
    def place(self, viewer: int, performer: int | None, tokens: int, due: bool) -> Held:
        """Tokens are held, where there are enough; for a performer or for whoever is next."""
        placed = self.answer(
            services.place_hold,
            by=SYSTEM,
            viewer_id=self.viewers[viewer].pk,
            performer_id=None if performer is None else self.performers[performer].pk,
            tokens=tokens,
            expires_seconds=0 if due else A_DAY,
        )
        if tokens > self.model.available[viewer]:
            assert placed == "INSUFFICIENT_BALANCE"
            return Held(None, viewer, performer, tokens, open=False)
        self.model.available[viewer] -= tokens
        self.model.escrow[viewer] += tokens
        held = Held(placed.id, viewer, performer, tokens, due=due)
        self.placed.append(held)
        return held

    @rule(target=paid, held=holds, part=st.none() | AMOUNTS)
    def settle(self, held: Held, part: int | None) -> Paid:
        """A hold is paid out, in whole or in part."""
        if held.id is None:
            return NOBODY
        done = self.answer(settlement.settle_hold, by=SYSTEM, hold_id=held.id, tokens=part)
        tokens = held.tokens if part is None else part
        if not self._resolved(held, done, tokens, settled=tokens):
            return NOBODY
        self._move(held, tokens)
        return Paid(done.transfer_id, held.viewer, held.performer, tokens)

    @rule(held=holds, part=st.none() | AMOUNTS)
    def refund(self, held: Held, part: int | None) -> None:
        """A hold is given back, in whole or in part."""
        if held.id is None:
            return
        done = self.answer(settlement.refund_hold, by=SYSTEM, hold_id=held.id, tokens=part, reason="timeout")
        tokens = held.tokens if part is None else part
        if self._resolved(held, done, tokens, settled=held.tokens - tokens):
            self._move(held, held.tokens - tokens)

    @rule(held=holds)
    def adopt(self, held: Held) -> None:
        """A queue item takes it over: it no longer expires."""
        if held.id is not None and self._internal("wallet_adopt_hold(%s)", held, held.id):
            held.due = False

    @rule(held=holds, performer=PERFORMERS)
    def assign(self, held: Held, performer: int) -> None:
        """What was for whoever is next gets its performer."""
        if held.id is None or held.performer is not None:
            return
        if self._internal("wallet_assign_hold(%s, %s)", held, held.id, self.performers[performer].pk):
            held.performer = performer

    @rule()
    def expire(self) -> None:
        """The sweep gives back what is due, all of it, once."""
        due = [held for held in self.placed if held.open and held.due]
        assert services.expire_due_holds() == len(due)
        assert services.expire_due_holds() == 0
        for held in due:
            held.open = False
            self._move(held, 0)

    @rule(given=paid)
    def reverse(self, given: Paid) -> None:
        """A settlement or a credit is taken back; what she no longer has becomes a debt."""
        if given.id is None:
            return
        done = self.answer(services.reverse_transfer, by=SYSTEM, transfer_id=given.id, reason="mistake")
        if given.reversed:
            assert done == "CANNOT_REVERSE_TRANSFER"
        elif given.performer is None:
            self._take_back_credit(given, done)
        else:
            shortfall = max(0, given.tokens - self.model.earned[given.performer])
            assert done.shortfall == shortfall
            self.model.earned[given.performer] -= given.tokens - shortfall
            self.model.receivable[given.performer] -= shortfall
            self.model.available[given.viewer] += given.tokens
            given.reversed = True

    @rule(now=st.sampled_from([False, False, True]))
    def checkpoint(self, now: bool) -> None:
        """The sums are folded, not too often; nobody sees a difference."""
        if now:
            services.checkpoint_summed_accounts()

    @invariant()
    def agree_with_the_numbers(self) -> None:
        """Every bucket is what the model says."""
        if not hasattr(self, "model"):
            return
        type(self).steps += 1
        found = real_balances([person.pk for person in (*self.viewers, *self.performers)])
        for place in range(2):
            assert found[self.viewers[place].pk] == self.model.of_viewer(place)
            assert found[self.performers[place].pk] == self.model.of_performer(place)

    def teardown(self) -> None:
        """The whole proof once an example."""
        if hasattr(self, "model"):
            self.owner.close()
            assert prize_fund() == self.model.prizes
        assert_ledger_holds()

    def _internal(self, function: str, held: Held, *params: Any) -> bool:  # noqa: ANN401 - ids
        """Call what only other functions may call; whether the hold was open."""
        row: Any = self.owner.execute(f"SELECT {function}", params).fetchone()
        assert row[0].get("refusal") == (None if held.open else "ESCROW_ALREADY_PROCESSED")
        return held.open

    def _resolved(self, held: Held, done: Any, tokens: int, *, settled: int) -> bool:  # noqa: ANN401 - answer or code
        if not held.open:
            assert done == "ESCROW_ALREADY_PROCESSED"
        elif tokens > held.tokens:
            assert done == "VALIDATION_ERROR"
        elif held.performer is None and settled > 0:
            assert done == "PERFORMER_NOT_FOUND"
        else:
            held.open = False
            return True
        return False

    def _move(self, held: Held, settled: int) -> None:
        self.model.escrow[held.viewer] -= held.tokens
        self.model.available[held.viewer] += held.tokens - settled
        if held.performer is not None:
            self.model.earned[held.performer] += settled

    def _take_back_credit(self, given: Paid, done: Any) -> None:  # noqa: ANN401 - an answer or a code
        if given.tokens > self.model.available[given.viewer]:
            assert done == "INSUFFICIENT_BALANCE"
            return
        self.model.available[given.viewer] -= given.tokens
        given.reversed = True


def run(examples: int, steps: int, capsys: pytest.CaptureFixture[str]) -> None:
    """So many examples of so many steps; one line of figures."""
    Wallet.steps, began = 0, time.monotonic()
    run_state_machine_as_test(
        Wallet,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        sys.stdout.write("\n")
        seconds = round(time.monotonic() - began, 1)
        tell({"drill": "machine", "examples": examples, "steps": Wallet.steps, "VIOLATIONS": 0, "seconds": seconds})


@pytest.fixture(autouse=True)
def small_payouts(settings: Any) -> None:  # noqa: ANN401 - pytest-django's
    """The machine's amounts are small."""
    settings.PAYOUT_MINIMUM_TOKENS = 1
    settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = TWO_PEOPLE_ABOVE


@pytest.mark.slow
def test_the_wallet_is_what_the_numbers_say(database_clone: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(50, 50, capsys)


@pytest.mark.drill
def test_the_wallet_is_what_the_numbers_say_at_length(database_clone: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(500, 50, capsys)
