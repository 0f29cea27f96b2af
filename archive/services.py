"""Exporting a closed month: read in one snapshot, written in constant memory, marked when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from archive import manifest
from archive.exceptions import ArchiveBusy, ArchiveDamaged, ArchiveMissing, MonthNotClosed
from archive.files import Written, as_json, write_lines
from archive.models import ArchivedMonth
from archive.months import Month
from archive.parts import PARTS, Part
from archive.queries import archived, open_things, span, value
from archive.snapshot import one_snapshot
from audit.services import record
from core.actors import Actor
from wallet.queries import database_now

# Rows carry the time their transaction began; none of ours lives longer than seconds.
LATE = timedelta(hours=1)
Progress = Callable[[str, int, int], None]


def archive_month(*, by: Actor, month: Month, progress: Progress, again: bool = False) -> ArchivedMonth:
    """Export the month to ARCHIVE_DIR/YYYY-MM and mark it archived. Where it is, its files are checked, nothing more.

    What an interrupted run has left is begun anew; what it had finished is checked and marked. With `again` a month
    whose folder is gone is exported anew, as another edition. `progress` hears of each part how many rows of how many
    are written. Raises MonthNotClosed, ArchiveBusy, ArchiveDamaged (also where the folder holds another month, lacks a
    part, or holds another manifest than the one that was marked), ArchiveMissing.
    """
    check_closed(month)
    done, folder = archived(month), Path(settings.ARCHIVE_DIR) / str(month)
    if not folder.exists():
        _check_may_export(done, folder, again)
        _export(month, folder, progress)
    found = manifest.verify(folder)
    _check_is(month, found)
    if done is not None and found.sha256 == done.manifest_sha256:
        return done
    if done is not None and not again:
        raise ArchiveDamaged(
            f"{folder} holds another manifest, {found.sha256}, than the one archived at {done.archived_at:%Y-%m-%d},"
            f" {done.manifest_sha256}."
        )
    _check_whole(found)
    return _mark(by, month, found, edition=1 if done is None else done.edition + 1)


def _check_may_export(done: ArchivedMonth | None, folder: Path, again: bool) -> None:
    if done is not None and not again:
        raise ArchiveMissing(
            f"{done} was archived at {done.archived_at:%Y-%m-%d} with the manifest {done.manifest_sha256}, and {folder}"
            " is gone. Bring it back from a copy; or export the month anew, as another edition, with --again.",
            manifest_sha256=done.manifest_sha256,
        )


def _check_is(month: Month, found: manifest.Archive) -> None:
    """Files that are whole and signed may still be another month's."""
    expected = {"month": str(month), "zone": settings.BUSINESS_TIME_ZONE}
    findings = [
        f"{manifest.NAME}: {name} is {found.facts.get(name)}, not {ours}"
        for name, ours in expected.items()
        if found.facts.get(name) != ours
    ]
    if findings:
        raise ArchiveDamaged(f"{found.folder} is not the archive of {month}: {'; '.join(findings)}.", findings=findings)


def _check_whole(found: manifest.Archive) -> None:
    """Nothing is marked that lacks a part; what was marked before there was such a part keeps its mark."""
    findings = [f"{part.file}: not in {manifest.NAME}" for part in PARTS if part.name not in found.parts]
    if findings:
        raise ArchiveDamaged(f"{found.folder} lacks parts: {'; '.join(findings)}.", findings=findings)


def check_closed(month: Month) -> None:
    """Raises MonthNotClosed while the month is not over, or something that began in it is still open."""
    if database_now() < month.plus(1).begins + LATE:
        raise MonthNotClosed(f"{month} is not over yet.")
    still = open_things(month)
    if still:
        words = ", ".join(f"{count} {name}" for name, count in still.items())
        raise MonthNotClosed(f"{month} is not closed: still open are {words}.")


def _export(month: Month, folder: Path, progress: Progress) -> None:
    partial = folder.with_name(f"{folder.name}.partial")
    # The lock ends with the transaction: another run clears what is partial away, so the folder must have its name.
    with one_snapshot():
        if not value("SELECT pg_try_advisory_xact_lock(hashtext('archive'))"):
            raise ArchiveBusy()
        if folder.exists():  # another run was faster
            return
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        _fill(month, partial, progress)
        for path in (*partial.iterdir(), partial):
            _to_disk(path)
        partial.rename(folder)
        _to_disk(folder.parent)


def _fill(month: Month, folder: Path, progress: Progress) -> None:
    """Every part, and the manifest of them."""
    parts = {part.name: as_json(_write(part, month, folder, progress)) for part in PARTS}
    facts = {
        "format": manifest.FORMAT,
        "month": str(month),
        "zone": settings.BUSINESS_TIME_ZONE,
        **{name: instant.isoformat() for name, instant in span(month).items()},
        "made_at": database_now().isoformat(),
        "parts": parts,
    }
    manifest.write(folder, facts)


def _write(part: Part, month: Month, folder: Path, progress: Progress) -> Written:
    total = int(value(f"SELECT count(*) FROM ({part.rows}) AS rows", **span(month)))  # noqa: S608 - the part's own
    done = Written(part.file)
    for done in write_lines(folder / part.file, _lines(part, month), part.tokens):
        progress(part.name, done.rows, total)
    return done


def _lines(part: Part, month: Month) -> Iterator[str]:
    """The part's rows by a cursor of the server: never more than a block of them is in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(part.rows, span(month))
        while rows := cursor.fetchmany(1000):
            yield from (row[0] for row in rows)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _mark(by: Actor, month: Month, archive: manifest.Archive, *, edition: int) -> ArchivedMonth:
    rows = {name: part.rows for name, part in archive.parts.items()}
    with transaction.atomic():
        marked, new = ArchivedMonth.objects.get_or_create(
            month=month.first_day,
            edition=edition,
            defaults={
                "manifest_sha256": archive.sha256,
                "rows": rows,
                "tokens": archive.parts["transfers"].tokens,
            },
        )
        if new:
            after = {"month": str(month), "edition": edition, "manifest_sha256": archive.sha256, "rows": rows}
            record(
                by=by, action="archive.month", target_type="archive.archivedmonth", target_id=str(month), after=after
            )
    return marked
