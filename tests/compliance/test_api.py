"""The limits over JSON: a viewer about himself, every field checked."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.exceptions import SelfExcluded
from menus.services.purchases import purchase
from tests import factories
from tests.compliance.support import limited, spend
from tests.menus.support import claim, offer, on_duty

pytestmark = pytest.mark.django_db
LIMITS = "/api/v1/slot-machine/limits"
EXCLUSION = "/api/v1/slot-machine/self-exclusion"


def test_a_viewer_who_has_set_nothing() -> None:
    body = factories.bearer(factories.viewer()).get(LIMITS).json()
    assert (body["daily"], body["weekly"], body["selfExcludedUntil"]) == (None, None, None)
    assert body["pending"] == {"daily": None, "weekly": None}
    assert body["spent"] == {"daily": 0, "weekly": 0}
    assert body["gameLimits"] == {"daily": 2000, "weekly": 10000}


def test_put_merges_and_says_what_waits() -> None:
    viewer = limited(daily=500, weekly=900)
    spend(viewer, 70)
    body = factories.bearer(viewer).put(LIMITS, {"daily": 600}).json()
    assert (body["daily"], body["weekly"], body["spent"]["daily"]) == (500, 900, 70)
    assert body["pending"]["daily"]["tokens"] == 600
    assert body["pending"]["weekly"] is None


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"daily": "500"}, "daily", "invalid"),
        ({"daily": 1.5}, "daily", "invalid"),
        ({"weekly": -1}, "weekly", "min_value"),
        ({"weekly": 10**10}, "weekly", "max_value"),
        ({"monthly": 5}, "monthly", "unknown_field"),
        ([], "body", "not_an_object"),
    ],
)
def test_every_field_of_the_limits_is_checked(body: object, attr: str, code: str) -> None:
    answer = factories.bearer(factories.viewer()).put(LIMITS, body, format="json")
    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(attr, code)]


@pytest.mark.parametrize(
    ("body", "code"), [({}, "required"), ({"days": 0}, "min_value"), ({"days": 1827}, "max_value")]
)
def test_every_field_of_an_exclusion_is_checked(body: dict[str, object], code: str) -> None:
    answer = factories.bearer(factories.viewer()).post(EXCLUSION, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


def test_an_exclusion_cannot_be_shortened() -> None:
    client = factories.bearer(factories.viewer())
    until = client.post(EXCLUSION, {"days": 30}).json()["selfExcludedUntil"]
    answer = client.post(EXCLUSION, {"days": 1})
    assert (answer.status_code, answer.json()["error"]) == (409, "CANNOT_SHORTEN_SELF_EXCLUSION")
    assert answer.json()["until"] == until


def test_the_same_key_excludes_once() -> None:
    client, key = factories.bearer(factories.viewer()), str(uuid4())
    first = client.post(EXCLUSION, {"days": 30}, headers={"Idempotency-Key": key})
    again = client.post(EXCLUSION, {"days": 30}, headers={"Idempotency-Key": key})
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_reading_takes_one_statement_beyond_who_it_is() -> None:
    client = factories.bearer(limited(daily=500))
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get(LIMITS)
    with CaptureQueriesContext(connection) as second:
        client.get(LIMITS)
    assert len(first) == len(second)
    assert sum("compliance_status" in query["sql"] for query in second) == 1


def test_a_purchase_beyond_the_limit_is_refused_and_remembered() -> None:
    viewer, item = limited(daily=150), offer(on_duty(factories.performer()), price=100)
    client, address = factories.bearer(viewer), f"/api/v1/public/menu-items/{item.pk}/purchase"
    assert client.post(address, {}, headers={"Idempotency-Key": "one"}).status_code == 200
    answer = client.post(address, {}, headers={"Idempotency-Key": "two"})
    body = answer.json()
    assert (answer.status_code, body["error"]) == (409, "SPENDING_LIMIT_EXCEEDED")
    assert (body["limit"], body["spent"], body["period"]) == (150, 100, "daily")
    assert body["resetTime"].endswith("Z")
    client.put(LIMITS, {"daily": None})
    assert client.post(address, {}, headers={"Idempotency-Key": "two"}).headers["Idempotency-Replayed"] == "true"


def test_who_excluded_himself_buys_nothing() -> None:
    viewer, item = limited(), offer(on_duty(factories.performer()), price=100)
    factories.bearer(viewer).post(EXCLUSION, {"days": 1})
    with pytest.raises(SelfExcluded):
        purchase(by=factories.actor(viewer), claim=claim(viewer), item_id=item.pk)
