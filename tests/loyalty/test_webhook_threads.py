"""The same webhook on sixteen threads has one effect; two who link the same member at once, one link."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from django.test import override_settings

from audit.models import AuditEntry
from core.actors import SYSTEM
from loyalty.models import AccountLink, WebhookEvent
from loyalty.services import link_account
from tests import factories
from tests.loyalty.fake_server import FakeServer
from tests.loyalty.fake_webhooks import SECRET, message, send, timed
from tests.loyalty.support import MEMBER, linked_viewer
from tests.support.threads import connections_for, refusals, together

pytestmark = pytest.mark.threads


def test_a_webhook_that_comes_sixteen_times_at_once_is_taken_once(
    database_clone: str, strict_server: FakeServer
) -> None:
    with (
        connections_for(16),
        override_settings(LOYALTY=strict_server.settings(webhook_secrets=(SECRET,))),
    ):
        linked_viewer()
        body = message("LINK_UPDATED", "e-1", member_id=MEMBER, status="REVOKED")
        answers = together([lambda: json.loads(send(body, timed(body)).content)["status"]] * 16)
        assert Counter(answers) == {"revoked": 1, "duplicate": 15}
        assert WebhookEvent.objects.count() == 1
        assert AuditEntry.objects.filter(action="loyalty.revoked").count() == 1


def test_of_eight_who_link_one_member_one_does(database_clone: str) -> None:
    with connections_for(8):
        viewers = [factories.viewer() for _ in range(8)]

        def link(number: int) -> AccountLink:
            return link_account(by=SYSTEM, viewer_id=viewers[number].pk, member_id=MEMBER, reason="test")

        outcomes = together([lambda number=number: link(number) for number in range(8)])  # type: ignore[misc]
        assert refusals(outcomes) == ["ALREADY_LINKED"] * 7
        assert AccountLink.objects.filter(active=True).count() == 1
