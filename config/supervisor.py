"""Keeps programs alive: what dies is started again, what we are told to stop ends, and nothing is left over."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config import children
from config.place import Account

# A program that died young is not started again at once, but always well within two seconds.
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0
YOUNG_SECONDS = 5.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Service:
    """A program to run: how it is started, told to end, and in which wave it ends (the highest first)."""

    name: str
    command: tuple[str | Path, ...]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    # What it gets when the supervisor itself was killed: then there is no order of waves, and nobody to insist.
    death_signal: int = signal.SIGTERM
    wave: int = 0
    grace_seconds: float = 10.0
    restart: bool = True
    leftovers: tuple[Path, ...] = field(default=())


@dataclass
class Running:
    """A service that lives, or waits for its next life."""

    service: Service
    process: "subprocess.Popen[bytes]"
    started_at: float
    early_deaths: int = 0
    start_again_at: float | None = None

    @property
    def alive(self) -> bool:
        return self.process.returncode is None


class Supervisor:
    """Starts services and looks after them until it is asked to stop.

    Single-threaded: it sleeps until a signal arrives (a child's death is one) or something is due.
    """

    def __init__(self, say: Say) -> None:
        self.say = say
        self.asked_to_stop = False
        self._impatient = False
        self._services: dict[str, Running] = {}
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @contextlib.contextmanager
    def on_duty(self) -> Iterator[None]:
        """Take over the process's signals and its orphans; whatever happens inside, nothing is left running."""
        children.adopt_orphans()
        handlers = {number: signal.signal(number, self._on_stop) for number in STOP_SIGNALS}
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        try:
            yield
        finally:
            self.stop()
            signal.set_wakeup_fd(-1)
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def start(self, service: Service) -> Running:
        """Start a service and keep it alive from now on."""
        running = Running(service, spawn(service), time.monotonic())
        self._services[service.name] = running
        return running

    def run_to_end(self, services: Sequence[Service]) -> dict[str, int]:
        """Run programs that end by themselves, side by side; their exit codes, without those that we stopped."""
        started = [self.start(service) for service in services]
        self.watch(until=lambda: not any(running.alive for running in started))
        codes = {}
        for running in started:
            if running.process.returncode is not None:
                codes[running.service.name] = running.process.returncode
                del self._services[running.service.name]
        return codes

    def watch(self, until: Callable[[], bool] | None = None, timeout_seconds: float | None = None) -> bool:
        """Keep everything alive until `until` holds (True), the time is over or we are asked to stop (False)."""
        deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        while not self.asked_to_stop:
            self._reap()
            self._start_again()
            if until is not None and until():
                return True
            if deadline is not None and time.monotonic() > deadline:
                return False
            self._sleep(0.05 if until is not None else 5.0)
        return False

    def process_ids(self) -> dict[str, int]:
        """The living services and their process numbers."""
        return {name: running.process.pid for name, running in self._services.items() if running.alive}

    def stop(self) -> None:
        """End all services, wave by wave, and then every process below us; a second signal makes it quick."""
        for wave in sorted({running.service.wave for running in self._services.values()}, reverse=True):
            self._stop_wave([running for running in self._services.values() if running.service.wave == wave])
        self._services.clear()
        while rest := children.descendants(os.getpid()):
            for pid in rest:
                children.send(pid, signal.SIGKILL)
            self._reap()
            self._sleep(0.05)

    def _stop_wave(self, wave: list[Running]) -> None:
        for running in wave:
            running.start_again_at = None
            if running.alive:
                children.send(running.process.pid, running.service.stop_signal)
        deadline = time.monotonic() + max(running.service.grace_seconds for running in wave)
        while any(running.alive for running in wave):
            if self._impatient or time.monotonic() > deadline:
                for running in wave:
                    if running.alive:
                        children.send(running.process.pid, signal.SIGKILL)
            self._reap(stopping=True)
            self._sleep(0.05)

    def _reap(self, *, stopping: bool = False) -> None:
        by_pid = {running.process.pid: running for running in self._services.values() if running.alive}
        for pid, status in _ended_children():
            running = by_pid.get(pid)
            if running is None:
                continue
            running.process.returncode = os.waitstatus_to_exitcode(status)
            if not stopping and running.service.restart:
                self._plan_restart(running)

    def _plan_restart(self, running: Running) -> None:
        now = time.monotonic()
        young = now - running.started_at < YOUNG_SECONDS
        running.early_deaths = running.early_deaths + 1 if young else 0
        pause = min(FIRST_PAUSE_SECONDS * 2**running.early_deaths, LONGEST_PAUSE_SECONDS) if young else 0.0
        running.start_again_at = now + pause
        code = running.process.returncode
        self.say(f"{running.service.name} ended ({_in_words(code)}), starting it again; see {running.service.log}")

    def _start_again(self) -> None:
        for running in self._services.values():
            if running.start_again_at is None or running.start_again_at > time.monotonic():
                continue
            self._end_orphans()
            running.start_again_at = None
            running.started_at = time.monotonic()
            running.process = spawn(running.service)

    def _end_orphans(self) -> None:
        """What a dead program left behind is ours now: its workers would go on with nobody to lead them."""
        known = {running.process.pid for running in self._services.values() if running.alive}
        while orphans := [pid for pid in children.children_of(os.getpid()) if pid not in known]:
            for pid in orphans:
                children.send(pid, signal.SIGKILL)
            self._reap()
            self._sleep(0.01)

    def _sleep(self, seconds: float) -> None:
        due = [running.start_again_at for running in self._services.values() if running.start_again_at is not None]
        if due:
            seconds = max(0.0, min(seconds, min(due) - time.monotonic()))
        ready, _, _ = select.select([self._wake_read], [], [], seconds)
        if ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 4096)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._impatient = self.asked_to_stop
        self.asked_to_stop = True


def spawn(service: Service) -> "subprocess.Popen[bytes]":
    """Start a service's program once, with nobody looking after it."""
    for path in service.leftovers:
        path.unlink(missing_ok=True)
    return children.spawn(
        service.command,
        env=service.env,
        log=service.log,
        account=service.account,
        cwd=service.cwd,
        death_signal=service.death_signal,
    )


def _ended_children() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            yield pid, status


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
