"""The queue's cycle, bare: buy into the queue, start, finish. Three durable commits, serial for one performer."""

from __future__ import annotations

from django.conf import settings

from benchmarks.cases.base import Bench
from benchmarks.data import Buyer, Seller, make_buyer, make_seller
from benchmarks.meter import Meter, Usage
from benchmarks.pgbench import pgbench, uuid_array
from benchmarks.report import Goal, Series

BUYERS = 64
PERFORMERS = 8


class Queue:
    """Rows queue-cycle-*."""

    name = "queue"

    def __init__(self) -> None:
        self.one = Series("queue-cycle-one-performer", "/s", Goal(">=", 500), note="enqueue, start, finish; pgbench")
        self.many = Series("queue-cycle-eight-performers", "/s", against="one performer")

    def prepare(self, bench: Bench) -> None:
        """Viewers with tokens, performers who join again after every performance."""
        self.buyers: list[Buyer] = [make_buyer() for _ in range(BUYERS)]
        self.sellers: list[Seller] = [make_seller(mode="ON") for _ in range(PERFORMERS)]
        for seller in self.sellers:
            join_line(seller)

    def measure(self, bench: Bench) -> Usage:
        """One performer, then each client its own performer; what pgbench counts must have been finished."""
        meter = Meter(bench.stack.roots)
        one = self._cycles(bench, clients=1)
        self.one.add(one)
        self.many.add(self._cycles(bench, clients=PERFORMERS), one)
        return meter.stop()

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.one, self.many]

    def _cycles(self, bench: Bench, *, clients: int) -> float:
        before = finished()
        run = pgbench(cycle_script(self.buyers, self.sellers), clients=clients, seconds=round(bench.seconds))
        if finished() - before != run.done:
            raise RuntimeError("pgbench counted cycles that were not finished")
        return run.rate


def cycle_script(buyers: list[Buyer], sellers: list[Seller]) -> str:
    """pgbench's script, the very functions that HTTP calls, keys and kept answers included.

    Every client works for one performer, so that her head item is always its own.
    """
    viewers = uuid_array([str(buyer.id) for buyer in buyers])
    performers = uuid_array([str(seller.id) for seller in sellers])
    wares = uuid_array([str(seller.item_id) for seller in sellers])
    return (
        f"\\set v random(1, {len(buyers)})\n\\set p :client_id + 1\n"
        f"SELECT menus_purchase({viewers}[:v], gen_random_uuid()::text, sha256('bench'), {wares}[:p], '',"
        f" '{settings.BUSINESS_TIME_ZONE}') -> 'answer' -> 'queueItem' ->> 'id' AS item \\gset\n"
        + "".join(
            f"SELECT queue_app_step({performers}[:p], gen_random_uuid()::text, sha256('bench'), '{step}',"
            f" {performers}[:p], :item);\n"
            for step in ("start", "finish")
        )
    )


def finished() -> int:
    """How many items were performed and paid."""
    from queue_app.models import QueueItem

    return QueueItem.objects.filter(status="finished", sequence__isnull=False).count()


def join_line(seller: Seller) -> None:
    """She waits for work from now on."""
    from accounts.actors import actor_of
    from queue_app.services import join

    join(by=actor_of(seller.user), performer_id=seller.id)
