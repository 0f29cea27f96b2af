"""What is written down about an act, and what is not."""

from __future__ import annotations

from contextvars import Context
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import User
from audit import services
from audit.models import AuditEntry
from core.actors import SYSTEM, Actor
from core.context import ip_tag
from tests import factories

pytestmark = pytest.mark.django_db


def recorded(**fields: object) -> AuditEntry:
    """An entry whose `after` holds these fields."""
    entry = services.record(by=SYSTEM, action="test.done", target_type="thing", target_id="1", after=fields)
    return AuditEntry.objects.get(pk=entry.pk)


def test_an_entry_says_who_did_what_to_what_and_why() -> None:
    staff = Actor(id=UUID(int=7), kind="staff")
    services.record(
        by=staff,
        action="item.refunded",
        target_type="queue_item",
        target_id="42",
        before={"status": "created"},
        after={"status": "refunded"},
        reason="double charge",
    )
    entry = AuditEntry.objects.get(action="item.refunded")
    assert (entry.actor_kind, entry.actor_id) == ("staff", str(staff.id))
    assert (entry.target_type, entry.target_id, entry.reason) == ("queue_item", "42", "double charge")
    assert (entry.before, entry.after) == ({"status": "created"}, {"status": "refunded"})


def test_values_of_fields_nobody_allowed_are_withheld() -> None:
    after = recorded(status="done", email="wanda@example.org", password="x").after
    assert after == {"status": "done", "email": "(not recorded)", "password": "(not recorded)"}


def test_a_room_allows_its_own_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_recordable", set(services._recordable))
    assert recorded(depth=3).after == {"depth": "(not recorded)"}
    services.allow_fields("depth")
    assert recorded(depth=3).after == {"depth": 3}


def test_values_are_plain_and_rows_are_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_recordable", {"at", "id", "who", "all", "flag"})
    user = factories.account("wanda")
    after = recorded(
        at=datetime(2026, 1, 2, tzinfo=UTC),
        id=UUID(int=1),
        who=user,
        all=User.objects.filter(pk=user.pk),
        flag=None,
    ).after
    assert after == {
        "at": "2026-01-02T00:00:00+00:00",
        "id": str(UUID(int=1)),
        "who": str(user.pk),
        "all": [str(user.pk)],
        "flag": None,
    }


def test_an_entry_lives_and_dies_with_its_cause() -> None:
    with transaction.atomic():
        recorded(status="done")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_the_request_is_known_by_a_keyed_tag_a_class_and_an_id() -> None:
    headers = {"User-Agent": "Mozilla/5.0 (secret device) Chrome/150.0", "X-Request-Id": "complaint-0001"}
    client = factories.signed_in(factories.viewer(), client=Client(REMOTE_ADDR="203.0.113.9", headers=headers))
    client.post("/logout/")
    entry = AuditEntry.objects.get(action="sign_in.ended")
    assert (entry.ip_tag, entry.ua_class) == (ip_tag("203.0.113.9"), "Chrome")
    assert entry.request_id == "complaint-0001"
    assert entry.key_id == services.key_id()
    assert "203.0.113.9" not in str(vars(entry))
    assert "secret device" not in str(vars(entry))


def test_the_same_address_has_the_same_tag_only_under_the_same_key() -> None:
    tag, key = ip_tag("203.0.113.9"), services.key_id()
    assert tag == ip_tag("203.0.113.9")
    assert tag != ip_tag("203.0.113.8")
    assert len(bytes.fromhex(tag)) == 16
    with override_settings(AUDIT_KEY="another key of at least thirty-two characters"):
        assert ip_tag("203.0.113.9") != tag
        assert services.key_id() != key


def test_outside_of_a_request_there_is_no_tag_and_no_key() -> None:
    entry = Context().run(recorded, status="done")
    assert (entry.ip_tag, entry.key_id) == ("", "")
