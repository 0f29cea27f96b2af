"""The staff's page, through a real client: proposed in a form, approved by others, refusals in the service's words."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User, Viewer
from adjustments.models import Adjustment
from audit.models import AuditEntry
from tests import factories
from tests.adjustments.support import holder, propose
from tests.audit.test_admin import choose, confirm, inputs_of
from tests.wallet.support import buckets, viewer_with

pytestmark = pytest.mark.django_db
MODEL = "adjustments_adjustment"
ADD = "/admin/adjustments/adjustment/add/"


def send_proposal(client: Client, viewer: Viewer, amount: int, **more: str) -> int:
    """Fill the form as staff do; the answer's status."""
    fields = inputs_of(client.get(ADD).content)
    asked = {"owner": str(viewer.pk), "bucket": "available", "direction": "credit", "tokens": str(amount)}
    asked |= {"ticket": "T-1", "audit_reason": "lost in a crash", **more}
    return client.post(ADD, {"key": fields["key"][0], **asked}).status_code


def act(client: Client, action: str, made: Adjustment) -> str:
    """Choose the action, say why; what the list says afterwards."""
    fields = choose(client, MODEL, action, made.pk)
    assert confirm(client, MODEL, {**fields, "action": [action]}, reason="looked at it") == 302
    return client.get(reverse(f"admin:{MODEL}_changelist")).content.decode()


def by(user: User) -> Client:
    """His browser."""
    return factories.signed_in(user)


def test_a_small_one_is_booked_by_the_form() -> None:
    viewer = viewer_with(0)
    assert send_proposal(by(factories.staff()), viewer, 100) == 302
    made = Adjustment.objects.get(owner_id=viewer.pk)
    assert (made.status, made.ticket, made.reason) == ("booked", "T-1", "lost in a crash")
    assert buckets(viewer.pk) == (100, 0, 0)
    assert AuditEntry.objects.filter(action="adjustment.propose", target_id=str(made.pk)).count() == 1


def test_a_form_that_is_sent_twice_proposes_once() -> None:
    viewer, client = viewer_with(0), by(factories.staff())
    key = inputs_of(client.get(ADD).content)["key"][0]
    for _ in range(2):
        assert send_proposal(client, viewer, 50, key=key) == 302
    assert buckets(viewer.pk) == (50, 0, 0)


@pytest.mark.parametrize("missing", ["owner", "bucket", "direction", "tokens", "ticket", "audit_reason"])
def test_no_field_may_be_missing(missing: str) -> None:
    assert send_proposal(by(factories.staff()), viewer_with(0), 50, **{missing: ""}) == 200
    assert not Adjustment.objects.exists()


def test_a_reason_that_is_too_long_is_named_in_the_form() -> None:
    assert send_proposal(by(factories.staff()), viewer_with(0), 50, audit_reason="x" * 256) == 200
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("amount", [0, -5, 99_999_999_999])
def test_an_amount_that_the_ledger_never_moves_is_named_at_its_field(amount: int) -> None:
    client, viewer = by(factories.staff()), viewer_with(0)
    fields = {"owner": str(viewer.pk), "bucket": "available", "direction": "credit", "tokens": str(amount)}
    page = client.post(ADD, {**fields, "ticket": "T-1", "audit_reason": "why"}).content.decode()
    assert "Ensure this value is" in page
    assert "Constraint" not in page
    assert not Adjustment.objects.exists()


def test_the_form_says_that_the_owner_reads_the_reason() -> None:
    assert "reads it in the transactions" in by(factories.staff()).get(ADD).content.decode()


def test_a_reason_that_the_owner_reads_names_no_person() -> None:
    assert send_proposal(by(factories.staff()), viewer_with(0), 50, audit_reason="ask max@example.com") == 200
    assert not Adjustment.objects.exists()


def test_a_debit_below_zero_is_refused_in_words() -> None:
    assert send_proposal(by(factories.staff()), viewer_with(10), 11, direction="debit") == 402
    assert not Adjustment.objects.exists()


def test_three_people_book_a_large_one() -> None:
    viewer, proposer = viewer_with(0), factories.staff()
    assert send_proposal(by(proposer), viewer, 700) == 302
    made = Adjustment.objects.get(owner_id=viewer.pk)
    assert "CANNOT_APPROVE_TWICE" in act(by(proposer), "approve", made)
    said = act(by(factories.staff()), "approve", made)
    assert ("one more person must approve it (2 of 3 agree)" in said, "Done:" in said) == (True, False)
    assert "PERMISSION_DENIED" in act(by(factories.staff()), "approve", made)
    assert "Done: 1 of 1" in act(by(holder()), "approve", made)
    assert buckets(viewer.pk) == (700, 0, 0)


def test_who_proposes_is_told_how_many_more_it_needs() -> None:
    client = by(factories.staff())
    send_proposal(client, viewer_with(0), 700)
    page = client.get(reverse(f"admin:{MODEL}_changelist")).content.decode()
    assert "Not booked yet: 2 more people must approve it (1 of 3 agree)." in page


def test_what_is_rejected_shows_so() -> None:
    viewer = viewer_with(0)
    made = Adjustment.objects.get(pk=propose(factories.staff(), viewer, 200).id)
    act(by(factories.staff()), "reject", made)
    made.refresh_from_db()
    assert made.status == "rejected"
    assert "ALREADY_DECIDED" in act(by(factories.staff()), "approve", made)


def test_its_page_shows_who_said_what_and_changes_nothing() -> None:
    made = propose(factories.staff("first-of-two"), viewer_with(0), 200)
    page = by(factories.staff()).get(reverse(f"admin:{MODEL}_change", args=[made.id]))
    assert page.status_code == 200
    assert "first-of-two" in page.content.decode()
    assert 'name="tokens"' not in page.content.decode()


def test_the_list_takes_as_many_statements_for_many_as_for_one() -> None:
    client, staff, address = by(factories.staff()), factories.staff(), reverse(f"admin:{MODEL}_changelist")
    client.get(address)
    counts = []
    for _ in range(2):
        propose(staff, viewer_with(0), 10)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]
