"""The staff's lists: an address that asks for what no row can have is refused in words, nothing breaks."""

from __future__ import annotations

import pytest
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
