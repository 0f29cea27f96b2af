"""PostgreSQL and Valkey from their wheels, started for real."""

import os
import shutil
import signal
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from config import children, embedded, keys, roles
from config.place import CannotStart, Place
from config.supervisor import spawn
from tests.support.servers import ROOT


@pytest.fixture(scope="module")
def data(worker_id: str) -> Iterator[Path]:
    """A data folder in the checkout: the servers' user can reach it where he can reach the servers."""
    folder = ROOT / ".data" / f"test-embedded-{worker_id}"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def servers(data: Path) -> Iterator[embedded.Servers]:
    """Both servers, furnished and running."""
    opened = embedded.open_servers(data, keys.load_or_make(_made(data)))
    with ExitStack() as stack:
        for service, (_name, server) in zip(opened.services(), opened.named(), strict=True):
            process = spawn(service)
            stack.callback(process.wait, embedded.READY_SECONDS)
            stack.callback(process.send_signal, signal.SIGINT)
            _until(server.answers)
        assert opened.postgres is not None
        opened.postgres.furnish()
        yield opened


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def _postgres(servers: embedded.Servers) -> embedded.Postgres:
    assert servers.postgres is not None
    return servers.postgres


def _valkey(servers: embedded.Servers) -> embedded.Valkey:
    assert servers.valkey is not None
    return servers.valkey


def _place(servers: embedded.Servers) -> Place:
    assert servers.place is not None
    return servers.place


def _setting(connection: psycopg.Connection[tuple[object, ...]], name: str) -> object:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return row[0]


def test_the_server_keeps_what_it_confirms(servers: embedded.Servers) -> None:
    with psycopg.connect(_postgres(servers).url("app")) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert _setting(connection, name) == "on"


def test_no_network_address_is_listened_on(servers: embedded.Servers) -> None:
    with psycopg.connect(_postgres(servers).url("superuser")) as connection:
        assert _setting(connection, "listen_addresses") == ""
    assert "port 0" in (_place(servers).data / "valkey" / "valkey.conf").read_text()


@pytest.mark.parametrize("role", ["superuser", "owner", "app", "auditor"])
def test_a_wrong_password_opens_nothing(servers: embedded.Servers, role: str) -> None:
    url = _postgres(servers).url(role).replace(f"{role}:", f"{role}:wrong")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_without_a_password_nobody_comes_in(servers: embedded.Servers) -> None:
    url = f"postgres://app@/{embedded.DATABASE}?host={_place(servers).sockets}"

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(url)


def test_valkey_asks_for_its_password(servers: embedded.Servers) -> None:
    client = redis.Redis(unix_socket_path=str(_valkey(servers).socket))

    with pytest.raises(redis.AuthenticationError):
        client.ping()


def test_the_applications_role_is_limited_in_time(servers: embedded.Servers) -> None:
    with psycopg.connect(_postgres(servers).url("app")) as connection:
        assert _setting(connection, "statement_timeout") == "5s"
        assert _setting(connection, "lock_timeout") == "2s"
        assert _setting(connection, "idle_in_transaction_session_timeout") == "10s"
        if connection.info.server_version >= roles.FIRST_WITH_TRANSACTION_TIMEOUT:
            assert _setting(connection, "transaction_timeout") == "10s"


def test_no_role_of_ours_is_more_than_it_must_be(servers: embedded.Servers) -> None:
    with psycopg.connect(_postgres(servers).url("auditor")) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname IN ('owner', 'app', 'auditor') ORDER BY rolname"
        ).fetchall()

    assert rows == [
        ("app", False, False, False, False),
        ("auditor", False, False, False, False),
        ("owner", False, True, False, False),
    ]


def test_the_applications_role_makes_no_tables(servers: embedded.Servers) -> None:
    with (
        psycopg.connect(_postgres(servers).url("app")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")


def test_furnishing_again_changes_nothing_and_mends_what_was_changed(servers: embedded.Servers) -> None:
    with psycopg.connect(_postgres(servers).url("superuser"), autocommit=True) as connection:
        connection.execute("ALTER ROLE app CREATEDB")
        connection.execute("ALTER ROLE app SET statement_timeout = '1h'")

    _postgres(servers).furnish()

    with psycopg.connect(_postgres(servers).url("app")) as connection:
        assert _setting(connection, "statement_timeout") == "5s"
        row = connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'app'").fetchone()
    assert row == (False,)


def test_files_with_secrets_are_for_the_servers_user_only(servers: embedded.Servers) -> None:
    for path in (_place(servers).data / "postgres", _place(servers).data / "valkey", _place(servers).sockets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in (_place(servers).data / "valkey" / "valkey.conf", _place(servers).data / "secrets.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_servers_do_not_run_as_root(servers: embedded.Servers) -> None:
    for name in ("postgresql", "valkey"):
        pids = [pid for pid in children.children_of(os.getpid()) if _runs(pid, _place(servers).data)]
        assert pids, name
        assert all(Path(f"/proc/{pid}").stat().st_uid != 0 for pid in pids)


def _runs(pid: int, data: Path) -> bool:
    return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes() or Path(f"/proc/{pid}/cwd").resolve() in (
        data,
        data / "postgres",
        data / "valkey",
    )


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_forget_is_refused(servers: embedded.Servers, setting: str) -> None:
    with psycopg.connect(_postgres(servers).url("superuser"), autocommit=True) as connection:
        if setting != "synchronous_commit":
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            _until(lambda: _setting(connection, setting) == "off")
        else:
            connection.execute("SET synchronous_commit = off")
        try:
            with pytest.raises(CannotStart, match=f"{setting} = off"):
                roles.check_durable(connection)
        finally:
            connection.execute("ALTER SYSTEM RESET ALL")
            connection.execute("SELECT pg_reload_conf()")
            _until(lambda: _setting(connection, "fsync") == _setting(connection, "full_page_writes") == "on")


def test_after_kill_9_it_comes_back_with_its_data(
    data: Path, servers: embedded.Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = data.with_name(f"{data.name}-killed")
    opened = embedded.open_servers(folder, keys.load_or_make(_made(folder)), valkey=False)
    postgres = _postgres(opened)
    try:
        first = spawn(opened.services()[0])
        _until(postgres.answers)
        postgres.furnish()
        with psycopg.connect(postgres.url("owner"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        first.send_signal(signal.SIGKILL)
        first.wait()

        again = embedded.open_servers(folder, keys.load_or_make(folder), valkey=False)
        second = spawn(again.services()[0])
        _until(postgres.answers)
        with psycopg.connect(postgres.url("owner")) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        second.send_signal(signal.SIGINT)
        assert second.wait(30) == 0
    finally:
        shutil.rmtree(folder)


def test_a_stale_pid_file_with_a_strangers_number_is_no_hindrance(servers: embedded.Servers, data: Path) -> None:
    postgres = _postgres(servers)
    pid_file = postgres.folder / "postmaster.pid"
    true_text = pid_file.read_text()
    pid_file.write_text(f"{os.getpid()}\n{postgres.folder}\n")
    try:
        assert postgres._running_pid() is None
    finally:
        pid_file.write_text(true_text)
    assert postgres._running_pid() == int(true_text.split("\n", 1)[0])


def test_data_of_another_major_version_is_refused(servers: embedded.Servers) -> None:
    version = _postgres(servers).folder / "PG_VERSION"
    true_text = version.read_text()
    version.write_text("12\n")
    try:
        with pytest.raises(CannotStart, match=r"made by PostgreSQL 12.*pg_dump"):
            _postgres(servers)._check_version()
    finally:
        version.write_text(true_text)


def test_half_a_cluster_from_an_interrupted_start_is_made_anew(data: Path) -> None:
    folder = data.with_name(f"{data.name}-half")
    (_made(folder) / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    try:
        opened = embedded.open_servers(folder, keys.load_or_make(folder), valkey=False)

        assert (_postgres(opened).folder / "global" / "pg_control").exists()
        assert not (folder / "postgres.new").exists()
        assert not (folder / "initial-password").exists()
    finally:
        shutil.rmtree(folder)


def test_nothing_outside_the_data_folder_changes_its_permissions(servers: embedded.Servers, data: Path) -> None:
    parents = [folder for folder in data.parents if folder.name != ".data"]
    before = [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in parents]

    embedded.open_servers(data, keys.load_or_make(data), postgres=False)

    assert [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in parents] == before


def test_where_the_environment_names_both_servers_none_is_prepared(tmp_path: Path) -> None:
    opened = embedded.open_servers(tmp_path / "data", {}, postgres=False, valkey=False)

    assert opened.services() == []
    assert opened.environment() == {}
    assert not (tmp_path / "data").exists()
