"""Staff look at the ledger and cannot touch it; others do not even look."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.wallet.support import hold, settled, viewer_with
from wallet.models import Account, Hold, Transfer

pytestmark = pytest.mark.django_db
TABLES = {"account": Account, "transfer": Transfer, "hold": Hold}


def busy_ledger() -> None:
    viewer, performer = viewer_with(1000), factories.performer()
    settled(viewer, performer, 321)
    hold(viewer, performer, 45)


@pytest.mark.parametrize("table", TABLES)
def test_staff_see_the_list_and_each_row(table: str) -> None:
    busy_ledger()
    client = factories.signed_in(factories.staff())

    listed = client.get(reverse(f"admin:wallet_{table}_changelist"))
    row = TABLES[table]._default_manager.order_by("-created_at")[0]
    shown = client.get(reverse(f"admin:wallet_{table}_change", args=[row.pk]))

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert 'name="_save"' not in shown.content.decode()


@pytest.mark.parametrize("table", TABLES)
def test_nobody_adds_changes_or_deletes(table: str) -> None:
    busy_ledger()
    client = factories.signed_in(factories.staff(is_superuser=True))
    row = TABLES[table]._default_manager.all()[0]

    assert client.get(reverse(f"admin:wallet_{table}_add")).status_code == 403
    assert client.post(reverse(f"admin:wallet_{table}_change", args=[row.pk]), {"amount": 1}).status_code == 403
    assert client.post(reverse(f"admin:wallet_{table}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert TABLES[table]._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("table", TABLES)
def test_others_are_sent_to_the_sign_in_page(table: str) -> None:
    for person in (factories.viewer(), factories.performer(), factories.manager()):
        response = factories.signed_in(person).get(reverse(f"admin:wallet_{table}_changelist"))
        assert response.status_code == 302


def test_a_summed_account_shows_its_sum() -> None:
    performer = factories.performer()
    settled(viewer_with(1000), performer, 321)

    page = factories.signed_in(factories.staff()).get(
        reverse("admin:wallet_account_changelist"), {"kind__exact": "earned"}
    )

    assert '<td class="field-tokens">321</td>' in page.content.decode()


@pytest.mark.parametrize("table", TABLES)
def test_the_list_takes_the_same_statements_for_more_rows(table: str) -> None:
    client, address = factories.signed_in(factories.staff()), reverse(f"admin:wallet_{table}_changelist")
    numbers = []
    for _ in range(2):
        busy_ledger()
        with CaptureQueriesContext(connection) as statements:
            client.get(address)
        numbers.append(len(statements))

    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("query", ["somebody", "not-a-uuid", "01952f1c-6f1e-7c0a-8f4e-3d2b1a0c9e77", "' OR 1=1 --"])
@pytest.mark.parametrize("table", TABLES)
def test_any_search_is_answered(table: str, query: str) -> None:
    busy_ledger()

    page = factories.signed_in(factories.staff()).get(reverse(f"admin:wallet_{table}_changelist"), {"q": query})

    assert page.status_code == 200
