"""Bearer tokens at the API's door."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests import factories

pytestmark = pytest.mark.django_db


def test_right_credentials_give_tokens_that_open_the_api() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    answer = APIClient().post("/api/v1/auth/token", {"username": "Vera", "password": factories.PASSWORD})
    assert answer.status_code == 200
    client = APIClient(headers={"Authorization": f"Bearer {answer.json()['access']}"})
    me = client.get("/api/v1/me").json()
    assert me["username"] == "vera"
    assert me["roles"] == ["viewer"]
    assert me["permissions"] == ["READ_TRANSACTIONS", "READ_WALLET"]
    assert "section.queue" in me["flags"]


def test_a_signed_in_browser_is_somebody() -> None:
    performer = factories.performer()
    me = factories.signed_in(performer).get("/api/v1/me").json()
    assert me["performerId"] == str(performer.pk)
    assert me["sessionId"]
