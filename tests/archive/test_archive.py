"""A closed month leaves the house signed, comes back whole, and one changed byte is found by its lines."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from archive import files, manifest
from archive.exceptions import ArchiveDamaged, ArchiveMissing, CannotRestore, MonthNotClosed
from archive.models import ArchivedMonth
from archive.months import Month
from archive.restore import restore
from audit.models import AuditEntry
from core.exceptions import ValidationFailed
from tests import factories
from tests.archive.support import export, flip, put_back, quiet, this_month
from tests.queue_app.support import bought, come, rich
from tests.support.database import Connection
from wallet.models import Transfer


def test_an_export_is_read_by_anybodys_tools(folder: Path) -> None:
    facts = json.loads((folder / "manifest.json").read_text())
    for name, part in facts["parts"].items():
        lines = subprocess.run(["zcat", folder / part["file"]], capture_output=True, check=True).stdout.splitlines()
        assert len(lines) == part["rows"] > 0, name
        assert all(isinstance(json.loads(line), dict) for line in lines)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_it_holds_the_month_and_nothing_else(folder: Path, month: Month) -> None:
    inside = Transfer.objects.filter(created_at__gte=month.begins, created_at__lt=month.plus(1).begins).count()
    assert manifest.read(folder).parts["transfers"].rows == inside
    assert 0 < inside < Transfer.objects.count()


def test_no_names_leave_the_house(folder: Path) -> None:
    everything = b"".join(
        b"".join(lines)
        for part in manifest.read(folder).parts.values()
        for _, lines in files.read_blocks(folder / part.file, part)
    )
    assert b"somebody-" not in everything
    assert b"Alias" not in everything


def test_the_month_is_marked_and_nothing_is_deleted(month: Month, tmp_path: Path) -> None:
    before = Transfer.objects.count()
    marked = export(month)
    assert marked.manifest_sha256 == manifest.read(tmp_path / str(month)).sha256
    assert Transfer.objects.count() == before
    assert AuditEntry.objects.filter(action="archive.month", target_id=str(month)).count() == 1


def test_again_is_nothing_more(month: Month, tmp_path: Path) -> None:
    first, before = export(month), (tmp_path / str(month) / "manifest.json").stat().st_mtime_ns
    assert export(month).pk == first.pk
    assert (tmp_path / str(month) / "manifest.json").stat().st_mtime_ns == before
    assert ArchivedMonth.objects.count() == 1


def test_a_lost_archive_is_not_called_archived(month: Month, tmp_path: Path) -> None:
    first = export(month)
    shutil.rmtree(tmp_path / str(month))
    with pytest.raises(ArchiveMissing, match=first.manifest_sha256) as refused:
        export(month)
    assert "--again" in refused.value.message
    assert not (tmp_path / str(month)).exists()


def test_exported_anew_it_is_another_edition_with_its_own_digest(month: Month, tmp_path: Path) -> None:
    first = export(month)
    shutil.rmtree(tmp_path / str(month))
    call_command("archive_month", str(month), "--again", stdout=io.StringIO())
    second = export(month)
    assert (second.edition, second.pk != first.pk) == (2, True)
    assert second.manifest_sha256 == manifest.verify(tmp_path / str(month)).sha256 != first.manifest_sha256
    told = AuditEntry.objects.filter(action="archive.month").order_by("id").values_list("after__manifest_sha256")
    assert [digest for (digest,) in told] == [first.manifest_sha256, second.manifest_sha256]


def test_another_archive_in_its_place_is_refused(month: Month, tmp_path: Path) -> None:
    export(month)
    facts = manifest.read(tmp_path / str(month)).facts
    manifest.write(tmp_path / str(month), {**facts, "made_at": "2026-01-01T00:00:00+00:00"})
    with pytest.raises(ArchiveDamaged, match="another manifest"):
        export(month)
    assert ArchivedMonth.objects.count() == 1


def test_what_a_dead_run_left_is_begun_anew(month: Month, tmp_path: Path) -> None:
    partial = tmp_path / f"{month}.partial"
    partial.mkdir()
    (partial / "transfers.ndjson.gz").write_bytes(b"half a block")
    export(month)
    assert not partial.exists()
    assert manifest.verify(tmp_path / str(month)).facts["month"] == str(month)


def test_a_month_that_is_not_over_stays(month: Month) -> None:
    for later in (this_month(), this_month().plus(1)):
        with pytest.raises(MonthNotClosed, match="not over"):
            export(later)


def test_a_month_with_something_open_stays(owner_connection: Connection, month: Month) -> None:
    bought(rich(factories.viewer()), come(factories.performer()))
    still = put_back(owner_connection, 2)
    with pytest.raises(MonthNotClosed, match="1 holds, 1 queue_items"):
        export(still)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-3", "26-03", "2026-03-01"])
def test_a_month_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValidationFailed):
        Month.of(text)


def test_one_changed_byte_is_found_by_file_and_lines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = manifest.read(folder).parts["transfers"]
    flip(folder / part.file, part.bytes // 2)
    with pytest.raises(ArchiveDamaged) as refused:
        manifest.verify(folder)
    assert str(refused.value.details["findings"]).startswith(
        f"['transfers.ndjson.gz, lines 1 to {part.rows}: changed, beginning with line "
    )


def test_of_a_line_rewritten_the_record_is_named(folder: Path) -> None:
    path = folder / "transfers.ndjson.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    row = json.loads(lines[2])
    lines[2] = (json.dumps({**row, "amount": row["amount"] + 1}) + "\n").encode()
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))
    with pytest.raises(ArchiveDamaged) as refused:
        manifest.verify(folder)
    assert refused.value.details["findings"] == [
        f"transfers.ndjson.gz, line 3 (record {row['id']}): changed",
        f"transfers.ndjson.gz, line {len(lines)}: missing",
    ]


def test_the_digests_of_the_lines_are_looked_at_too(folder: Path) -> None:
    flip(folder / "holds.ndjson.gz.lines", 5)
    (folder / "accounts.ndjson.gz.lines").unlink()
    with pytest.raises(ArchiveDamaged) as refused:
        manifest.verify(folder)
    found = refused.value.details["findings"]
    assert found == [f"{name}.ndjson.gz.lines: missing or changed" for name in ("accounts", "holds")]


def test_an_archive_without_digests_of_its_lines_is_named_by_blocks(folder: Path) -> None:
    facts = manifest.read(folder).facts
    for part in facts["parts"].values():
        (folder / f"{part['file']}.lines").unlink()
        del part["lines_sha256"]
    manifest.write(folder, {**facts, "format": 1})
    part = manifest.verify(folder).parts["transfers"]
    flip(folder / part.file, part.bytes // 2)
    with pytest.raises(ArchiveDamaged) as refused:
        manifest.verify(folder)
    assert refused.value.details["findings"] == [f"transfers.ndjson.gz, lines 1 to {part.rows}: changed"]


def test_of_many_blocks_the_changed_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson.gz"
    *_, written = files.write_lines(path, (json.dumps({"n": number}) for number in range(2500)), "n")
    assert (written.rows, written.tokens, len(written.blocks)) == (2500, sum(range(2500)), 3)
    assert files.damage(path, written) == []
    flip(path, written.blocks[1].offset + 20)
    (finding,) = files.damage(path, written)
    assert finding.startswith("x.ndjson.gz, lines 1001 to 2000: changed, beginning with line 1")


def test_whatever_is_changed_is_named(folder: Path) -> None:
    with (folder / "holds.ndjson.gz").open("ab") as holds:
        holds.write(b"x")
    (folder / "queue_items.ndjson.gz").unlink()
    with pytest.raises(ArchiveDamaged) as refused:
        manifest.verify(folder)
    rows = manifest.read(folder).parts["holds"].rows
    assert refused.value.details["findings"] == [
        f"holds.ndjson.gz: goes on after line {rows}",
        "queue_items.ndjson.gz: missing",
    ]
    text = (folder / "manifest.json").read_text()
    for changed, words in (
        (text.replace('"rows": ', '"rows": 1', 1), "not signed"),
        ("{}", "unreadable"),
        ("[]", "unreadable"),
        ("", "unreadable"),
    ):
        (folder / "manifest.json").write_text(changed)
        with pytest.raises(ArchiveDamaged, match=words):
            manifest.verify(folder)


def test_the_list_of_digests_is_looked_at_too(folder: Path) -> None:
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("transfers", "transfer5"))
    with pytest.raises(ArchiveDamaged, match="SHA256SUMS: changed"):
        manifest.verify(folder)
    sums.unlink()
    with pytest.raises(ArchiveDamaged, match="SHA256SUMS: missing"):
        manifest.verify(folder)


def test_another_key_has_not_signed_it(folder: Path, settings: Settings) -> None:
    settings.REPORT_KEY = "another key of at least thirty-two characters"
    with pytest.raises(ArchiveDamaged, match="REPORT_KEY"):
        manifest.verify(folder)


def test_restored_into_staging_counts_sums_and_balances_agree(folder: Path, staging: str) -> None:
    done, parts = restore(folder, staging, quiet), manifest.read(folder).parts
    assert done.rows == {name: part.rows for name, part in parts.items()}
    assert done.accounts_compared == parts["accounts"].rows
    with psycopg.connect(staging) as found:
        row = found.execute("SELECT count(*), sum(amount)::bigint FROM wallet_transfer").fetchone()
        assert row == (parts["transfers"].rows, parts["transfers"].tokens)
        assert found.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'").fetchone() == (0,)


def test_a_second_restore_finds_no_room(folder: Path, staging: str) -> None:
    restore(folder, staging, quiet)
    with pytest.raises(CannotRestore, match="not empty"):
        restore(folder, staging, quiet)


def test_what_does_not_add_up_is_not_restored(folder: Path, staging: str) -> None:
    part = manifest.read(folder).parts["accounts"]
    lines = [line for _, block in files.read_blocks(folder / part.file, part) for line in block]
    rows = [json.loads(line) for line in lines]
    rows[0]["closing"] += 1
    *_, forged = files.write_lines(folder / part.file, (json.dumps(row) for row in rows), "closing")
    facts = manifest.read(folder).facts
    facts["parts"]["accounts"] = files.as_json(forged)
    manifest.write(folder, facts)
    with pytest.raises(CannotRestore, match="archived"):
        restore(folder, staging, quiet)
    with psycopg.connect(staging) as found:
        assert found.execute("SELECT count(*) FROM wallet_transfer").fetchone() == (0,)


def test_a_damaged_archive_is_not_restored(folder: Path, staging: str) -> None:
    flip(folder / "transfers.ndjson.gz", 30)
    with pytest.raises(ArchiveDamaged):
        restore(folder, staging, quiet)


def test_the_commands_say_what_they_did(month: Month, tmp_path: Path, staging: str) -> None:
    out = io.StringIO()
    call_command("archive_month", str(month), stdout=out)
    call_command("archive_verify", str(tmp_path / str(month)), stdout=out)
    call_command("archive_restore", str(tmp_path / str(month)), database=staging, stdout=out)
    told = out.getvalue().splitlines()
    assert told[0].startswith(f"{month} is archived")
    assert f"{month} holds" in told[-2]
    assert json.loads(told[-1])["month"] == str(month)


def test_the_commands_fail_in_words(month: Month, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="MONTH_NOT_CLOSED"):
        call_command("archive_month", str(this_month()))
    with pytest.raises(CommandError, match="VALIDATION_ERROR"):
        call_command("archive_month", "soon")
    with pytest.raises(CommandError, match=r"manifest\.json: missing"):
        call_command("archive_verify", str(tmp_path))


def test_what_is_archived_stays_so(owner_connection: Connection, folder: Path) -> None:
    for change in ("DELETE FROM archive_archivedmonth", "UPDATE archive_archivedmonth SET tokens = 0"):
        with pytest.raises(psycopg.Error, match="append-only"):
            owner_connection.execute(change)


def test_staff_see_the_list(folder: Path, month: Month) -> None:
    page = factories.signed_in(factories.staff()).get("/admin/archive/archivedmonth/")
    assert page.status_code == 200
    assert str(month) in page.content.decode()
