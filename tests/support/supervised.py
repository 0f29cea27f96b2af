"""A supervisor in a process of its own, for tests that kill things: reads orders from its first argument, as JSON."""

import json
import os
import sys
import tempfile
from pathlib import Path

from config.supervisor import Service, Supervisor


def main() -> None:
    """Run the programs of the argument until told to stop; print one line for each event."""
    folder = Path(tempfile.mkdtemp(prefix="supervised-"))
    orders = json.loads(sys.argv[1])
    supervisor = Supervisor(_tell)
    with supervisor.on_duty():
        for name, order in orders.items():
            supervisor.start(
                Service(
                    name=name,
                    command=tuple(order["command"]),
                    env=dict(os.environ),
                    log=folder / f"{name}.log",
                    cwd=folder,
                    wave=order.get("wave", 0),
                    grace_seconds=order.get("grace", 5),
                )
            )
        known: dict[str, int] = {}

        def tell_changes() -> bool:
            nonlocal known
            now = supervisor.process_ids()
            if now != known and len(now) == len(orders):
                _tell("pids " + json.dumps(now))
                known = now
            return False

        supervisor.watch(until=tell_changes)
        _tell("stopping")
    _tell("stopped")


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
