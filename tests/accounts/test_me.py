"""/me: who am I, and what is open to me."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.permissions import ROLE_PERMISSIONS
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_viewer_who_signed_in_with_a_password_in_any_case() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    pair = APIClient().post("/api/v1/auth/token", {"username": "Vera", "password": factories.PASSWORD}).json()
    me = APIClient(headers={"Authorization": f"Bearer {pair['access']}"}).get("/api/v1/me").json()
    assert set(me) == {"id", "username", "roles", "permissions", "flags", "sessionId"}
    assert (me["username"], me["roles"]) == ("vera", ["viewer"])
    assert me["permissions"] == ["READ_TRANSACTIONS", "READ_WALLET"]


def test_a_performer_has_all_permissions_of_her_role_and_her_own_id() -> None:
    performer = factories.performer()
    me = factories.signed_in(performer).get("/api/v1/me").json()
    assert me["performerId"] == me["id"] == str(performer.pk)
    assert me["permissions"] == sorted(ROLE_PERMISSIONS["performer"])
    assert "CREDIT_TOKENS" not in me["permissions"]


def test_staff_and_managers_by_their_roles() -> None:
    assert factories.bearer(factories.staff()).get("/api/v1/me").json()["roles"] == ["staff"]
    assert factories.bearer(factories.manager()).get("/api/v1/me").json()["roles"] == ["studio manager"]


def test_sections_are_open_and_experimental_features_are_shut_by_default() -> None:
    flags = factories.bearer(factories.performer()).get("/api/v1/me").json()["flags"]
    assert [flag for flag in flags if flag.startswith("section.")] == [
        "section.financial", "section.queue", "section.settings", "section.streaming", "section.support"
    ]  # fmt: skip
    assert [flag for flag in flags if not flag.startswith("section.")] == ["notices", "payouts"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_me_can_only_be_read(method: str) -> None:
    assert getattr(factories.bearer(factories.viewer()), method)("/api/v1/me").status_code == 405


def test_who_is_it_costs_two_statements_in_a_browser_and_one_for_a_bearer(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser, bearer = factories.signed_in(factories.performer()), factories.bearer(factories.performer())
    with django_assert_num_queries(2):
        browser.get("/api/v1/me")
    with django_assert_num_queries(1):
        bearer.get("/api/v1/me")
