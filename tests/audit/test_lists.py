"""The staff's lists: an address that asks for what no row can have is refused in words, nothing breaks."""

from __future__ import annotations

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db

IMPOSSIBLE = [
    "created_at__year=99999999999999",
    "created_at__year=0",
    "created_at__year=9999",
    "created_at__year=-1",
    "created_at__year=2026&created_at__month=13",
    "created_at__year=2026&created_at__month=2&created_at__day=30",
    "created_at__month=99999999999999999999",
    "status__exact=%00",
    "q=%00",
    "%00=1",
]


@pytest.mark.parametrize("query", IMPOSSIBLE)
@pytest.mark.parametrize("model", ["payouts_payout", "adjustments_adjustment", "queue_app_queueitem"])
def test_what_no_row_can_have_is_refused_in_words(model: str, query: str) -> None:
    page = factories.signed_in(factories.staff()).get(reverse(f"admin:{model}_changelist") + f"?{query}")
    assert (page.status_code, page.headers["X-Problem-Code"]) == (400, "VALIDATION_ERROR")
    assert b"No row can be chosen so." in page.content or b"There is no such day." in page.content


@pytest.mark.parametrize(
    "query", ["created_at__year=2026", "created_at__year=2026&created_at__month=2&created_at__day=28", "q=abc"]
)
def test_what_rows_can_have_is_looked_for(query: str) -> None:
    page = factories.signed_in(factories.staff()).get(reverse("admin:payouts_payout_changelist") + f"?{query}")
    assert page.status_code == 200


def test_a_field_that_completes_what_is_typed_refuses_too() -> None:
    wanted = {"app_label": "adjustments", "model_name": "adjustment", "field_name": "owner", "term": "\0"}
    answer = factories.signed_in(factories.staff()).get(reverse("admin:autocomplete"), wanted)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "VALIDATION_ERROR")


def said(page: HttpResponseBase) -> tuple[int, str | None]:
    """Its status and the refusal's code."""
    return page.status_code, page.headers.get("X-Problem-Code")


REFUSED = (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("query", ["status=%ED%A0%80", "status__exact=%00", "id__range=1"])
def test_the_list_of_jobs_refuses_too(query: str) -> None:
    client = factories.signed_in(factories.staff(is_superuser=True))
    assert said(client.get(f"{reverse('admin:procrastinate_procrastinatejob_changelist')}?{query}")) == REFUSED


@pytest.mark.parametrize("model", ["audit_auditentry", "notices_messageversion", "queue_app_queueevent"])
def test_a_span_with_one_end_is_refused(model: str) -> None:
    page = factories.signed_in(factories.staff()).get(reverse(f"admin:{model}_changelist") + "?id__range=1")
    assert said(page) == REFUSED


def test_a_fault_of_ours_in_a_list_is_no_wrong_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.admin.AuditedAdmin.get_changelist_instance", lambda *_: [][0])
    client = factories.signed_in(factories.staff())
    with pytest.raises(IndexError):
        client.get(reverse("admin:payouts_payout_changelist"))


ACTIONS = {"payouts_payout": "reject", "queue_app_queueitem": "refund", "notices_messageversion": "activate"}


@pytest.mark.parametrize("row", ["x'", ""])
@pytest.mark.parametrize(("model", "action"), ACTIONS.items())
def test_an_action_on_what_can_be_no_row_is_refused(model: str, action: str, row: str) -> None:
    client = factories.signed_in(factories.staff(is_superuser=True))
    sent = {"action": action, ACTION_CHECKBOX_NAME: row, "index": "0"}
    assert said(client.post(reverse(f"admin:{model}_changelist"), sent)) == REFUSED


FORMS = {
    "adjustments_adjustment": "owner",
    "menus_performermenu": "performer",
    "loyalty_accountlink": "viewer",
    "accounts_featureflag": "users",
}


@pytest.mark.parametrize(("model", "field"), FORMS.items())
def test_a_form_that_names_no_row_is_refused(model: str, field: str) -> None:
    client: Client = factories.signed_in(factories.staff(is_superuser=True))
    assert said(client.post(reverse(f"admin:{model}_add"), {field: "123"})) == REFUSED


def test_the_way_to_a_page_of_no_row_is_refused() -> None:
    assert said(factories.signed_in(factories.staff()).get("/admin/r/1/x/")) == REFUSED
