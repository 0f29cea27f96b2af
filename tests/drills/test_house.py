"""The whole product while parts of it die or are away: short forms here and now, long ones in `make drill`."""

from __future__ import annotations

import pytest

from tests.drills.overdue import KINDS
from tests.drills.running import broken, run_drill

pytestmark = [pytest.mark.threads, pytest.mark.slow]


def test_three_deaths_of_everything_lose_and_double_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("process_kills", "--rounds", 3, capsys=capsys, seconds=400)

    # Beside other tests the programs start slowly: the long form, alone on its machine, minds the thirty seconds.
    assert broken(figures) in ({}, {"LATE": 1})
    assert figures["latest_deadline_seconds"] < 120
    assert figures["kills"] == {"worker": 3, "sweeper": 3, "web": 3, "sockets": 3, "tree": 3}
    assert set(figures["deadlines"]) == KINDS


@pytest.mark.drill
def test_twenty_five_deaths_of_everything_lose_and_double_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("process_kills", "--rounds", 25, capsys=capsys, seconds=3000)

    assert broken(figures) == {}
    assert figures["kills"] == {"worker": 25, "sweeper": 25, "web": 25, "sockets": 25, "tree": 25}
    assert set(figures["deadlines"]) == KINDS


def test_money_goes_on_without_valkey_and_the_sockets_come_back(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("valkey_stopped", "--rounds", 1, capsys=capsys, seconds=300)

    assert broken(figures) == {}


@pytest.mark.drill
def test_money_goes_on_however_often_valkey_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("valkey_stopped", "--rounds", 10, "--away", 12, capsys=capsys, seconds=1500)

    assert broken(figures) == {}


@pytest.mark.drill
def test_performances_go_on_without_the_loyalty_service(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("loyalty_down", "--performances", 300, capsys=capsys, seconds=1500)

    assert broken(figures) == {}


@pytest.mark.drill
def test_each_deadline_falls_in_its_time_by_a_clock_that_jumps_two_hours(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("clock_steps", "--hours", 2, capsys=capsys, seconds=900)

    assert broken(figures) == {}
    assert set(figures["deadlines"]) == KINDS - {"maximum"}
    assert figures["resumed"] >= 3


@pytest.mark.drill
def test_ten_minutes_of_steady_work_leave_nothing_behind(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("soak", "--seconds", 600, capsys=capsys, seconds=1200)

    assert broken(figures) == {}
    assert figures["acknowledged"] > 3000
    assert figures["pages"] > 1000
