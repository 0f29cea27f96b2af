"""Processes of their own that deliver what is due, as workers do: `python -m tests.loyalty.courier '{…}'`.

The words are Django's LOYALTY as JSON, with `lease_seconds` and `processes` beside them. Each process looks once and
prints its tally as one JSON line. Django is set up once and the processes are forked before anything is connected.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main(words: dict[str, Any]) -> None:
    """Fork the others, then deliver as each of them does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    lease, processes = float(words.pop("lease_seconds")), int(words.pop("processes"))
    django.setup()
    settings.LOYALTY = {**words, "hosts": frozenset(words["hosts"])}
    children = [child for _ in range(processes - 1) if (child := os.fork()) or _deliver(lease)]
    _deliver(lease, leave=False)
    for child in children:
        os.waitpid(child, 0)


def _deliver(lease: float, *, leave: bool = True) -> int:
    from core import outbox

    tally = outbox.deliver_due(lease_seconds=lease, budget_seconds=60)
    os.write(1, json.dumps(dict(tally or {})).encode() + b"\n")
    if leave:
        os._exit(0)
    return 0


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
