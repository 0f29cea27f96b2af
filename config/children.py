"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config.place import Account

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: a child between fork and exec must not load libraries.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    account: Account | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`.

    It gets `death_signal` when we die, however we die.
    """
    output = _open_log(log) if log else None
    try:
        return subprocess.Popen(  # noqa: S603 - the programs are ours, no shell reads the words
            [os.fspath(part) for part in command],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            cwd=cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal),
        )
    finally:
        if output is not None:
            os.close(output)


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    account: Account | None = None,
    cwd: Path | None = None,
    timeout_seconds: float = 300,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it said, both streams as one text."""
    return subprocess.run(  # noqa: S603 - the programs are ours, no shell reads the words
        [os.fspath(part) for part in command],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=cwd,
        timeout=timeout_seconds,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_die_with_parent(signal.SIGKILL),
    )


def adopt_orphans() -> None:
    """Become the parent of our children's orphans, so that they can be ended too."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent() -> None:
    """Be told to stop when the process that started us ends."""
    _die_with_parent(signal.SIGTERM, os.getppid())()


def descendants(pid: int) -> list[int]:
    """Every living process below `pid`, parents first."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children_of(waiting.pop())
        found += below
        waiting += below
    return found


def send(pid: int, number: int) -> None:
    """Signal one process; that it has gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def children_of(pid: int) -> list[int]:
    """The living children of a process, zombies included."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _open_log(log: Path) -> int:
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _die_with_parent(number: int, parent: int | None = None) -> Callable[[], None]:
    expected = os.getpid() if parent is None else parent

    def prepare() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != expected:
            os._exit(1)

    return prepare
