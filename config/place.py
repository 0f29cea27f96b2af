"""Where an embedded stack keeps its things, and whether it may.

Everything lives inside one data folder (`.data/`). No permission is changed outside it: what a service cannot
reach is named, with the way out, and nothing is started.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

NEEDED_FREE_BYTES = 300 * 1024 * 1024
# The kernel's limit for the path of a unix socket is 108 bytes with the closing zero.
LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
SERVICE_ACCOUNTS = ("postgres", "nobody")


class CannotStart(RuntimeError):
    """Nothing was started; the message says why and what can be done."""


@dataclass(frozen=True)
class Account:
    """The unprivileged system user the database servers run as when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """A checked data folder, the folder of its sockets, and who the servers run as (None: ourselves)."""

    data: Path
    sockets: Path
    account: Account | None

    def log(self, name: str) -> Path:
        """Where the program of this name says what it has to say."""
        return self.data / "logs" / f"{name}.log"

    def hand_over(self, path: Path) -> None:
        """Give a file or folder inside the data folder to the servers' user."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def open_folder(data: Path) -> Path:
    """Make the data folder, or raise CannotStart where it cannot be written or the disk is full."""
    data = data.absolute()
    _make_data_folder(data)
    _check_space(data)
    (data / "logs").mkdir(mode=0o700, exist_ok=True)
    return data


def open_place(data: Path, programs: Iterable[Path]) -> Place:
    """Make the data folder ready for servers that run `programs`.

    Raises CannotStart where it cannot be written, the disk is full, or the servers' user cannot reach it.
    """
    data = open_folder(data)
    account = service_account(data)
    for path in (data, *programs):
        check_reach(path, account)
    return Place(data=data, sockets=socket_folder(data, "servers", account), account=account)


def service_account(data: Path) -> Account | None:
    """Who the servers run as: ourselves; for root the owner of the cluster, else an unprivileged user."""
    owner = _owner_of(data / "postgres")
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise CannotStart(
                f"{data / 'postgres'} belongs to another user: run as that user (or root), or move it away."
            )
        return None
    if owner:
        return _account(pwd.getpwuid(owner))
    for name in SERVICE_ACCOUNTS:
        with contextlib.suppress(KeyError):
            return _account(pwd.getpwnam(name))
    raise CannotStart(
        f"PostgreSQL does not run as root, and this machine has no user {' or '.join(SERVICE_ACCOUNTS)}: "
        "run as a normal user, or set DATABASE_URL and REDIS_URL."
    )


def check_reach(path: Path, account: Account | None) -> None:
    """Raise CannotStart, naming the first closed folder, where the servers' user cannot get to `path`."""
    if account is None:
        return
    for candidate in (path.absolute(), path.resolve()):
        for folder in reversed(candidate.parents):
            if not _may_enter(folder.stat(), account):
                raise CannotStart(
                    f"The folder {folder} is closed to the user {account.name}, as whom PostgreSQL runs when "
                    "you are root. Move the checkout to an open folder (/srv or /opt, say), run as a normal "
                    "user, or set DATABASE_URL and REDIS_URL to servers of your own."
                )


def socket_folder(data: Path, name: str, account: Account | None = None) -> Path:
    """A private folder for unix sockets; elsewhere where the data folder's path is too long for the kernel."""
    folder = data / f"{name}-sockets"
    if len(os.fsencode(folder)) + len(LONGEST_SOCKET_NAME) > LONGEST_SOCKET_PATH:
        digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"model-menus-{name}-{os.geteuid()}-{digest}"
        check_reach(folder, account)
    uid = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        _check_private(folder, uid)
    return folder


@contextlib.contextmanager
def hold_lock(data: Path) -> Iterator[None]:
    """Be the only one that runs a stack in this data folder; the lock ends with its process."""
    _make_data_folder(data.absolute())
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, 20, 0).decode() or "unknown"
        os.close(handle)
        raise CannotStart(f"Already running here: process {holder} works with {data}.") from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    try:
        yield
    finally:
        os.close(handle)


def _make_data_folder(data: Path) -> None:
    # Root's servers run as somebody else, who must pass through but not look around.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        for folder in (data.parent, data) if data.parent.name == ".data" else (data,):
            folder.mkdir(parents=True, exist_ok=True)
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(mode)
    except OSError as error:
        raise CannotStart(
            f"{data} cannot be made: {error.strerror}. Set MODEL_MENUS_DATA to a folder you own."
        ) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise CannotStart(f"{data} cannot be written. Set MODEL_MENUS_DATA to a folder you own.")


def _check_space(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < NEEDED_FREE_BYTES:
        raise CannotStart(
            f"The disk is full: {free // 1024**2} MB free under {data}, {NEEDED_FREE_BYTES // 1024**2} MB "
            "needed. Free some space, or set MODEL_MENUS_DATA to a folder on another disk."
        )


def _check_private(folder: Path, uid: int) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise CannotStart(f"{folder} is not a private folder of ours: remove it.")


def _may_enter(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _owner_of(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except FileNotFoundError:
        return None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
