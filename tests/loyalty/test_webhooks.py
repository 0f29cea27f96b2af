"""Webhooks: genuine, fresh and once, or refused; nothing is kept of them but their kind and digest."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from audit.models import AuditEntry
from core.actors import SYSTEM
from loyalty.models import WebhookEvent
from loyalty.services import revoke_link
from tests.loyalty import fake_webhooks
from tests.loyalty.fake_webhooks import SECRET, canonical, message, send, timed
from tests.loyalty.support import MEMBER, linked_viewer, the_link

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def door(settings: Settings) -> None:
    """A service is configured, with the secret of its webhooks."""
    settings.LOYALTY = {
        "url": "https://points.example",
        "hosts": frozenset({"points.example"}),
        "dialect": "openapi",
        "tenant": "t",
        "client_id": "c",
        "token_secret": "x" * 48,
        "webhook_secrets": (SECRET,),
    }


def outcome(response: HttpResponse) -> tuple[int, str]:
    body = json.loads(response.content)
    return response.status_code, str(body.get("status" if response.status_code == 200 else "error"))


@pytest.mark.parametrize(
    "sign",
    [timed, canonical, lambda body: canonical(body, in_base64=True), lambda body: timed(body, late_seconds=-290)],
    ids=["timestamp and body", "canonical", "canonical in base64", "our clock is behind"],
)
def test_a_genuine_message_is_taken(sign: object) -> None:
    body = message(event_id="e-1")
    assert outcome(send(body, sign(body))) == (200, "recorded")  # type: ignore[operator]  # one of four functions
    row = WebhookEvent.objects.get()
    assert (row.event_id, row.kind, row.result) == ("e-1", "POINTS_POSTED", "recorded")


def test_milliseconds_are_a_timestamp_too() -> None:
    body = message(event_id="e-1")
    stamp = timed(body)["X-Webhook-Timestamp"] + "000"
    import hashlib
    import hmac

    signature = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert outcome(send(body, {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signature}))[0] == 200


@pytest.mark.parametrize("late_seconds", [302, 3600, -303])
@pytest.mark.parametrize("sign", [timed, canonical])
def test_old_and_early_messages_are_refused(sign: object, late_seconds: float) -> None:
    body = message(event_id="e-1")
    headers = sign(body, late_seconds=late_seconds)  # type: ignore[operator]  # one of two functions
    assert outcome(send(body, headers)) == (401, "BAD_SIGNATURE")
    assert not WebhookEvent.objects.exists()


def forgeries() -> dict[str, tuple[bytes, dict[str, str]]]:
    body = message(event_id="e-1")
    good, other = timed(body), canonical(body)
    return {
        "nothing": (body, {}),
        "another secret": (body, timed(body, secret="y" * 48)),
        "another body": (body + b" ", good),
        "the same JSON, other bytes": (json.dumps(json.loads(body)).encode(), good),
        "another time": (body, {**good, "X-Webhook-Timestamp": str(int(good["X-Webhook-Timestamp"]) + 1)}),
        "another nonce": (body, {**other, "X-RRR-Nonce": "n"}),
        "no timestamp": (body, {"X-Webhook-Signature": good["X-Webhook-Signature"]}),
        "no hex": (body, {**good, "X-Webhook-Signature": "z" * 64}),
        "short": (body, {**good, "X-Webhook-Signature": good["X-Webhook-Signature"][:-2]}),
        "no zone": (body, {**other, "X-RRR-Timestamp": "2026-11-21T10:00:00"}),
        "no ascii": (body, {**good, "X-Webhook-Timestamp": "\u0661" * 10}),
        "a body alone signed": (body, {"X-RRR-Signature": other["X-RRR-Signature"]}),
        "far future": (body, {**good, "X-Webhook-Timestamp": "9" * 13}),
    }


@pytest.mark.parametrize("name", forgeries())
def test_forged_messages_are_refused_and_leave_nothing(name: str) -> None:
    body, headers = forgeries()[name]
    assert outcome(send(body, headers)) == (401, "BAD_SIGNATURE")
    assert not WebhookEvent.objects.exists()


def test_without_a_secret_the_door_is_shut(settings: Settings) -> None:
    settings.LOYALTY = {**settings.LOYALTY, "webhook_secrets": ()}
    body = message(event_id="e-1")
    assert outcome(send(body, timed(body, secret=""))) == (403, "FEATURE_DISABLED")


def test_without_a_service_the_door_is_shut(settings: Settings) -> None:
    settings.LOYALTY = None
    body = message(event_id="e-1")
    assert outcome(send(body, timed(body))) == (403, "FEATURE_DISABLED")


def test_while_a_secret_is_rotated_both_are_good(settings: Settings) -> None:
    settings.LOYALTY = {**settings.LOYALTY, "webhook_secrets": ("n" * 48, SECRET)}
    for number, secret in enumerate(("n" * 48, SECRET)):
        body = message(event_id=f"e-{number}")
        assert outcome(send(body, timed(body, secret=secret))) == (200, "recorded")


def test_an_event_comes_once_however_often_it_is_sent() -> None:
    body = message(event_id="e-1")
    assert [outcome(send(body, timed(body)))[1] for _ in range(3)] == ["recorded", "duplicate", "duplicate"]
    assert WebhookEvent.objects.count() == 1


def test_an_events_id_belongs_to_one_body() -> None:
    first, second = message(event_id="e-1", points=5), message(event_id="e-1", points=6)
    send(first, timed(first))
    assert outcome(send(second, timed(second))) == (409, "EVENT_ID_REUSED")


def test_the_nonce_is_the_id_where_the_event_has_none() -> None:
    body = message()
    assert outcome(send(body, canonical(body, nonce="n-1"))) == (200, "recorded")
    assert outcome(send(body, canonical(body, nonce="n-1"))) == (200, "duplicate")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"event": "X"}',
        b'{"event": 5, "emittedAt": "2026-11-21T10:00:00Z", "eventId": "e"}',
        b'{"event": "X", "emittedAt": "yesterday", "eventId": "e"}',
        b'{"event": "X", "emittedAt": "2026-11-21T10:00:00", "eventId": "e"}',
        b'{"event": "X", "emittedAt": "2026-11-21T10:00:00Z"}',
        b'{"event": "X", "emittedAt": "2026-11-21T10:00:00Z", "eventId": "' + b"e" * 129 + b'"}',
        b'{"event": "X", "emittedAt": "2026-11-21T10:00:00Z", "eventId": "a\\u0000b"}',
        b'{"event": "", "emittedAt": "2026-11-21T10:00:00Z", "eventId": "e"}',
        b'{"event": "LINK_UPDATED", "emittedAt": "2026-11-21T10:00:00Z", "eventId": "e", "data": {}}',
        b"\xff\xfe",
    ],
)
def test_genuine_nonsense_is_400_and_leaves_nothing(body: bytes) -> None:
    assert outcome(send(body, timed(body))) == (400, "VALIDATION_ERROR")
    assert not WebhookEvent.objects.exists()


def test_other_methods_and_huge_bodies_are_refused() -> None:
    assert Client().get(reverse("loyalty-webhook")).status_code == 405
    body = b"x" * (257 * 1024)
    assert outcome(send(body, timed(body))) == (413, "PAYLOAD_TOO_LARGE")


def ended(event_id: str = "e-1", member: str = MEMBER) -> bytes:
    return message("LINK_UPDATED", event_id, member_id=member, status="REVOKED")


def test_a_link_that_the_member_ended_ends_here_and_is_audited() -> None:
    linked_viewer()
    body = ended()
    assert outcome(send(body, timed(body))) == (200, "revoked")
    assert not the_link().active
    entry = AuditEntry.objects.get(action="loyalty.revoked")
    assert (entry.actor_kind, entry.reason) == ("system", "ended by the loyalty service")


def test_an_end_that_is_sent_again_does_not_end_a_newer_link() -> None:
    viewer = linked_viewer()
    body = ended()
    send(body, timed(body))
    from loyalty.services import link_account

    again = link_account(by=SYSTEM, viewer_id=viewer.pk, member_id=MEMBER, reason="test")
    assert outcome(send(body, timed(body))) == (200, "duplicate")
    again.refresh_from_db()
    assert again.active


def test_an_end_from_before_a_link_is_not_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_webhooks, "stamp_text", lambda _seconds=0: "2026-01-01T00:00:00Z")
    body = ended()
    linked_viewer()
    assert outcome(send(body, timed(body))) == (200, "stale")
    assert the_link().active


@pytest.mark.parametrize("status", ["ACTIVE", "PENDING"])
def test_a_link_never_begins_by_webhook(status: str) -> None:
    body = message("LINK_UPDATED", "e-1", member_id=MEMBER, status=status)
    assert outcome(send(body, timed(body))) == (200, "recorded")


def test_an_end_of_nobodys_link_is_taken() -> None:
    viewer_link = linked_viewer()
    revoke_link(by=SYSTEM, link_id=the_link().pk, reason="asked for it")
    body = ended()
    assert outcome(send(body, timed(body))) == (200, "stale")
    assert viewer_link.pk
