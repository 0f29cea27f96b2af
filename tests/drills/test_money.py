"""The money under many clients and under a dying PostgreSQL: short forms here and now, long ones in `make drill`."""

from __future__ import annotations

import pytest

from tests.drills.running import broken, run_drill

pytestmark = [pytest.mark.threads, pytest.mark.slow]


def test_ten_thousand_operations_of_32_clients_break_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("hammer", "--operations", 10_000, capsys=capsys, seconds=200)

    assert broken(figures) == {}
    assert figures["operations"] > 8_000
    assert figures["refused"] > 500, "nobody asked for too much"


@pytest.mark.drill
def test_a_hundred_thousand_operations_of_32_clients_break_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("hammer", "--operations", 100_000, capsys=capsys, seconds=2000)

    assert broken(figures) == {}
    assert figures["operations"] > 80_000


def test_nothing_that_was_said_is_unsaid_when_postgresql_dies(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("postgres_kills", "--kills", 3, capsys=capsys, seconds=200)

    assert broken(figures) == {}
    assert figures["asked_again"] > 0, "no kill hit a request"


def test_the_books_show_it_when_something_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("postgres_kills", "--kills", 2, "--careless", capsys=capsys, seconds=200)

    assert figures["LOST"] > 0
    assert figures["BALANCES_WRONG"] > 0


@pytest.mark.drill
def test_twenty_deaths_of_postgresql_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("postgres_kills", "--kills", 20, capsys=capsys, seconds=1000)

    assert broken(figures) == {}
    assert figures["kills"] == 20


@pytest.mark.drill
def test_twenty_deaths_of_a_careless_postgresql_lose_a_lot(capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_drill("postgres_kills", "--kills", 20, "--careless", capsys=capsys, seconds=1000)

    assert figures["LOST"] > 20
