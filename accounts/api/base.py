"""Base classes of API views: who may call, decided before the body is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access import Access, access_of
from accounts.actors import actor_of
from accounts.permissions import require
from core.actors import Actor
from core.exceptions import NotAuthenticated, PermissionDenied

if TYPE_CHECKING:
    from accounts.models import SignIn, User


class SignedInView(APIView):
    """Anybody signed in. `permission` is one codename, or one by method (`{"POST": "CREATE_PROMOTION"}`).

    Answers 401 NOT_AUTHENTICATED to nobody, 403 PERMISSION_DENIED without the role or the permission.
    """

    permission: ClassVar[str | Mapping[str, str] | None] = None
    role: ClassVar[str | None] = None
    permission_classes = [AllowAny]  # `initial` decides, with the codes of this product

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - signature of APIView
        """DRF's hook before the method."""
        super().initial(request, *args, **kwargs)
        if not request.user.is_authenticated:
            raise NotAuthenticated()
        if self.role is not None and self.role not in self.access.roles:
            raise PermissionDenied()
        wanted = self.permission.get(request.method or "") if isinstance(self.permission, Mapping) else self.permission
        if wanted:
            require(self.account, wanted)

    @property
    def account(self) -> User:
        """Who is signed in."""
        return cast("User", self.request.user)

    @property
    def access(self) -> Access:
        """Her roles, permissions and flags."""
        return access_of(self.account)

    @property
    def actor(self) -> Actor:
        """What services are told."""
        return actor_of(self.account)

    @property
    def sign_in(self) -> SignIn:
        """The sign-in that this request belongs to."""
        return cast("SignIn", self.request.auth)


class PerformerView(SignedInView):
    """A performer about herself."""

    role = "performer"

    @property
    def performer_id(self) -> UUID:
        """Hers."""
        return UUID(str(self.account.pk))


class ViewerView(SignedInView):
    """A viewer about himself."""

    role = "viewer"

    @property
    def viewer_id(self) -> UUID:
        """His."""
        return UUID(str(self.account.pk))


class StaffView(SignedInView):
    """The staff."""

    role = "staff"
