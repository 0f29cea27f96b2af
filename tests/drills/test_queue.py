"""The queue under many hands: short forms here and now, long ones in `make drill`."""

from __future__ import annotations

import json
import os
import random
import sys

import psycopg
import pytest
from django.db import Error
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from core.exceptions import DomainError
from tests.drills.queue_defects import DEFECTS, SHORT, Defect
from tests.drills.queue_evenings import Evenings
from tests.drills.running import broken, run_drill
from tests.support.database import Connection

pytestmark = [pytest.mark.threads, pytest.mark.slow]
#: How a model says no: by an assertion of its own, by a refusal, or by the database's.
NOES = (AssertionError, DomainError, Error, psycopg.Error, Flaky)


def test_twelve_hands_break_no_rule_in_twenty_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("queue_mix", "--seconds", 20, capsys=capsys, seconds=200)

    assert broken(figures) == {}
    assert {"start", "finish", "finish_part", "abandon", "refund", "cancel", "requeue", "switch_mode"} <= set(
        figures["done"]
    )
    assert {"pause", "resume"} <= set(figures["fired"])


@pytest.mark.drill
def test_twelve_hands_break_no_rule_in_five_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("queue_mix", "--seconds", 300, capsys=capsys, seconds=900)

    assert broken(figures) == {}


def run_model(examples: int, steps: int, number: int | None = None) -> None:
    """So many examples of so many steps; without shrinking: the steps of the first that fails are printed.

    The same ones each time; a number brings others, the same number the same ones.
    """
    run_state_machine_as_test(
        Evenings if number is None else seed(number)(type("NumberedEvenings", (Evenings,), {})),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=number is None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            database=None,
            report_multiple_bugs=False,
        ),
    )


def test_the_queues_are_what_the_lists_say(database_clone: str) -> None:
    run_model(12, 30)


@pytest.mark.drill
def test_the_queues_are_what_the_lists_say_at_length(database_clone: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = int(os.environ.get("QUEUE_MODEL_SEED") or random.SystemRandom().randrange(2**32))
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps({'drill': 'queue_model', 'QUEUE_MODEL_SEED': number})}\n")
        sys.stdout.flush()

    run_model(200, 50, number)


@pytest.mark.parametrize(
    "defect",
    [
        pytest.param(defect, id=str(defect), marks=[] if defect.name in SHORT else pytest.mark.drill)
        for defect in DEFECTS
    ],
)
def test_the_model_catches(
    defect: Defect, superuser_connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    defect.plant(superuser_connection)

    with pytest.raises(NOES) as caught:
        run_model(150, 40)

    with capsys.disabled():
        sys.stdout.write(f"\n{defect} -> caught by {how(caught)}\n")
        sys.stdout.flush()


def how(caught: pytest.ExceptionInfo[BaseException]) -> str:
    """Where the model said no: its innermost function, the line's own text, and what was said."""
    mine = [entry for entry in caught.traceback if "tests/drills/queue_" in str(entry.path)]
    said = str(caught.value).split("\n")[0][:120] or str(mine[-1].statement).strip()
    return f"{mine[-1].name}: {said}" if mine else said
