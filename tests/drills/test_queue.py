"""The queue under many hands: short forms here and now, long ones in `make drill`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.drills.queue_time import TimedQueues
from tests.drills.running import broken, run_drill

pytestmark = [pytest.mark.threads, pytest.mark.slow]


def test_twelve_hands_break_no_rule_in_twenty_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("queue_mix", "--seconds", 20, capsys=capsys, seconds=200)

    assert broken(figures) == {}
    assert {"start", "finish", "finish_part", "abandon", "refund", "cancel", "switch_mode"} <= set(figures["done"])
    assert {"pause", "resume"} <= set(figures["fired"])


@pytest.mark.drill
def test_twelve_hands_break_no_rule_in_five_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("queue_mix", "--seconds", 300, capsys=capsys, seconds=900)

    assert broken(figures) == {}


@pytest.mark.parametrize(
    ("examples", "steps"), [(12, 30), pytest.param(300, 50, marks=pytest.mark.drill)], ids=["short", "long"]
)
def test_the_queues_are_what_the_lists_say(database_clone: str, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        TimedQueues,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
