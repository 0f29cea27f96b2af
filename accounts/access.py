"""What one account may do and see, read in one statement and kept on the user object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_MEMO = "_access"

# What makes tokens is nobody's by being a superuser: it is granted by name.
EXPLICIT = ["CREDIT_TOKENS"]

_READ_ACCESS = """
SELECT
  ARRAY(
    SELECT p.codename FROM auth_permission p
    JOIN django_content_type c ON c.id = p.content_type_id
    WHERE c.app_label = 'accounts' AND c.model = 'user' AND p.codename = upper(p.codename)
      AND (%(superuser)s AND p.codename <> ALL (%(explicit)s)
        OR p.id IN (SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = %(user)s)
        OR p.id IN (SELECT g.permission_id FROM auth_group_permissions g
                    JOIN accounts_user_groups m ON m.group_id = g.group_id WHERE m.user_id = %(user)s))),
  ARRAY(
    SELECT f.name FROM accounts_featureflag f
    WHERE NOT EXISTS (SELECT FROM accounts_featureflag_excluded x
                      WHERE x.featureflag_id = f.id AND x.user_id = %(user)s)
      AND coalesce(f.everyone,
        f.authenticated OR (f.staff AND %(staff)s) OR (f.superusers AND %(superuser)s)
        OR EXISTS (SELECT FROM accounts_featureflag_users u
                   WHERE u.featureflag_id = f.id AND u.user_id = %(user)s)
        OR EXISTS (SELECT FROM accounts_featureflag_groups g
                   JOIN accounts_user_groups m ON m.group_id = g.group_id
                   WHERE g.featureflag_id = f.id AND m.user_id = %(user)s))),
  EXISTS (SELECT FROM accounts_performer WHERE user_id = %(user)s),
  EXISTS (SELECT FROM accounts_viewer WHERE user_id = %(user)s),
  EXISTS (SELECT FROM accounts_studio_managers WHERE user_id = %(user)s)
"""


@dataclass(frozen=True, slots=True)
class Access:
    """The roles, permissions and flags of one account at one moment."""

    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()

    @property
    def performer_id(self) -> UUID | None:
        """A performer's id is her account's id; None for everybody else."""
        return self.user_id if "performer" in self.roles else None


NOBODY = Access()


def access_of(user: User | AnonymousUser) -> Access:
    """The account's access: one statement a request, nothing for nobody or a disabled account."""
    memo = user.__dict__.get(_MEMO)
    if isinstance(memo, Access):
        return memo
    access = _read(user) if user.is_authenticated and user.is_active else NOBODY
    user.__dict__[_MEMO] = access
    return access


def forget_access(user: User) -> None:
    """Read the access again next time; for who just changed it."""
    user.__dict__.pop(_MEMO, None)


def _read(user: User | AnonymousUser) -> Access:
    assert isinstance(user.pk, UUID)
    facts: dict[str, Any] = {"user": user.pk, "staff": user.is_staff, "superuser": user.is_superuser}
    with connection.cursor() as cursor:
        cursor.execute(_READ_ACCESS, {**facts, "explicit": EXPLICIT})
        permissions, flags, performer, viewer, manager = cursor.fetchone()
    held = {"performer": performer, "viewer": viewer, "studio manager": manager, "staff": user.is_staff}
    roles = frozenset(role for role, holds in held.items() if holds)
    return Access(user.pk, roles, frozenset(permissions), frozenset(flags))
