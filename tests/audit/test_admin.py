"""The staff's pages: a reason for everything, an entry for every change, nobody else gets in."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from uuid import UUID

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.admin import AccountAdmin
from accounts.models import FeatureFlag, Performer, User
from audit.models import AuditEntry
from core.actors import Actor
from core.exceptions import NotFound
from tests import factories

pytestmark = pytest.mark.django_db


class _Inputs(HTMLParser):
    """Collects a page's fields as the browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("name") and found.get("type") != "submit":
            self.values.setdefault(str(found["name"]), []).append(found.get("value") or "")


def inputs_of(page: bytes) -> dict[str, list[str]]:
    """Every input of a page."""
    parser = _Inputs()
    parser.feed(page.decode())
    return parser.values


def choose(client: Client, model: str, action: str, *rows: object) -> dict[str, list[str]]:
    """Choose an action on rows of a list; returns the fields of the page that asks why."""
    chosen = {"action": action, "_selected_action": [str(row) for row in rows], "index": "0"}
    page = client.post(reverse(f"admin:{model}_changelist"), chosen)
    assert page.status_code == 200, page.content
    return inputs_of(page.content)


def confirm(client: Client, model: str, fields: dict[str, list[str]], **answers: str) -> int:
    """Answer the page that asks why; returns the status."""
    return client.post(reverse(f"admin:{model}_changelist"), {**fields, **answers}).status_code


def every_changelist() -> list[str]:
    """The addresses of all lists of the admin site."""
    return [f"{m._meta.app_label}_{m._meta.model_name}" for m in admin.site._registry]


@pytest.mark.parametrize("model", every_changelist())
def test_every_list_opens_for_staff_and_for_nobody_else(model: str) -> None:
    address = reverse(f"admin:{model}_changelist")
    superuser = factories.staff(is_superuser=True)
    assert factories.signed_in(superuser).get(address).status_code == 200
    for outsider in (factories.performer(), factories.viewer(), factories.manager()):
        assert factories.signed_in(outsider).get(address).status_code == 302
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("model", every_changelist())
def test_no_page_has_inline_script_or_style_which_the_content_policy_would_block(model: str) -> None:
    client = factories.signed_in(factories.staff(is_superuser=True))
    factories.performer(studio=factories.make_studio())
    for page in (f"{model}_changelist", f"{model}_add"):
        answer = client.get(reverse(f"admin:{page}"))
        assert answer.status_code in {200, 403}
        found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=", answer.content.decode())
        assert not found, f"{page}: {found}"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_an_action_asks_why_before_it_does_anything() -> None:
    client, someone = factories.signed_in(factories.staff()), factories.account()
    fields = choose(client, "accounts_user", "close_account", someone.pk)
    assert confirm(client, "accounts_user", fields, reason="", typed="CLOSE") == 422
    assert User.objects.get(pk=someone.pk).is_active
    assert not AuditEntry.objects.filter(action="admin.close_account").exists()


def test_a_dangerous_action_wants_its_word_typed() -> None:
    client, someone = factories.signed_in(factories.staff()), factories.account()
    fields = choose(client, "accounts_user", "close_account", someone.pk)
    assert confirm(client, "accounts_user", fields, reason="asked for it", typed="close") == 422
    assert User.objects.get(pk=someone.pk).is_active


def test_a_confirmed_action_is_done_and_audited_with_its_reason() -> None:
    staff, someone = factories.staff(), factories.account()
    client = factories.signed_in(staff)
    fields = choose(client, "accounts_user", "close_account", someone.pk)
    assert confirm(client, "accounts_user", fields, reason="asked for it", typed="CLOSE") == 302
    assert not User.objects.get(pk=someone.pk).is_active
    entry = AuditEntry.objects.get(action="admin.close_account")
    assert (entry.actor_kind, entry.actor_id) == ("staff", str(staff.pk))
    assert (entry.target_type, entry.target_id, entry.reason) == ("accounts.user", str(someone.pk), "asked for it")


def test_an_action_needs_the_right_to_act(monkeypatch: pytest.MonkeyPatch) -> None:
    client, someone = factories.signed_in(factories.staff()), factories.account()
    fields = choose(client, "accounts_user", "close_account", someone.pk)
    monkeypatch.setattr(AccountAdmin, "staff_may", frozenset({"view"}))
    confirm(client, "accounts_user", fields, reason="not mine to do", typed="CLOSE")
    assert User.objects.get(pk=someone.pk).is_active


def test_nobody_deletes_rows_not_even_superusers() -> None:
    client, performer = factories.signed_in(factories.staff(is_superuser=True)), factories.performer()
    fields: dict[str, list[str]] = {"action": ["delete_selected"], "_selected_action": [str(performer.pk)]}
    confirm(client, "accounts_performer", fields, post="yes")
    address = reverse("admin:accounts_performer_delete", args=[performer.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Performer.objects.filter(pk=performer.pk).exists()


def test_saving_without_a_reason_changes_nothing() -> None:
    client, performer = factories.signed_in(factories.staff()), factories.performer()
    address = reverse("admin:accounts_performer_change", args=[performer.pk])
    answer = client.post(address, {"stage_name": "Changed"})
    assert answer.status_code == 200
    assert "This field is required" in answer.content.decode()
    assert Performer.objects.get(pk=performer.pk).stage_name != "Changed"


def test_saving_with_a_reason_says_what_changed_but_no_names() -> None:
    client, performer = factories.signed_in(factories.staff()), factories.performer()
    address = reverse("admin:accounts_performer_change", args=[performer.pk])
    answer = client.post(
        address,
        {"stage_name": "Changed", "studio": "", "verified_at_0": "", "verified_at_1": "", "audit_reason": "typo"},
    )
    assert answer.status_code == 302, answer.content.decode()
    entry = AuditEntry.objects.get(action="admin.changed")
    assert entry.after == {"stage_name": "(not recorded)"}
    assert entry.reason == "typo"


def test_staff_without_the_right_only_look() -> None:
    client, someone = factories.signed_in(factories.staff()), factories.account()
    address = reverse("admin:accounts_user_change", args=[someone.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"username": "other", "audit_reason": "x"}).status_code == 403


def test_the_log_can_only_be_read_even_by_superusers() -> None:
    client = factories.signed_in(factories.staff(is_superuser=True))
    entry = AuditEntry.objects.latest("id")
    address = reverse("admin:audit_auditentry_change", args=[entry.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "forged"}).status_code == 403
    assert client.post(reverse("admin:audit_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:audit_auditentry_add")).status_code == 403


def test_a_new_performer_gets_her_role() -> None:
    client, user = factories.signed_in(factories.staff()), factories.account()
    answer = client.post(
        reverse("admin:accounts_performer_add"),
        {
            "user": str(user.pk),
            "stage_name": "New",
            "studio": "",
            "verified_at_0": "",
            "verified_at_1": "",
            "audit_reason": "hired",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert factories.bearer(user).get("/api/v1/me").json()["roles"] == ["performer"]


def test_a_flag_is_shut_for_one_account() -> None:
    client, performer = factories.signed_in(factories.staff()), factories.performer()
    flag = FeatureFlag.objects.get(name="section.queue")
    answer = client.post(
        reverse("admin:accounts_featureflag_change", args=[flag.pk]),
        {"everyone": "true", "excluded": [str(performer.pk)], "note": "", "audit_reason": "asked"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert "section.queue" not in factories.bearer(performer).get("/api/v1/me").json()["flags"]


def test_a_password_set_by_staff_ends_all_sign_ins() -> None:
    performer = factories.performer()
    before = factories.signed_in(performer)
    client = factories.signed_in(factories.staff(is_superuser=True))
    fields = {"new_password1": factories.PASSWORD, "new_password2": factories.PASSWORD, "audit_reason": "lost"}
    answer = client.post(f"/admin/accounts/user/{performer.pk}/password/", fields)
    assert answer.status_code == 302, answer.content.decode()
    assert before.get("/api/v1/me").status_code == 401
    assert User.objects.get(pk=performer.pk).check_password(factories.PASSWORD)


def edit_account(client: Client, user: User, **changes: str | list[str]) -> int:
    """Save an account's page with these changes; returns the status."""
    kept: dict[str, str | list[str]] = {
        "username": user.username,
        "is_active": "on",
        "groups": [str(group.pk) for group in user.groups.all()],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
        "initial-date_joined_0": "2026-01-01",
        "initial-date_joined_1": "00:00:00",
        "audit_reason": "asked",
    }
    return client.post(reverse("admin:accounts_user_change", args=[user.pk]), kept | changes).status_code


def test_a_changed_role_ends_the_accounts_sign_ins() -> None:
    performer = factories.performer()
    before = factories.bearer(performer)
    client = factories.signed_in(factories.staff(is_superuser=True))
    assert edit_account(client, performer.user, groups=[]) == 302
    assert before.get("/api/v1/me").status_code == 401
    assert factories.bearer(performer).get("/api/v1/me").json()["permissions"] == []


def test_a_changed_name_of_no_consequence_ends_nothing() -> None:
    performer = factories.performer()
    before = factories.bearer(performer)
    client = factories.signed_in(factories.staff(is_superuser=True))
    assert edit_account(client, performer.user, first_name="Wanda") == 302
    assert before.get("/api/v1/me").status_code == 200
    assert AuditEntry.objects.get(action="admin.changed").after == {"first_name": "(not recorded)"}


def test_a_refused_action_is_shown_in_the_words_of_the_service_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused, done = factories.account("refused"), factories.account("done")
    real = services.set_active

    def set_active(*, by: Actor, user_id: UUID, active: bool, reason: str) -> None:
        real(by=by, user_id=user_id, active=active, reason=reason)
        if user_id == refused.pk:
            raise NotFound("Not this one.")

    monkeypatch.setattr(services, "set_active", set_active)
    client = factories.signed_in(factories.staff())
    fields = choose(client, "accounts_user", "close_account", refused.pk, done.pk)
    page = client.post(
        reverse("admin:accounts_user_changelist"), {**fields, "reason": "spring clean", "typed": "CLOSE"}, follow=True
    ).content.decode()
    assert "Refused: Not this one. (NOT_FOUND)" in page
    assert "Done: 1 of 2." in page
    assert User.objects.get(pk=refused.pk).is_active, "what was refused is rolled back"
    assert not User.objects.get(pk=done.pk).is_active
    assert [entry.target_id for entry in AuditEntry.objects.filter(action="admin.close_account")] == [str(done.pk)]
    attempt = AuditEntry.objects.get(action="admin.close_account.refused")
    assert (attempt.target_id, attempt.after, attempt.reason) == (
        str(refused.pk), {"outcome": "NOT_FOUND"}, "spring clean",
    )  # fmt: skip
