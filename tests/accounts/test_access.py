"""Permissions, flags and roles: where they come from and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from pytest_django import DjangoAssertNumQueries
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts import queries, services
from accounts.access import NOBODY, access_of, forget_access
from accounts.actors import actor_of
from accounts.api.base import PerformerView, SignedInView, StaffView, ViewerView
from accounts.flags import FEATURE_FLAGS, SECTION_FLAGS, flags_of, require_flag
from accounts.models import FeatureFlag, User
from accounts.permissions import LABELS, ROLE_PERMISSIONS, Permission, allows, permissions_of, require
from core.actors import ANONYMOUS, SYSTEM
from core.exceptions import FeatureDisabled, PermissionDenied
from tests import factories

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    """The account as another request would load it."""
    return User.objects.get(pk=user.pk)


# --- permissions


@pytest.mark.parametrize("role", ROLE_PERMISSIONS)
def test_a_role_gives_its_permissions(role: str) -> None:
    assert permissions_of(factories.account(groups=(role,))) == frozenset(ROLE_PERMISSIONS[role])


def test_an_account_without_a_role_may_nothing() -> None:
    assert permissions_of(factories.account()) == frozenset()
    assert permissions_of(AnonymousUser()) == frozenset()


def test_a_grant_of_ones_own_adds_to_the_role() -> None:
    viewer = factories.viewer().user
    factories.grant(viewer, Permission.READ_ANALYTICS)
    assert permissions_of(viewer) == {*ROLE_PERMISSIONS["viewer"], "READ_ANALYTICS"}


def test_a_permission_taken_from_one_account_stays_with_the_others() -> None:
    one, other = factories.performer().user, factories.performer().user
    factories.deny(one, Permission.STREAM)
    assert not allows(one, "STREAM")
    assert allows(one, "JOIN_QUEUE")
    assert allows(other, "STREAM")


def test_a_superuser_may_everything_but_make_tokens() -> None:
    superuser = factories.staff(is_superuser=True)
    assert permissions_of(superuser) == frozenset(Permission) - {Permission.CREDIT_TOKENS}
    factories.grant(superuser, Permission.CREDIT_TOKENS)
    assert allows(User.objects.get(pk=superuser.pk), Permission.CREDIT_TOKENS)


def test_a_closed_account_may_nothing() -> None:
    assert access_of(factories.performer(is_active=False).user) == NOBODY


def test_an_admin_permission_of_django_is_not_one_of_ours() -> None:
    user = factories.account()
    factories.grant(user, "change_user", "READ_QUEUE")
    assert permissions_of(user) == {"READ_QUEUE"}


def test_require_passes_or_refuses() -> None:
    viewer = factories.viewer().user
    require(viewer, Permission.READ_WALLET)
    with pytest.raises(PermissionDenied):
        require(viewer, Permission.CREDIT_TOKENS)


def test_crediting_tokens_belongs_to_no_role() -> None:
    assert not [role for role, held in ROLE_PERMISSIONS.items() if Permission.CREDIT_TOKENS in held]
    assert permissions_of(factories.billing()) == {"CREDIT_TOKENS"}


def test_every_permission_has_its_words() -> None:
    assert set(LABELS) == set(Permission)


def test_a_changed_role_counts_with_the_next_request() -> None:
    user = factories.account()
    assert permissions_of(user) == frozenset()
    user.groups.add(Group.objects.get(name="viewer"))
    assert permissions_of(user) == frozenset(), "within a request it stays as it was"
    assert permissions_of(fresh(user)) == frozenset(ROLE_PERMISSIONS["viewer"])
    forget_access(user)
    assert permissions_of(user) == frozenset(ROLE_PERMISSIONS["viewer"])


def test_roles_permissions_and_flags_cost_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = fresh(factories.performer().user)
    with django_assert_num_queries(1):
        permissions_of(user)
        flags_of(user)
        actor_of(user)
        require(user, "STREAM")


# --- flags


def test_sections_and_what_is_built_are_on_and_experiments_are_off() -> None:
    assert flags_of(factories.viewer().user) == frozenset(SECTION_FLAGS) | {"notices", "payouts"}
    made = set(FeatureFlag.objects.values_list("name", flat=True))
    assert made >= {*SECTION_FLAGS, *FEATURE_FLAGS}


def test_a_flag_opens_for_one_account() -> None:
    one, other = factories.performer().user, factories.performer().user
    factories.open_flag(one, "mood")
    assert "mood" in flags_of(one)
    assert "mood" not in flags_of(other)


def test_a_flag_opens_for_a_role() -> None:
    FeatureFlag.objects.get(name="mood").groups.add(Group.objects.get(name="performer"))
    assert "mood" in flags_of(factories.performer().user)
    assert "mood" not in flags_of(factories.viewer().user)


def test_a_flag_shut_for_one_account_beats_everything_else() -> None:
    user = factories.performer().user
    factories.open_flag(user, "section.queue")
    factories.shut_flag(user, "section.queue")
    assert "section.queue" not in flags_of(user)
    assert "section.queue" in flags_of(factories.performer().user)


def test_a_flag_shut_for_everyone_beats_an_open_one() -> None:
    user = factories.performer().user
    factories.open_flag(user, "mood")
    FeatureFlag.objects.filter(name="mood").update(everyone=False)
    assert "mood" not in flags_of(fresh(user))


@pytest.mark.parametrize(
    ("mark", "who"), [("authenticated", "viewer"), ("staff", "staff"), ("superusers", "superuser")]
)
def test_flags_open_by_their_marks(mark: str, who: str) -> None:
    FeatureFlag.objects.filter(name="mood").update(**{mark: True})
    people = {
        "viewer": factories.viewer().user,
        "staff": factories.staff(),
        "superuser": factories.staff(is_superuser=True),
    }
    assert "mood" in flags_of(people[who])
    assert ("mood" in flags_of(people["viewer"])) == (mark == "authenticated")
    assert flags_of(AnonymousUser()) == frozenset()


def test_require_flag_passes_or_refuses() -> None:
    user = factories.viewer().user
    require_flag(user, "section.queue")
    with pytest.raises(FeatureDisabled):
        require_flag(user, "slots")


# --- roles and actors


def test_roles_come_from_profiles_not_from_groups() -> None:
    assert access_of(factories.account(groups=("performer",))).roles == frozenset()
    assert access_of(factories.performer().user).roles == {"performer"}


def test_the_actor_is_the_strongest_role() -> None:
    studio = factories.make_studio()
    both = factories.performer().user
    assert actor_of(both).kind == "performer"
    services.make_staff(by=SYSTEM, user=both)
    assert actor_of(both).kind == "staff"
    assert actor_of(factories.viewer().user).kind == "viewer"
    assert actor_of(factories.manager(studio)).kind == "manager"
    assert actor_of(factories.account()).kind == "viewer"
    assert actor_of(AnonymousUser()) == ANONYMOUS


def test_a_manager_manages_the_performers_of_the_studio_only() -> None:
    studio = factories.make_studio()
    hers, other = factories.performer(studio=studio), factories.performer(studio=factories.make_studio())
    manager = factories.manager(studio)
    assert queries.managed_performers(manager.pk) == [hers]
    assert queries.manages(manager.pk, hers.pk)
    assert not queries.manages(manager.pk, other.pk)
    assert not queries.manages(hers.pk, hers.pk)


def test_people_are_made_with_their_role() -> None:
    performer = services.make_performer(by=SYSTEM, user=factories.account(), stage_name="Nova")
    viewer = services.make_viewer(by=SYSTEM, user=factories.account(), alias="V")
    manager, studio = factories.account(), factories.make_studio()
    services.make_studio_manager(by=SYSTEM, user=manager, studio=studio)
    assert access_of(performer.user).permissions == frozenset(ROLE_PERMISSIONS["performer"])
    assert access_of(viewer.user).permissions == frozenset(ROLE_PERMISSIONS["viewer"])
    assert access_of(manager).roles == {"studio manager"}


# --- the base views


class _Anybody(SignedInView):
    permission = {"POST": "CREDIT_TOKENS"}

    def get(self, _request: Request) -> Response:
        return Response(self.actor.kind)

    post = get


class _Performer(PerformerView):
    permission = "STREAM"

    def get(self, _request: Request) -> Response:
        return Response(str(self.performer_id))


class _Viewer(ViewerView):
    def get(self, _request: Request) -> Response:
        return Response(str(self.viewer_id))


class _Staff(StaffView):
    def get(self, _request: Request) -> Response:
        return Response("in")


def call(view: type[SignedInView], user: User | None, method: str = "get") -> tuple[int, Any]:
    """The view's answer to this account."""
    request = getattr(APIRequestFactory(), method)("/api/v1/anything")
    if user is not None:
        force_authenticate(request, user)
    request.session = {}
    response = view.as_view()(request)
    return response.status_code, getattr(response, "data", None)


def test_every_base_view_turns_nobody_away_with_401() -> None:
    assert [call(view, None)[0] for view in (_Anybody, _Performer, _Viewer, _Staff)] == [401] * 4


def test_base_views_let_their_role_in_and_no_other() -> None:
    people = [factories.performer().user, factories.viewer().user, factories.staff(), factories.manager()]
    assert [call(_Performer, user)[0] for user in people] == [200, 403, 403, 403]
    assert [call(_Viewer, user)[0] for user in people] == [403, 200, 403, 403]
    assert [call(_Staff, user)[0] for user in people] == [403, 403, 200, 403]
    assert [call(_Anybody, user) for user in people] == [
        (200, "performer"),
        (200, "viewer"),
        (200, "staff"),
        (200, "manager"),
    ]


def test_a_performer_is_her_own_id() -> None:
    performer = factories.performer()
    assert call(_Performer, performer.user) == (200, str(performer.pk))


def test_a_role_without_the_permission_is_refused() -> None:
    performer = factories.performer().user
    factories.deny(performer, "STREAM")
    assert call(_Performer, performer)[0] == 403


def test_a_permission_may_hang_on_the_method() -> None:
    viewer, billing = factories.viewer().user, factories.billing()
    assert call(_Anybody, viewer)[0] == 200
    assert call(_Anybody, viewer, "post")[0] == 403
    assert call(_Anybody, billing, "post")[0] == 200
