"""The gateway over HTTP: retries what may be retried, looks up what nobody knows, and asks the breaker first.

The rule that keeps a credit single: once a change may have had its effect, it is looked for before it is asked again,
here and in every later delivery (`Act.uncertain`). Where the service does not promise to recognise a key (`live`), it
is also given time to finish what it may still be doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import msgspec
import orjson
import stamina

from loyalty.breaker import CircuitBreaker
from loyalty.config import Loyalty, active
from loyalty.dialects import DIALECTS, Call, Dialect
from loyalty.errors import (
    BreakerOpen,
    Busy,
    CannotTell,
    DoneBefore,
    LoyaltyError,
    NotSupported,
    OutcomeUnknown,
    Refused,
    refusal,
)
from loyalty.gateway import Act, Balance, Escrow, Posting, Resolution, WalletGateway
from loyalty.tokens import queue_token, service_token
from loyalty.transport import Transport, transport_for

T = TypeVar("T")
SERVICE = "loyalty"
MOST_PAGES = 20
LONGEST_RETRY_AFTER = 5.0
WHOLE_CALL_SECONDS = 60.0
Look = Callable[[], T | None]


@dataclass(slots=True)
class Doubt:
    """What is known of one change. `before`: unknown since an earlier call; `now`: since this one."""

    before: bool
    now: bool = False


class RedRoomClient:
    """One service in one dialect; implements WalletGateway and is safe for threads."""

    def __init__(self, config: Loyalty, breaker: CircuitBreaker, transport: Transport) -> None:
        self._config = config
        self._breaker = breaker
        self._transport = transport
        self._dialect: Dialect = DIALECTS[config.dialect]

    def ready(self) -> bool:
        """Whether the service says that it can serve."""
        try:
            return self._once(self._dialect.ready())
        except LoyaltyError:
            return False

    def balance(self, member: str) -> Balance:
        """A member's points; zeros for one the service does not know."""
        try:
            return self._read(self._dialect.balance(member))
        except Refused as error:
            if error.status == 404:
                return Balance(0, 0)
            raise

    def credit(self, member: str, points: int, reason: str, act: Act) -> Posting:
        """Give points, once by the act's key."""
        call = self._dialect.credit(member, points, reason, act.key)
        return self._change(call, act, lambda: self._in_ledger(member, points, act))

    def deduct(self, member: str, points: int, reason: str, act: Act) -> Posting:
        """Take points, once by the act's key. Raises Refused INSUFFICIENT_BALANCE."""
        call = self._dialect.deduct(member, points, reason, act.key)
        if not self._dialect.replays:
            # There, too few points are an error of its own making (500), which would count against its health.
            self._check_covered(member, points, act)
        return self._change(call, act, lambda: self._in_ledger(member, -points, act))

    def hold(self, member: str, points: int, reason: str, item_id: str, feature: str, act: Act) -> Escrow:
        """Set points aside, once by the item."""
        call = self._dialect.hold(member, points, reason, item_id, feature, act.key)
        return self._change(call, act, lambda: self._held(member, points, item_id))

    def settle(self, escrow: Escrow, model: str, reason: str, act: Act) -> Resolution:
        """Pay an escrow out."""
        call = self._dialect.settle(escrow, model, reason, act.key)
        return self._change(call, act, lambda: self._resolved(escrow, "settled", escrow.points))

    def refund(self, escrow: Escrow, reason: str, act: Act) -> Resolution:
        """Give an escrow back."""
        call = self._dialect.refund(escrow, reason, act.key)
        return self._change(call, act, lambda: self._resolved(escrow, "refunded", 0))

    def partial(self, escrow: Escrow, model: str, settled: int, reason: str, act: Act) -> Resolution:
        """Pay a part out and give the rest back."""
        call = self._dialect.partial(escrow, model, settled, reason, act.key)
        return self._change(call, act, lambda: self._resolved(escrow, "partially_settled", settled))

    def escrow(self, member: str, escrow_id: str) -> Escrow | None:
        """An escrow as it stands."""
        try:
            return self._read(self._dialect.escrow(member, escrow_id))
        except Refused as error:
            if error.status == 404:
                return None
            raise

    # --- looks

    def _in_ledger(self, member: str, points: int, act: Act) -> Posting | None:
        offset = 0
        for _ in range(MOST_PAGES):
            page = self._once(self._dialect.ledger(member, points, act, offset))
            if page.posting is not None or not page.more:
                return page.posting
            offset += 1000
        raise CannotTell

    def _held(self, member: str, points: int, item_id: str) -> Escrow | None:
        rows = self._once(self._dialect.escrows(member))
        found = next((row for row in rows if row.item_id == item_id), None)
        if found is not None and found.points != points:
            raise CannotTell
        return found

    def _resolved(self, escrow: Escrow, wanted: str, settled: int) -> Resolution | None:
        found = self._once(self._dialect.escrow(escrow.member, escrow.escrow_id))
        if found.status == wanted:
            return Resolution(escrow.escrow_id, settled, escrow.points - settled, found=True)
        if found.status in {"held", "settling", "partial_settling"}:
            return None
        raise CannotTell

    def _check_covered(self, member: str, points: int, act: Act) -> None:
        if act.uncertain:
            return  # an earlier call may have taken them
        available = self.balance(member).available
        if available < points:
            raise Refused(402, "INSUFFICIENT_BALANCE", {"required": points, "available": available})

    # --- calls

    def _read(self, call: Call[T]) -> T:
        for attempt in self._attempts():
            with attempt:
                return self._once(call)
        raise AssertionError("stamina ends by an answer or an error")

    def _change(self, call: Call[T], act: Act, look: Look[T]) -> T:
        doubt = Doubt(before=act.uncertain)
        for attempt in self._attempts():
            with attempt:
                return self._change_once(call, look, doubt)
        raise AssertionError("stamina ends by an answer or an error")

    def _change_once(self, call: Call[T], look: Look[T], doubt: Doubt) -> T:
        try:
            if doubt.before or doubt.now:
                found = look()
                if found is not None:
                    return found
            return self._once(call)
        except DoneBefore:
            found = look()
            if found is not None:
                return found
            raise
        except BreakerOpen as error:
            if doubt.now:
                # To be remembered: "nobody was asked" would no longer be true.
                raise OutcomeUnknown("BreakerOpen", error.seconds) from error
            raise
        except LoyaltyError as error:
            doubt.now = doubt.now or error.unknown
            if error.unknown and not self._dialect.replays:
                raise OutcomeUnknown(error.label, self._config.settle_seconds) from error
            raise

    def _attempts(self) -> Iterable[stamina.Attempt]:
        return stamina.retry_context(
            on=worth_retrying,
            attempts=self._config.attempts,
            timeout=WHOLE_CALL_SECONDS,
            wait_initial=self._config.first_wait_seconds,
            wait_max=self._config.longest_wait_seconds,
            wait_jitter=self._config.first_wait_seconds,
        )

    def _once(self, call: Call[T]) -> T:
        """One request under the breaker; its answer read, or the error that it stands for."""
        headers = self._headers(call)
        body = None if call.body is None else orjson.dumps(call.body)
        with self._breaker.guard():
            reply = self._transport.send(call.method, self._address(call.path), headers, body)
            if not 200 <= reply.status < 300:
                raise refusal(reply.status, reply.body, reply.retry_after)
            try:
                return call.read(reply.body)
            except msgspec.MsgspecError as error:
                raise OutcomeUnknown("WrongShape") from error

    def _address(self, path: str) -> str:
        # An address with a path of its own replaces the dialect's prefix; health stands at the root.
        parts = urlsplit(self._config.url)
        if parts.path and path.startswith(self._dialect.prefix):
            path = parts.path + path.removeprefix(self._dialect.prefix)
        return urlunsplit((parts.scheme, parts.netloc, "", "", "")) + path

    def _headers(self, call: Call[T]) -> dict[str, str]:
        trace = str(uuid4())
        headers = {
            "Authorization": f"Bearer {service_token(self._config, call.member or SERVICE)}",
            "Accept": "application/json",
            "X-Client-Id": self._config.client_id,
            "X-Request-ID": trace,
            "X-Request-Trace": trace,
        }
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.key:
            headers |= {"X-Idempotency-Key": call.key, "Idempotency-Key": call.key}
        if call.decision is not None:
            headers["X-Queue-Auth-Token"] = queue_token(self._config, *call.decision)
        return headers


def worth_retrying(error: Exception) -> bool | float:
    """Whether the same call may go out again within this delivery, or in how many seconds."""
    if isinstance(error, Busy):
        return error.seconds + 0.1 if error.seconds <= LONGEST_RETRY_AFTER else False
    if not isinstance(error, LoyaltyError) or not error.again:
        return False
    return not (isinstance(error, OutcomeUnknown) and error.seconds > 0)


@lru_cache(maxsize=4)
def client_for(config: Loyalty) -> RedRoomClient:
    """The one client of this process for this service."""
    breaker = CircuitBreaker(SERVICE, open_seconds=config.open_seconds, probe_seconds=config.probe_seconds)
    return RedRoomClient(config, breaker, transport_for(config))


def gateway() -> WalletGateway:
    """The service in use. Raises NotSupported where none is."""
    config = active()
    if config is None:
        raise NotSupported
    return client_for(config)
