"""The JSON door: bad input gets a clear refusal by field, nothing is half-done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.ids import uuid7
from tests.core import doors

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.doors")]
URL = "/api/v1/things"
WHO = str(uuid7())


@pytest.fixture
def client() -> Client:
    doors.RUNS.clear()
    return Client(headers={"X-Who": WHO}, raise_request_exception=False)


def post(client: Client, body: object, key: str | None = "k", **headers: str) -> Any:  # noqa: ANN401
    sent = {"Idempotency-Key": key} if key else {}
    return client.post(URL, body, content_type="application/json", headers={**sent, **headers})


def errors(response: Any) -> dict[str, str]:  # noqa: ANN401
    return {error["attr"]: error["code"] for error in response.json()["errors"]}


def test_nobody_is_refused_with_401_and_a_challenge() -> None:
    response = Client().get(URL)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["error"] == "NOT_AUTHENTICATED"


def test_names_are_camel_case_in_and_out(client: Client) -> None:
    body = {"tokenCount": 5, "innerParts": [{"userNote": "hi"}], "free": {"snake_key": 1}}
    response = post(client, body)
    assert response.status_code == 201
    assert response.json() == {"token_count": 5, "inner_parts": [{"user_note": "hi"}], "free": {"snake_key": 1}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"tokenCount": "required"}),
        ({"tokenCount": "5"}, {"tokenCount": "invalid"}),
        ({"tokenCount": 5.5}, {"tokenCount": "invalid"}),
        ({"tokenCount": True}, {"tokenCount": "invalid"}),
        ({"tokenCount": None}, {"tokenCount": "null"}),
        ({"tokenCount": 0}, {"tokenCount": "min_value"}),
        ({"tokenCount": 10**15}, {"tokenCount": "max_value"}),
        ({"tokenCount": 10**30}, {"tokenCount": "invalid"}),
        ({"tokenCount": 5, "displayName": 7}, {"displayName": "invalid"}),
        ({"tokenCount": 5, "displayName": "a\x00b"}, {"displayName": "null_characters_not_allowed"}),
        ({"tokenCount": 5, "isOpen": "yes"}, {"isOpen": "invalid"}),
        ({"tokenCount": 5, "token_count": 5}, {"token_count": "unknown_field"}),
        ({"tokenCount": 5, "innerParts": [{"userNote": "toolong"}]}, {"innerParts.0.userNote": "max_length"}),
        ([1], {"body": "not_an_object"}),
    ],
)
def test_a_bad_field_is_named(client: Client, body: object, expected: dict[str, str]) -> None:
    response = post(client, body)
    assert response.status_code == 400
    assert response.json()["error"] == "VALIDATION_ERROR"
    assert errors(response) == expected
    assert doors.RUNS == []


@pytest.mark.parametrize("raw", ["{", "NaN", '{"tokenCount": NaN}', '{"tokenCount": 1', "\xff"])
def test_malformed_json_is_a_field_error(client: Client, raw: str) -> None:
    response = post(client, raw)
    assert response.status_code == 400
    assert errors(response) == {"body": "malformed"}


@pytest.mark.parametrize("levels", [33, 253, 1000])
def test_a_body_of_too_many_levels_is_a_field_error(client: Client, levels: int) -> None:
    response = post(client, '{"tokenCount": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}")
    assert response.status_code == 400
    assert errors(response) == {"body": "too_deep"}


def test_brackets_beside_each_other_are_no_depth(client: Client) -> None:
    response = post(client, {"tokenCount": 5, "innerParts": [{"userNote": "[{"}] * 40})
    assert response.status_code == 201


def test_another_media_type_is_refused(client: Client) -> None:
    response = client.post(URL, "a=1", content_type="text/plain", headers={"Idempotency-Key": "k"})
    assert response.status_code == 415


def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    assert post(client, {"displayName": "x" * 262_200}).status_code == 413


def test_a_missing_key_is_refused(client: Client) -> None:
    response = post(client, {"tokenCount": 5}, key=None)
    assert (response.status_code, response.json()["error"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")


def test_a_repetition_gets_the_first_answer(client: Client) -> None:
    first, again = post(client, {"tokenCount": 5}), post(client, {"tokenCount": 5})
    assert again.json() == first.json()
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert doors.RUNS == ["post"]


def test_the_key_may_stand_in_the_body(client: Client) -> None:
    post(client, {"tokenCount": 5, "idempotencyKey": "k"}, key=None)
    assert post(client, {"tokenCount": 5})["Idempotency-Replayed"] == "true"


def test_two_different_keys_are_refused(client: Client) -> None:
    response = post(client, {"tokenCount": 5, "idempotencyKey": "other"})
    assert errors(response) == {"idempotencyKey": "different"}


def test_a_refusal_of_money_is_replayed_to_the_letter(client: Client) -> None:
    first, again = post(client, {"tokenCount": 402}), post(client, {"tokenCount": 402})
    assert first.status_code == again.status_code == 402
    assert first.json() == again.json()
    assert (first.json()["required"], first.json()["available"]) == (402, 1)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert doors.RUNS == ["post"]


def test_a_validation_failure_frees_the_key(client: Client) -> None:
    post(client, {"tokenCount": 0})
    assert post(client, {"tokenCount": 5}).status_code == 201


def test_a_key_is_honoured_where_it_may_come(client: Client) -> None:
    headers = {"Idempotency-Key": "put"}
    for _ in range(2):
        client.put(URL, {"tokenCount": 1}, content_type="application/json", headers=headers)
    client.put(URL, {"tokenCount": 1}, content_type="application/json")
    assert doors.RUNS == ["put", "put"]


def test_if_match_with_another_version_is_refused(client: Client) -> None:
    response = client.put(URL, {}, content_type="application/json", headers={"If-Match": '"6"'})
    assert (response.status_code, response.json()["error"]) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize("sent", ['"7"', 'W/"7"', '"6", "7"', "*"])
def test_what_the_client_has_is_not_sent_again(client: Client, sent: str) -> None:
    response = client.get(URL, headers={"If-None-Match": sent})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", '"7"')


def test_an_old_copy_is_replaced(client: Client) -> None:
    assert client.get(URL, headers={"If-None-Match": '"6"'}).json() == {"version": 7}


def test_a_foreign_model_id_is_not_found(client: Client) -> None:
    assert post(client, {"tokenCount": 5, "modelId": str(uuid7())}).status_code == 404
    assert post(client, {"tokenCount": 5, "modelId": WHO}, key="own").status_code == 201


def test_a_fault_tells_nothing_of_its_inside(client: Client) -> None:
    response = client.patch(URL, {}, content_type="application/json")
    assert (response.status_code, response.json()["error"]) == (500, "SYSTEM_ERROR")
    assert b"internal detail" not in response.content
    assert response["X-Request-Id"] == response.json()["requestId"]


def test_an_unknown_method_is_405(client: Client) -> None:
    assert client.delete(URL).json()["error"] == "METHOD_NOT_ALLOWED"


def test_an_unknown_address_of_the_api_is_a_problem(client: Client) -> None:
    response = client.get("/api/v1/nothing")
    assert (response.status_code, response.json()["error"]) == (404, "NOT_FOUND")


def test_a_page_refuses_with_the_same_code_and_wait(client: Client) -> None:
    response = client.get("/page")
    assert (response.status_code, response["X-Problem-Code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert response["Retry-After"] == "30"
    assert b"<html" in response.content


def test_a_fragment_refuses_with_the_same_code(client: Client) -> None:
    response = client.get("/page", headers={"HX-Request": "true"})
    assert (response.status_code, response["X-Problem-Code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert b'data-code="RATE_LIMIT_EXCEEDED"' in response.content
    assert b"<html" not in response.content


def test_a_request_id_that_could_break_a_log_line_is_replaced(client: Client) -> None:
    response = client.get(URL, headers={"X-Request-Id": "bad id"})
    assert " " not in response["X-Request-Id"]
    assert client.get(URL, headers={"X-Request-Id": "good-id-1"})["X-Request-Id"] == "good-id-1"


def test_answers_are_not_stored_by_caches(client: Client) -> None:
    assert post(client, {"tokenCount": 5})["Cache-Control"] == "no-store"
