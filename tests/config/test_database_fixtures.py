"""The fixtures every other test stands on."""

import threading

import pytest
from django.db import connection, connections

from tests.support.database import server_of
from tests.support.threads import connections_for


def _one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        assert row is not None
        return row[0]


@pytest.mark.django_db
def test_tests_run_as_the_applications_role_on_a_test_database() -> None:
    assert _one("SELECT current_user") == connection.settings_dict["USER"]
    assert str(_one("SELECT current_database()")).startswith("test_")


def test_threads_work_on_the_clone(database_clone: str) -> None:
    seen: list[object] = []

    def look() -> None:
        seen.append(_one("SELECT current_database()"))
        connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [database_clone] * 3
    assert _one("SELECT current_database()") == database_clone


@pytest.mark.django_db
def test_after_a_clone_the_shared_database_is_back() -> None:
    assert "clone" not in str(_one("SELECT current_database()"))


@pytest.mark.django_db
def test_a_transaction_of_a_whole_test_may_take_its_time() -> None:
    assert _one("SELECT current_setting('transaction_timeout', true)") in ("2min", None)


def test_a_clone_has_the_limits_of_the_product(database_clone: str) -> None:
    assert _one("SELECT current_setting('transaction_timeout', true)") in ("10s", None)
    assert _one("SELECT current_setting('lock_timeout')") == "2s"


def test_many_have_patience_with_each_other(database_clone: str) -> None:
    with connections_for(4):
        assert _one("SELECT current_setting('lock_timeout')") == "20s"
    assert _one("SELECT current_setting('lock_timeout')") == "2s"


def test_a_server_is_known_by_where_it_listens_not_by_who_asks() -> None:
    ours, theirs = "postgres://app:a@/menus?host=/a", "postgres://superuser:b@/menus?host=/b"
    assert server_of(ours) == server_of(ours.replace("app:a", "owner:c")) != server_of(theirs)
    assert server_of("postgres://app@db:5432/menus") != server_of("postgres://app@db:5433/menus") != server_of("")
