"""The queue under many hands: short forms here and now, long ones in `make drill`."""

from __future__ import annotations

import pytest

from tests.drills.running import broken, run_drill

pytestmark = [pytest.mark.threads, pytest.mark.slow]


def test_twelve_hands_break_no_rule_in_twenty_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("queue_mix", "--seconds", 20, capsys=capsys, seconds=200)

    assert broken(figures) == {}
    assert {"start", "finish", "finish_part", "abandon", "refund", "cancel", "switch_mode"} <= set(figures["done"])


@pytest.mark.drill
def test_twelve_hands_break_no_rule_in_five_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("queue_mix", "--seconds", 300, capsys=capsys, seconds=900)

    assert broken(figures) == {}
