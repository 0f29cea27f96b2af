"""The pages as a browser's own examiner sees them: a long drill, for it needs Node.js and minutes."""

from __future__ import annotations

import pytest

from tests.drills.running import broken, run_drill


@pytest.mark.drill
@pytest.mark.slow
def test_every_page_that_people_use_is_fast_and_accessible(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("lighthouse", capsys=capsys, seconds=3000)

    assert broken(figures) == {}
    assert figures["looks"] == 40
