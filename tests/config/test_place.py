"""Where the servers' things go, who may reach them, and what is refused before anything starts."""

import os
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from config import place
from config.place import Account, CannotStart, check_reach, hold_lock, open_folder, open_place, service_account
from tests.support.servers import ROOT

NOBODY = Account(name="nobody", uid=65534, gid=65534)


@pytest.fixture
def owner() -> Account:
    """A user who may enter whatever pytest made for us, and is stopped by a folder without x."""
    return Account(name="nobody", uid=os.geteuid(), gid=os.getegid())


def test_a_new_data_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "data")

    mode = stat.S_IMODE(folder.stat().st_mode)
    assert mode & 0o066 == 0
    assert stat.S_IMODE((folder / "logs").stat().st_mode) == 0o700


def test_nothing_above_the_data_folder_changes_its_permissions() -> None:
    checkout = ROOT / ".data" / f"test-checkout-{os.getpid()}"
    checkout.mkdir(mode=0o755)
    parents = [checkout, *checkout.parents]
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in parents]
    try:
        open_place(checkout / ".data", ())

        assert [(path, path.stat().st_mode, path.stat().st_uid) for path in parents] == before
    finally:
        shutil.rmtree(checkout)


def test_a_full_disk_is_refused_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12, place.NEEDED_FREE_BYTES - 1))

    with pytest.raises(CannotStart, match=r"disk is full.*MODEL_MENUS_DATA"):
        open_folder(tmp_path / "data")


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CannotStart, match="cannot be made"):
        open_folder(tmp_path / "file" / "data")


def test_a_closed_parent_is_named_with_the_way_out(tmp_path: Path, owner: Account) -> None:
    closed = tmp_path / "closed"
    (closed / "checkout").mkdir(parents=True)
    closed.chmod(0o600)

    with pytest.raises(CannotStart, match=r"closed is closed to the user nobody.*DATABASE_URL") as refused:
        check_reach(closed / "checkout" / "data", owner)
    assert str(closed) in str(refused.value)


def test_a_closed_folder_behind_a_link_is_named_too(tmp_path: Path, owner: Account) -> None:
    closed = tmp_path / "closed"
    (closed / "env").mkdir(parents=True)
    closed.chmod(0o600)
    (tmp_path / "link").symlink_to(closed / "env")

    with pytest.raises(CannotStart, match="closed"):
        check_reach(tmp_path / "link" / "postgres", owner)


def test_an_open_way_is_no_hindrance(tmp_path: Path) -> None:
    check_reach(Path("/usr/bin/env"), NOBODY)


def test_root_picks_an_unprivileged_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    account = service_account(tmp_path)

    assert account is not None
    assert account.uid != 0
    assert account.name in place.SERVICE_ACCOUNTS


def test_a_normal_user_runs_the_servers_himself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert service_account(tmp_path) is None


def test_somebody_elses_cluster_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / "postgres").stat().st_uid + 1)

    with pytest.raises(CannotStart, match="belongs to another user"):
        service_account(tmp_path)


def test_a_long_path_gets_its_sockets_elsewhere_and_private(tmp_path: Path) -> None:
    data = tmp_path / ("d" * 90)
    data.mkdir()

    folder = place.socket_folder(data, "servers")

    assert len(str(folder)) + len(place.LONGEST_SOCKET_NAME) <= place.LONGEST_SOCKET_PATH
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert place.socket_folder(data, "servers") == folder
    folder.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "servers-sockets").mkdir()
    (tmp_path / "servers-sockets").chmod(0o755)

    with pytest.raises(CannotStart, match="not a private folder"):
        place.socket_folder(tmp_path, "servers")


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "servers-sockets").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CannotStart, match="not a private folder"):
        place.socket_folder(tmp_path, "servers")


def test_only_one_run_works_in_a_data_folder(tmp_path: Path) -> None:
    with (
        hold_lock(tmp_path),
        pytest.raises(CannotStart, match=f"process {os.getpid()} works with"),
        hold_lock(tmp_path),
    ):
        pass


def test_the_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from config.place import hold_lock\n"
        "with hold_lock(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)

    assert killed.returncode == -9
    with hold_lock(tmp_path):
        pass
