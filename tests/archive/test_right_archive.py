"""An archive is marked only where it is this month's and whole; one run at a time; and which months are due."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from archive import manifest, services
from archive.exceptions import ArchiveDamaged, CannotRestore
from archive.models import ArchivedMonth
from archive.months import Month
from archive.parts import LEDGER_PARTS, PARTS
from archive.queries import FIRST, due_months
from archive.restore import restore
from tests.archive.support import export, quiet
from tests.support.threads import refusals, together


def test_another_months_files_are_not_this_months(month: Month, tmp_path: Path) -> None:
    export(month)
    shutil.copytree(tmp_path / str(month), tmp_path / str(month.plus(-1)))
    with pytest.raises(ArchiveDamaged) as refused:
        export(month.plus(-1))
    assert refused.value.details["findings"] == [f"manifest.json: month is {month}, not {month.plus(-1)}"]
    assert ArchivedMonth.objects.count() == 1


@pytest.mark.parametrize("marked", [True, False])
def test_a_month_of_another_zone_is_another_month(
    month: Month, tmp_path: Path, settings: Settings, marked: bool
) -> None:
    services._export(month, tmp_path / str(month), quiet)
    if marked:
        export(month)
    settings.BUSINESS_TIME_ZONE = "Asia/Tokyo"
    with pytest.raises(ArchiveDamaged, match=r"zone is .*, not Asia/Tokyo"):
        export(month)
    assert ArchivedMonth.objects.count() == int(marked)


def test_an_archive_that_lacks_a_part_is_not_marked(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before_queues:
        before_queues.setattr(services, "PARTS", LEDGER_PARTS)
        services._export(month, tmp_path / str(month), quiet)
    with pytest.raises(ArchiveDamaged, match=r"queue_items\.ndjson\.gz: not in manifest\.json"):
        export(month)
    assert not ArchivedMonth.objects.exists()


def test_what_was_marked_before_there_was_such_a_part_keeps_its_mark(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before_queues:
        before_queues.setattr(services, "PARTS", LEDGER_PARTS)
        first = export(month)
    assert export(month).pk == first.pk


def test_nobody_else_archives_before_the_folder_has_its_name(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: list[list[str]] = []

    def meet_another(path: Path) -> None:
        if path == tmp_path and not outcomes:
            outcomes.append(refusals(together([partial(export, month.plus(-1))])))

    monkeypatch.setattr(services, "_to_disk", meet_another)
    export(month)
    assert outcomes == [["ARCHIVE_BUSY"]]
    assert export(month.plus(-1)).edition == 1


def test_who_comes_second_takes_what_the_first_has_written(month: Month, tmp_path: Path) -> None:
    for _ in range(2):  # both saw no folder before they asked for the lock
        services._export(month, tmp_path / str(month), quiet)
    assert [path.name for path in tmp_path.iterdir()] == [str(month)]


def test_a_run_that_died_before_the_mark_is_checked_and_marked(month: Month, tmp_path: Path) -> None:
    heard: list[str] = []
    services._export(month, tmp_path / str(month), lambda part, _done, _total: heard.append(part))
    assert not ArchivedMonth.objects.exists()
    assert set(heard) == {"accounts", "transfers", "holds", "queue_items", "queue_events"}
    assert export(month).tokens > 0


def test_what_is_due_is_what_is_older_than_eighteen_months(month: Month) -> None:
    assert due_months() == [month.plus(-1), month]
    export(month.plus(-1))
    assert due_months() == [month]


@pytest.mark.django_db
def test_where_nothing_moved_nothing_is_due() -> None:
    assert due_months() == []


@pytest.mark.django_db
def test_the_first_month_is_found_by_the_primary_key() -> None:
    with connection.cursor() as cursor:
        # Of a handful of rows it would rather read all and sort them.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {FIRST}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "wallet_transfer_pkey" in plan
    assert "Sort" not in plan


def test_a_part_that_nobody_knows_is_not_left_out(folder: Path, staging: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.restore.PARTS", [part for part in PARTS if part.name != "queue_items"])
    with pytest.raises(CannotRestore, match="parts queue_items"):
        restore(folder, staging, quiet)
    with psycopg.connect(staging) as found:
        assert found.execute("SELECT count(*) FROM wallet_transfer").fetchone() == (0,)


def test_without_accounts_there_is_nothing_to_compare(folder: Path, staging: str) -> None:
    facts = manifest.read(folder).facts
    (folder / facts["parts"].pop("accounts")["file"]).unlink()
    manifest.write(folder, facts)
    with pytest.raises(CannotRestore, match="no accounts"):
        restore(folder, staging, quiet)
