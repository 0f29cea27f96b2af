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

#: Columns about the account `u`, in the order that `Access.of_columns` takes. What makes tokens is nobody's by being a
#: superuser: it is granted by name.
ACCESS_COLUMNS = """
  ARRAY(
    SELECT p.codename FROM auth_permission p
    JOIN django_content_type c ON c.id = p.content_type_id
    WHERE c.app_label = 'accounts' AND c.model = 'user' AND p.codename = upper(p.codename)
      AND (u.is_superuser AND p.codename <> 'CREDIT_TOKENS'
        OR p.id IN (SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = u.id)
        OR p.id IN (SELECT g.permission_id FROM auth_group_permissions g
                    JOIN accounts_user_groups m ON m.group_id = g.group_id WHERE m.user_id = u.id))),
  ARRAY(
    SELECT f.name FROM accounts_featureflag f
    WHERE NOT EXISTS (SELECT FROM accounts_featureflag_excluded x
                      WHERE x.featureflag_id = f.id AND x.user_id = u.id)
      AND coalesce(f.everyone,
        f.authenticated OR (f.staff AND u.is_staff) OR (f.superusers AND u.is_superuser)
        OR EXISTS (SELECT FROM accounts_featureflag_users w
                   WHERE w.featureflag_id = f.id AND w.user_id = u.id)
        OR EXISTS (SELECT FROM accounts_featureflag_groups g
                   JOIN accounts_user_groups m ON m.group_id = g.group_id
                   WHERE g.featureflag_id = f.id AND m.user_id = u.id))),
  EXISTS (SELECT FROM accounts_performer WHERE user_id = u.id),
  EXISTS (SELECT FROM accounts_viewer WHERE user_id = u.id),
  EXISTS (SELECT FROM accounts_studio_managers WHERE user_id = u.id),
  u.is_staff
"""
_READ_ACCESS = f"SELECT {ACCESS_COLUMNS} FROM accounts_user u WHERE u.id = %s"  # noqa: S608 - constants alone
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
        """From what `ACCESS_COLUMNS` selected."""
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
        cursor.execute(_READ_ACCESS, [user.pk])
        row = cursor.fetchone()
    return Access.of_columns(user.pk, *row) if row is not None else NOBODY
