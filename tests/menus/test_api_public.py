"""What viewers see and buy over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from menus.models import Purchase
from tests import factories
from tests.menus.support import make_item, make_menu, menus_of, on_duty, purchase_of, rich


def public_menu(performer: Performer) -> str:
    """What viewers see of her."""
    return f"/api/v1/public/performers/{performer.pk}/menu"


def test_viewers_see_what_is_on_sale_in_her_order(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    menu = make_menu(api, performer)
    for name in "AB":
        make_item(api, menu, name=name)
    make_item(api, menu, name="off", active=False)
    make_item(api, make_menu(api, performer, published=False), name="draft")
    found = factories.bearer(viewer).get(public_menu(performer)).json()
    assert found["performerId"] == str(performer.pk)
    assert [item["name"] for item in found["items"]] == ["A", "B"]
    assert found["items"][0].items() >= {"price": 120, "basePrice": 120, "durationSeconds": 240}.items()


@pytest.mark.parametrize("visibility", ["subscribers", "private"])
def test_whatever_is_in_doubt_is_hidden(api: APIClient, performer: Performer, viewer: Viewer, visibility: str) -> None:
    item = make_item(api, make_menu(api, performer, visibility=visibility))
    client = factories.bearer(viewer)
    assert client.get(public_menu(performer)).json()["items"] == []
    assert client.post(purchase_of(item), HTTP_IDEMPOTENCY_KEY="k").status_code == 404


def test_guests_of_a_private_menu_see_it_until_they_are_taken_off(
    api: APIClient, performer: Performer, viewer: Viewer
) -> None:
    menu = make_menu(api, performer, visibility="private", guestIds=[str(viewer.pk)])
    make_item(api, menu)
    client = factories.bearer(viewer)
    assert len(client.get(public_menu(performer)).json()["items"]) == 1
    assert api.get(menu).json()["guestIds"] == [str(viewer.pk)]
    api.patch(menu, {"guestIds": []})
    assert client.get(public_menu(performer)).json()["items"] == []


def test_performers_are_listed_by_name_with_what_they_do(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    make_item(api, make_menu(api, performer))
    factories.performer()
    listed = factories.bearer(viewer).get("/api/v1/public/performers").json()
    assert listed["results"] == [
        {"id": str(performer.pk), "stageName": performer.stage_name, "streaming": False, "available": True}
    ]


@pytest.mark.parametrize("many", [1, 5])
def test_the_list_of_performers_takes_the_same_statements_for_many(
    viewer: Viewer,
    many: int,
    django_assert_num_queries: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    for _ in range(many):
        someone = on_duty(factories.performer())
        make_item(factories.bearer(someone), make_menu(factories.bearer(someone), someone))
    client = factories.bearer(viewer)
    client.get("/api/v1/me")  # the first request of a sign-in renews its presence
    with django_assert_num_queries(4):  # who asks; who performs; what they do; whose intake is paused
        page = client.get("/api/v1/public/performers").json()
    assert len(page["results"]) == many


def test_the_list_of_performers_goes_on(viewer: Viewer) -> None:
    for _ in range(5):
        someone = on_duty(factories.performer())
        make_item(factories.bearer(someone), make_menu(factories.bearer(someone), someone))
    client = factories.bearer(viewer)
    page = client.get("/api/v1/public/performers?limit=3").json()
    rest = client.get(page["next"]).json()
    assert (len(page["results"]), len(rest["results"])) == (3, 2)


def test_nobody_sees_nothing(performer: Performer) -> None:
    nobody = APIClient()
    for path in ("/api/v1/public/performers", public_menu(performer), menus_of(performer)):
        assert nobody.get(path).status_code == 401
    assert nobody.post(purchase_of(f"/{uuid4()}"), HTTP_IDEMPOTENCY_KEY="k").status_code == 401


def test_a_performer_who_is_not_there_has_no_public_menu(viewer: Viewer) -> None:
    assert factories.bearer(viewer).get(f"/api/v1/public/performers/{uuid4()}/menu").status_code == 404


# --- the purchase's door


def test_a_purchase_over_http_and_its_repetition(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    item = make_item(api, make_menu(api, performer))
    client = factories.bearer(viewer)
    first = client.post(purchase_of(item), {"note": "Hello"}, HTTP_IDEMPOTENCY_KEY="once")
    again = client.post(purchase_of(item), {"note": "Hello"}, HTTP_IDEMPOTENCY_KEY="once")
    assert set(first.json()) == {"purchaseId", "holdId", "queueItem", "price", "balance"}
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert "Idempotency-Replayed" not in first.headers


def test_a_remembered_refusal_is_the_same_body_again(api: APIClient, performer: Performer) -> None:
    item = make_item(api, make_menu(api, performer))
    client = factories.bearer(rich(factories.viewer(), 100))
    first, again = (client.post(purchase_of(item), HTTP_IDEMPOTENCY_KEY="once") for _ in range(2))
    assert (first.status_code, first.json()["required"], first.json()["available"]) == (402, 120, 100)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")


def test_the_key_is_required_and_may_stand_in_the_body(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    item = make_item(api, make_menu(api, performer))
    client = factories.bearer(viewer)
    missing = client.post(purchase_of(item))
    assert (missing.status_code, missing.json()["error"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert client.post(purchase_of(item), {"idempotencyKey": "k"}).status_code == 200
    different = client.post(purchase_of(item), {"idempotencyKey": "k"}, HTTP_IDEMPOTENCY_KEY="l")
    assert different.status_code == 400


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"note": 5}, "note", "invalid"),
        ({"note": "x" * 201}, "note", "max_length"),
        ({"note": "\x00"}, "note", "control_characters"),
        ({"note": "write to max@example.com"}, "note", "personal_email"),
        ({"price": 1}, "price", "unknown_field"),
        ([], "body", "invalid"),
    ],
)
def test_a_bad_body_names_its_field(
    api: APIClient,
    performer: Performer,
    viewer: Viewer,
    body: Any,  # noqa: ANN401 - any JSON
    attr: str,
    code: str,
) -> None:
    item = make_item(api, make_menu(api, performer))
    answer = factories.bearer(viewer).post(purchase_of(item), body, HTTP_IDEMPOTENCY_KEY="k")
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(attr, code)]
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("field", ["mode", "passThroughMode"])
def test_the_mode_is_the_performers(api: APIClient, performer: Performer, viewer: Viewer, field: str) -> None:
    item = make_item(api, make_menu(api, performer))
    answer = factories.bearer(viewer).post(purchase_of(item), {field: "OFF"}, HTTP_IDEMPOTENCY_KEY="k")
    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_MODE")
    assert not Purchase.objects.exists()


def test_only_viewers_buy(api: APIClient, performer: Performer) -> None:
    item = make_item(api, make_menu(api, performer))
    for person in (performer, factories.staff(), factories.manager()):
        answer = factories.bearer(person).post(purchase_of(item), HTTP_IDEMPOTENCY_KEY="k")
        assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")


def test_somebody_elses_name_in_the_body_is_404(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    item = make_item(api, make_menu(api, performer))
    answer = factories.bearer(viewer).post(purchase_of(item), {"modelId": str(performer.pk)}, HTTP_IDEMPOTENCY_KEY="k")
    assert answer.status_code == 404
