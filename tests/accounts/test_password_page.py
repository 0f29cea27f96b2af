"""A new password by one's own hand."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import EndReason, SignIn, User, Viewer
from audit.models import AuditEntry
from core.events import client as valkey
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "a much better password"


@pytest.fixture(autouse=True)
def _no_failures_yet() -> None:
    valkey().flushdb()


@pytest.fixture
def viewer() -> Viewer:
    return factories.viewer("vera", password=factories.PASSWORD)


def change(client: Client, old: str = factories.PASSWORD, new: str = NEW) -> tuple[int, str]:
    """Send the form; the status and the page."""
    page = client.post("/password/", {"old_password": old, "new_password": new})
    return page.status_code, page.content.decode()


def test_the_page_is_for_who_is_signed_in() -> None:
    assert Client().get("/password/").headers["Location"] == "/login/?next=/password/"
    assert Client().post("/password/").status_code == 302


def test_a_new_password_replaces_the_old_one(viewer: Viewer) -> None:
    status, page = change(factories.signed_in(viewer))
    assert (status, "Your password is changed" in page) == (200, True)
    kept = User.objects.get(pk=viewer.pk)
    assert kept.check_password(NEW)
    assert not kept.check_password(factories.PASSWORD)
    assert AuditEntry.objects.get(action="account.password_set").actor_id == str(viewer.pk)


def test_this_browser_stays_in_and_all_others_are_out(viewer: Viewer) -> None:
    here, there, api = factories.signed_in(viewer), factories.signed_in(viewer), factories.bearer(viewer)
    change(here)
    assert here.get("/api/v1/me").status_code == 200
    assert there.get("/api/v1/me").status_code == 401
    assert api.get("/api/v1/me").status_code == 401
    assert SignIn.objects.filter(end_reason=EndReason.ACCOUNT_CHANGED).count() == 2


def test_the_old_password_must_be_right(viewer: Viewer) -> None:
    status, page = change(factories.signed_in(viewer), old="wrong")
    assert (status, "This is not your password." in page) == (422, True)
    assert User.objects.get(pk=viewer.pk).check_password(factories.PASSWORD)


def test_guessing_the_old_password_is_stopped_too(viewer: Viewer) -> None:
    client = factories.signed_in(viewer)
    for n in range(settings.AXES_FAILURE_LIMIT):
        change(client, old=f"guess {n}")
    status, page = change(client)
    assert (status, "Too many attempts" in page) == (422, True)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("tiny-1", "too short"),
        ("password1234", "too common"),
        ("123456789012", "entirely numeric"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(viewer: Viewer, new: str, why: str) -> None:
    status, page = change(factories.signed_in(viewer), new=new)
    assert status == 422
    assert why in page
    assert new not in page


def test_a_password_like_the_name_is_refused() -> None:
    client = factories.signed_in(factories.viewer("vera-of-the-lake", password=factories.PASSWORD))
    status, page = change(client, new="Vera-of-the-Lake1")
    assert (status, "too similar to the username" in page) == (422, True)


def test_long_passwords_with_any_characters_are_welcome(viewer: Viewer) -> None:
    long = "ünï cødé   " * 40
    assert change(factories.signed_in(viewer), new=long)[0] == 200
    assert User.objects.get(pk=viewer.pk).check_password(long)


def test_an_empty_form_changes_nothing(viewer: Viewer) -> None:
    assert change(factories.signed_in(viewer), old="", new="")[0] == 422


def test_the_admins_own_link_leads_here() -> None:
    client = factories.signed_in(factories.staff())
    assert client.get("/admin/password_change/").headers["Location"] == "/password/"
