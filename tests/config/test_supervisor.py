"""What dies is started again, what must stop stops, and nothing is left over."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.servers import ROOT

SLEEPER = {"command": ["sleep", "1000"]}
# Ignores every polite request, and has a child that does so too.
STUBBORN = {"command": ["bash", "-c", "trap '' TERM INT HUP; (trap '' TERM INT HUP; sleep 1000) & wait; sleep 1000"]}
PARENT = {"command": ["bash", "-c", "sleep 1000 & sleep 1000 & wait"]}


class Supervised:
    """A running supervisor, and what it says."""

    def __init__(self, orders: dict[str, dict[str, object]]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.supervised", json.dumps(orders)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def pids(self) -> dict[str, int]:
        """The services' process numbers, told whenever they change."""
        for line in self.lines():
            if line.startswith("pids "):
                found: dict[str, int] = json.loads(line[5:])
                return found
        raise AssertionError("the supervisor ended")

    def lines(self) -> Iterator[str]:
        """What it says, as it says it."""
        assert self.process.stdout is not None
        yield from iter(self.process.stdout.readline, "")


Start = Callable[..., Supervised]


@pytest.fixture
def supervise() -> Iterator[Start]:
    started: list[Supervised] = []

    def start(**orders: dict[str, object]) -> Supervised:
        started.append(Supervised(orders))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def alive(pid: int) -> bool:
    """Whether a process runs; a dead one that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(*pids: int, seconds: float = 10) -> bool:
    """Waits for processes to end."""
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for_children(pid: int, count: int) -> list[int]:
    deadline = time.monotonic() + 10
    while len(found := children_of(pid)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_what_dies_is_back_within_two_seconds(supervise: Start, number: signal.Signals) -> None:
    supervised = supervise(one=SLEEPER, other=SLEEPER)
    before = supervised.pids()

    os.kill(before["one"], number)
    killed_at = time.monotonic()
    after = supervised.pids()

    assert time.monotonic() - killed_at < 2
    assert after["one"] != before["one"]
    assert after["other"] == before["other"]


def test_an_orderly_end_is_no_reason_to_stay_away(supervise: Start) -> None:
    supervised = supervise(worker={"command": ["true"]})

    told = [line for line, _ in zip(supervised.lines(), range(4), strict=False)]

    assert sum("worker ended (exit code 0)" in line for line in told) >= 1
    assert supervised.process.poll() is None


def test_one_that_dies_again_and_again_is_still_started_within_two_seconds(supervise: Start) -> None:
    supervised = supervise(worker={"command": ["false"]})
    times = []
    for line in supervised.lines():
        if "ended" in line:
            times.append(time.monotonic())
        if len(times) == 7:
            break

    assert max(after - before for before, after in pairwise(times)) < 2


def test_what_a_killed_program_left_behind_ends_too(supervise: Start) -> None:
    supervised = supervise(parent=PARENT)
    pid = supervised.pids()["parent"]
    orphans = wait_for_children(pid, 2)

    os.kill(pid, signal.SIGKILL)
    supervised.pids()

    assert gone(*orphans)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_asked_to_stop_ends_everything(supervise: Start, number: signal.Signals) -> None:
    supervised = supervise(one=SLEEPER, parent=PARENT)
    pids = supervised.pids()
    below = wait_for_children(pids["parent"], 2)

    supervised.process.send_signal(number)

    assert supervised.process.wait(10) == 0
    assert gone(*pids.values(), *below)


def test_one_that_will_not_stop_is_killed_after_its_grace(supervise: Start) -> None:
    supervised = supervise(stubborn=STUBBORN | {"grace": 0.3})
    pid = supervised.pids()["stubborn"]
    below = wait_for_children(pid, 1)

    supervised.process.send_signal(signal.SIGTERM)

    assert supervised.process.wait(10) == 0
    assert gone(pid, *below)


def test_a_second_request_to_stop_does_not_wait_for_the_grace(supervise: Start) -> None:
    supervised = supervise(stubborn=STUBBORN | {"grace": 60})
    pid = supervised.pids()["stubborn"]
    wait_for_children(pid, 1)

    supervised.process.send_signal(signal.SIGINT)
    assert "stopping\n" in supervised.lines(), "the first request must have been taken before the second counts as one"
    supervised.process.send_signal(signal.SIGINT)

    assert supervised.process.wait(10) == 0
    assert gone(pid)


def test_higher_waves_end_before_lower_ones(supervise: Start, tmp_path: Path) -> None:
    note = tmp_path / "order"
    script = "trap 'echo {} >> {}; exit 0' TERM; while :; do sleep 0.05; done"
    supervised = supervise(
        database={"command": ["bash", "-c", script.format("database", note)], "wave": 0},
        door={"command": ["bash", "-c", script.format("door", note)], "wave": 2},
        web={"command": ["bash", "-c", script.format("web", note)], "wave": 1},
    )
    pids = supervised.pids()
    for pid in pids.values():
        wait_for_children(pid, 1)

    supervised.process.send_signal(signal.SIGTERM)
    supervised.process.wait(10)

    assert note.read_text().split() == ["door", "web", "database"]


def test_nothing_outlives_a_killed_supervisor(supervise: Start) -> None:
    supervised = supervise(one=SLEEPER, other=SLEEPER)
    pids = supervised.pids()

    supervised.process.kill()

    assert gone(*pids.values())
