"""What one account may do and see, read in one statement and kept on the user object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_MEMO = "_access"

#: What `accounts_access` answers, in the order that `Access.of_columns` takes.
ACCESS_COLUMNS = ("permissions", "flags", "performs", "views", "manages", "staff")
ROLES = ("performer", "viewer", "studio manager", "staff")


@dataclass(frozen=True, slots=True)
class Access:
    """The roles, permissions and flags of one account at one moment."""

    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()

    @classmethod
    def of_columns(cls, user_id: UUID, permissions: list[str], flags: list[str], *held: bool) -> Access:
        """From the columns of `accounts_access`."""
        roles = frozenset(role for role, holds in zip(ROLES, held, strict=True) if holds)
        return cls(user_id, roles, frozenset(permissions), frozenset(flags))

    @property
    def performer_id(self) -> UUID | None:
        """A performer's id is her account's id; None for everybody else."""
        return self.user_id if "performer" in self.roles else None


NOBODY = Access()


def access_of(user: User | AnonymousUser) -> Access:
    """The account's access: one statement a request, nothing for nobody or a disabled account."""
    memo = getattr(user, _MEMO, None)  # not its __dict__: a page's user is a lazy proxy
    if isinstance(memo, Access):
        return memo
    access = _read(user) if user.is_authenticated and user.is_active else NOBODY
    setattr(user, _MEMO, access)
    return access


def forget_access(user: User) -> None:
    """Read the access again next time; for who just changed it."""
    if getattr(user, _MEMO, None) is not None:
        delattr(user, _MEMO)


def remember_access(user: User, access: Access) -> None:
    """What was read with the account itself need not be read again."""
    setattr(user, _MEMO, access)


def _read(user: User | AnonymousUser) -> Access:
    assert isinstance(user.pk, UUID)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_access(%s)", [user.pk])
        row = cursor.fetchone()
    return Access.of_columns(user.pk, *row) if row is not None else NOBODY
