"""Refusals of the archive."""

from __future__ import annotations

from core.exceptions import DomainError


class MonthNotClosed(DomainError):
    """The month is not over, or something that began in it is still open."""

    code = "MONTH_NOT_CLOSED"
    status = 409
    title = "Month not closed"
    default = "This month is not closed yet."


class ArchiveDamaged(DomainError):
    """The files are not those that were signed; details: findings."""

    code = "ARCHIVE_DAMAGED"
    status = 409
    title = "Archive damaged"
    default = "These files are not what was archived."


class ArchiveMissing(DomainError):
    """The month was archived, and its folder is not there; details: manifest_sha256."""

    code = "ARCHIVE_MISSING"
    status = 409
    title = "Archive missing"
    default = "This month was archived, and its folder is gone."


class CannotRestore(DomainError):
    """The database is not one to restore into."""

    code = "CANNOT_RESTORE_ARCHIVE"
    status = 409
    title = "Cannot be restored there"
    default = "Restore into an empty, migrated staging database."


class ArchiveBusy(DomainError):
    """Another archiving is under way."""

    code = "ARCHIVE_BUSY"
    status = 409
    title = "Archiving already"
    default = "Another process is archiving now."
