"""The state machine of the wallet: what the other rooms do with it (payouts, corrections, the prize fund)."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from adjustments import services as adjustments
from core.actors import SYSTEM, Actor
from core.exceptions import DuplicateKey
from core.idempotency import Answer, Claim
from payouts import services as payouts
from tests import factories
from tests.support.database import Connection, at_database, open_url, owner_url
from tests.wallet.numbers import KEY_STAYS_FREE, Correction, Held, Numbers, Payout, changed, outcome, prize_fund
from wallet import services

AMOUNTS = st.integers(1, 400)
VIEWERS = PERFORMERS = st.sampled_from(range(2))
STAFF = st.sampled_from(range(3))
TWO_PEOPLE_ABOVE = 150
REQUESTS = 3
serial = count(1)

STEPS: dict[str, tuple[Any, set[str], str]] = {
    "reject": (payouts.reject_payout, {"requested", "approved"}, "rejected"),
    "send": (payouts.send_payout, {"approved"}, "sent"),
    "pay": (payouts.pay_payout, {"sent"}, "paid"),
    "fail": (payouts.fail_payout, {"sent"}, "failed"),
}


class Rooms(RuleBasedStateMachine):
    """People, and everything but the holds. Each operation is replayed and its key abused (`answer`)."""

    asked: Bundle[Payout] = Bundle("asked")
    corrections: Bundle[Correction] = Bundle("corrections")

    @initialize()
    def people(self) -> None:
        """New people for every example: the database is not emptied."""
        services.expire_due_holds(limit=10_000)
        self.owner: Connection = open_url(at_database(owner_url(), settings.DATABASES["default"]["NAME"]))
        self.viewers = [factories.viewer() for _ in range(2)]
        self.performers = [factories.performer() for _ in range(2)]
        self.staff = _staff_of(settings.DATABASES["default"]["NAME"])
        for performer in self.performers:
            performer.verified_at = timezone.now()
            performer.save(update_fields=["verified_at"])
        for person in (*self.viewers, *self.performers):
            services.open_accounts(owner_id=person.pk)
        if left := prize_fund():
            services.take_prizes(by=SYSTEM, tokens=left, reason="drill", key=f"machine-{next(serial)}")
        self.model = Numbers()
        self.counted: dict[tuple[int, str, int], int] = {}
        self.placed: list[Held] = []

    def answer(self, deed: Any, *, free: bool = False, **given: Any) -> Any:  # noqa: ANN401 - a service and its answer
        """Do it, do it again, and abuse its key; the answer, or the code of the refusal.

        `free`: what refuses this deed leaves its key free.
        """
        key = f"machine-{next(serial)}"
        first = outcome(deed, key=key, **given)
        assert outcome(deed, key=key, **given) == first
        if not isinstance(first, str) or not (free or first in KEY_STAYS_FREE):
            assert outcome(deed, key=key, **{**given, **changed(given)}) == DuplicateKey.code
        return first

    # --- payouts

    @rule(target=asked, performer=PERFORMERS, tokens=AMOUNTS)
    def ask(self, performer: int, tokens: int) -> Payout:
        """She asks for a payout; the first three attempts count, refused or not."""
        key, her = f"machine-{next(serial)}", self.performers[performer]
        first = self._request(her, key, b"one", tokens)
        if self.model.attempts[performer] >= REQUESTS:
            assert first == "RATE_LIMIT_EXCEEDED"
            return Payout(None, performer, tokens, "refused")
        self.model.attempts[performer] += 1
        again = self._request(her, key, b"one", tokens)
        assert self._request(her, key, b"other", tokens) == DuplicateKey.code
        if self.model.payable(performer) < tokens:
            assert first == again == "INSUFFICIENT_BALANCE"
            return Payout(None, performer, tokens, "refused")
        assert isinstance(first, Answer)
        assert isinstance(again, Answer)
        assert (again.body, again.replayed) == (first.body, True)
        self.model.repay(performer)
        self.model.earned[performer] -= tokens
        self.model.payout_pending[performer] += tokens
        return Payout(first.body["requestId"], performer, tokens)

    def _request(self, performer: Any, key: str, mark: bytes, tokens: int) -> Any:  # noqa: ANN401 - answer or code
        claim = Claim(performer.pk, key, mark, "/payouts")
        by = factories.actor(performer)
        return outcome(payouts.request_payout, by=by, claim=claim, performer_id=performer.pk, amount=tokens)

    @rule(payout=asked, who=STAFF)
    def approve(self, payout: Payout, who: int) -> None:
        """Staff approve; above the limit two people must."""
        if payout.id is None:
            return
        done = self.answer(payouts.approve_payout, by=self.staff[who], payout_id=payout.id, reason="drill")
        if payout.status != "requested":
            assert done == "INVALID_STATE_TRANSITION"
        elif who in payout.approvers:
            assert done == "CANNOT_APPROVE_PAYOUT"
        else:
            payout.approvers.append(who)
            needed = 2 if payout.tokens > TWO_PEOPLE_ABOVE else 1
            payout.status = "approved" if len(payout.approvers) == needed else "requested"
            assert done["status"] == payout.status

    @rule(payout=asked, verb=st.sampled_from(sorted(STEPS)))
    def step(self, payout: Payout, verb: str) -> None:
        """The rest of its way."""
        if payout.id is None:
            return
        service, allowed, ends = STEPS[verb]
        done = self.answer(service, by=self.staff[0], payout_id=payout.id, reason="drill")
        if payout.status not in allowed:
            assert done == "INVALID_STATE_TRANSITION"
            return
        payout.status = ends
        if verb != "send":
            self.model.payout_pending[payout.performer] -= payout.tokens
        if verb in {"reject", "fail"}:
            self.model.earned[payout.performer] += payout.tokens
            self.model.repay(payout.performer)

    # --- corrections by hand

    @rule(target=corrections, bucket=st.sampled_from(["available", "earned"]), owner=VIEWERS, who=STAFF,
          sign=st.sampled_from([1, -1]), tokens=AMOUNTS)  # fmt: skip
    def propose(self, bucket: str, owner: int, who: int, sign: int, tokens: int) -> Correction:
        """Staff propose a correction; what one person has proposed to one owner counts together."""
        place = (who, bucket, owner)
        counted = self.counted.get(place, 0) + tokens
        needed = 1 if counted <= 100 else 2 if counted <= 500 else 3
        done = self.answer(
            adjustments.propose, free=True, by=self.staff[who], owner_id=self._owner(bucket, owner).pk, bucket=bucket,
            direction="credit" if sign > 0 else "debit", tokens=tokens, ticket=f"T-{next(serial)}", reason="drill",
        )  # fmt: skip
        correction = Correction(None, bucket, owner, sign, tokens, needed, [who], open=False)
        if needed == 1 and not self._covers(correction):
            assert done == "INSUFFICIENT_BALANCE"
            return correction
        self.counted[place] = counted
        assert (done.status, done.people_needed) == ("booked" if needed == 1 else "proposed", needed)
        correction.id, correction.open = done.id, needed > 1
        if needed == 1:
            self._book(correction)
        return correction

    @rule(correction=corrections, who=STAFF)
    def agree(self, correction: Correction, who: int) -> None:
        """Another one agrees; nobody here may approve large ones."""
        if correction.id is None:
            return
        done = outcome(adjustments.approve, by=self.staff[who], adjustment_id=correction.id, reason="drill")
        if not correction.open:
            assert done == "ALREADY_DECIDED"
        elif who in correction.people:
            assert done == "CANNOT_APPROVE_TWICE"
        elif len(correction.people) + 1 < correction.needed:
            correction.people.append(who)
        elif correction.needed == 3:
            assert done == "PERMISSION_DENIED"
        elif not self._covers(correction):
            assert done == "INSUFFICIENT_BALANCE"
        else:
            correction.open = False
            self._book(correction)

    def _owner(self, bucket: str, place: int) -> Any:  # noqa: ANN401 - a viewer or a performer
        return (self.viewers if bucket == "available" else self.performers)[place]

    def _covers(self, correction: Correction) -> bool:
        place = correction.owner
        free = self.model.available[place] if correction.bucket == "available" else self.model.payable(place)
        return correction.sign > 0 or free >= correction.tokens

    def _book(self, correction: Correction) -> None:
        getattr(self.model, correction.bucket)[correction.owner] += correction.sign * correction.tokens
        if correction.bucket == "earned":
            self.model.repay(correction.owner)

    # --- the prize fund

    @rule(tokens=AMOUNTS)
    def fill_prizes(self, tokens: int) -> None:
        """The house fills the fund."""
        self.answer(services.fund_prizes, by=SYSTEM, tokens=tokens, reason="drill")
        self.model.prizes += tokens

    @rule(tokens=AMOUNTS)
    def take_prizes(self, tokens: int) -> None:
        """The house takes a surplus, where there is one."""
        done = self.answer(services.take_prizes, free=True, by=SYSTEM, tokens=tokens, reason="drill")
        if tokens > self.model.prizes:
            assert done == "INSUFFICIENT_BALANCE"
        else:
            self.model.prizes -= tokens


@cache
def _staff_of(database: str) -> list[Actor]:
    """Three members of the staff, the same for all examples in this database."""
    return [factories.actor(factories.staff()) for _ in range(3)]
