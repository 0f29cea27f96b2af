"""Which worker of a run runs what: any of them any test, but for the modules whose tests share what is slow to start.

Loaded by pytest as a plugin (`-p`, pyproject.toml).
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: A product or servers of the module's own.
TOGETHER = {"tests/config/test_run.py", "tests/config/test_embedded.py"}


class OneHouseEach(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Test by test to whoever is free; what belongs together comes first and stays with one worker."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return module if module in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Ours in the place of `load`, the usual one; another that was asked for is used."""
    return OneHouseEach(config, log) if config.getvalue("dist") == "load" else None
