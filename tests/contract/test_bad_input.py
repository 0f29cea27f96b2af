"""Bad input at every address that may change something: the right 4xx with the field, never a 5xx, nothing written."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from drf_spectacular.generators import SchemaGenerator

from accounts import models
from core.ids import uuid7
from tests import factories
from tests.contract.routes import CREDENTIALS, ROUTES, Route
from tests.contract.sending import FORM, send
from tests.contract.world import World, given

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
Schema = dict[str, Any]
LIMIT = 256 * 1024
# What was tried is logged, refused or not, and whoever tries is there: that is what these tables are for.
LOGS = {"menus_menuactionlog", "presence_lease"}
HOSTILE = (
    "'; DROP TABLE wallet_transfer; --",
    "1 OR 1=1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ settings.SECRET_KEY }}",
)
WRONG_FOR = {
    "string": [7, True, ["a"], {"a": 1}],
    "integer": ["7", 1.5, True, [1], {"a": 1}, 10**30, -(10**30)],
    "number": ["7", True, [1]],
    "boolean": ["yes", 1, [True]],
    "array": ["a", 7, {"a": 1}],
    "object": ["a", 7, [1]],
}

JSON_ROUTES = [
    route for route in ROUTES if route.path.startswith("/api/v1/") and route.is_unsafe and (route.method != "DELETE")
]
KEYED = [route for route in ROUTES if route.keyed]
FORMS = [route for route in ROUTES if route.is_unsafe and not route.is_json]


def by_name(route: Route) -> str:
    return route.name


@pytest.fixture(autouse=True)
def signer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account that signs in by its password; nobody's sign-in is marked as seen meanwhile."""
    monkeypatch.setattr(models, "TOUCH_EVERY", timedelta(days=1))
    factories.viewer(CREDENTIALS["username"], password=CREDENTIALS["password"])


@pytest.fixture(scope="module")
def document() -> Schema:
    plain: Schema = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    return plain


def fields_of(document: Schema, route: Route) -> dict[str, Schema]:
    """The fields that this address takes, by name, from the API's own document."""
    for path, methods in document["paths"].items():
        pattern = path.replace("{", " ").replace("}", " ").split()
        if _same(pattern, route.plain_path) and route.method.lower() in methods:
            body = methods[route.method.lower()].get("requestBody")
            schema = body["content"]["application/json"]["schema"] if body else {}
            properties: dict[str, Schema] = _resolved(document, schema).get("properties", {})
            return {name: _resolved(document, field) for name, field in properties.items()}
    raise AssertionError(f"{route.name} is not in the document")


def _same(pattern: list[str], path: str) -> bool:
    plain = path.replace("{", " ").replace("}", " ").split()
    return [part for part in pattern if "/" in part] == [part for part in plain if "/" in part]


def _resolved(document: Schema, schema: Schema) -> Schema:
    for part in [schema, *schema.get("allOf", []), *schema.get("oneOf", [])]:
        if "$ref" in part:
            found: Schema = document["components"]["schemas"][part["$ref"].rpartition("/")[2]]
            return found
    return schema


def types_of(field: Schema) -> set[str]:
    """The JSON types that a field takes, null aside."""
    named = field.get("type", "string")
    return set(named if isinstance(named, list) else [named]) - {"null"}


def is_text(field: Schema) -> bool:
    """Whether it takes any text, and not only some words."""
    return types_of(field) == {"string"} and "enum" not in field and "format" not in field


def wrong_values(field: Schema) -> list[Any]:
    """Values of other types, and for text with rules, text that breaks them."""
    [name, *_] = types_of(field)
    wrong = list(WRONG_FOR[name])
    if "enum" in field or field.get("format") == "uuid":
        wrong += ["no-such-word", ""]
    if "maxLength" in field:
        wrong.append("x" * (field["maxLength"] + 1))
    if "maximum" in field:
        wrong += [field["maximum"] + 1, field["minimum"] - 1]
    return wrong


def contents() -> dict[str, object]:
    """A fingerprint of every table but the logs: whatever is written changes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name not in LOGS]
        parts = [f"(SELECT sum(hashtextextended(t::text, 0)) FROM {name} t)" for name in tables]
        cursor.execute("SELECT " + ", ".join(parts))
        return dict(zip(tables, cursor.fetchone(), strict=True))


def changed(before: dict[str, object]) -> list[str]:
    """The tables that were written since."""
    return [name for name, mark in contents().items() if before[name] != mark]


def refused(answer: Response, status: int, field: str, what: object) -> None:
    """The answer is this refusal, of this field, and says nothing of our inside."""
    body = json.loads(answer.content)
    assert answer.status_code == status, (what, body)
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["attr"].split(".")[0] for error in body["errors"]} == {field}, (what, body["errors"])


def knocking(world: World, route: Route) -> str:
    """Bring the performers where the address works; who is let in there."""
    given(world, route.given)
    return route.who or "viewer"


@pytest.mark.parametrize("route", JSON_ROUTES, ids=by_name)
def test_what_is_no_object_is_refused(world: World, route: Route) -> None:
    actor = knocking(world, route)
    before = contents()
    for raw in (b'{"a": ', b"{'a': 1}", b"[1]", b'"text"', b"7", b'{"a": NaN}', b"\xff\xfe", b"null"):
        refused(send(world, route, actor, body=raw), 400, "body", raw)
    assert changed(before) == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.is_unsafe], ids=by_name)
def test_a_huge_body_is_refused(world: World, route: Route) -> None:
    actor = knocking(world, route)
    before = contents()
    filler = b"x" * LIMIT
    body = b'{"note": "' + filler + b'"}' if route.is_json else b"note=" + filler
    answer = send(world, route, actor, body=body)
    assert answer.status_code == 413
    assert changed(before) == []


@pytest.mark.parametrize("route", JSON_ROUTES, ids=by_name)
def test_an_unknown_field_is_refused_by_name(world: World, route: Route) -> None:
    actor = knocking(world, route)
    before = contents()
    refused(send(world, route, actor, body={**route.body, "surprise": 1}), 400, "surprise", "surprise")
    assert changed(before) == []


@pytest.mark.parametrize("route", JSON_ROUTES, ids=by_name)
def test_a_wrong_type_is_refused_by_name(world: World, route: Route, document: Schema) -> None:
    actor = knocking(world, route)
    before = contents()
    for name, field in fields_of(document, route).items():
        for value in wrong_values(field):
            refused(send(world, route, actor, body={**route.body, name: value}), 400, name, (name, value))
    assert changed(before) == []


@pytest.mark.parametrize("route", JSON_ROUTES, ids=by_name)
def test_a_null_character_is_refused_by_name(world: World, route: Route, document: Schema) -> None:
    actor = knocking(world, route)
    before = contents()
    for name, field in fields_of(document, route).items():
        if is_text(field):
            refused(send(world, route, actor, body={**route.body, name: "a\0b"}), 400, name, name)
    assert changed(before) == []


@pytest.mark.parametrize("route", JSON_ROUTES, ids=by_name)
def test_sql_and_html_are_only_text(world: World, route: Route, document: Schema) -> None:
    actor = knocking(world, route)
    tables = set(contents())
    for name, field in fields_of(document, route).items():
        for text in HOSTILE if is_text(field) else ():
            before = contents()
            answer = send(world, route, actor, body={**route.body, name: text})
            assert answer.status_code < 500, (name, text)
            if answer.status_code == 400:
                refused(answer, 400, name, (name, text))
                assert changed(before) == []
            elif answer.status_code < 300 and name in (shown := json.loads(answer.content or b"{}")):
                assert shown[name] == text
    assert set(contents()) == tables


@pytest.mark.parametrize("route", JSON_ROUTES, ids=by_name)
def test_another_media_type_is_refused(world: World, route: Route) -> None:
    actor = knocking(world, route)
    client, before = world.client(actor, route.path), contents()
    keys = {"Idempotency-Key": str(uuid4())}
    answer = client.generic(route.method, world.address(route.path), b"a=1", content_type=FORM, headers=keys)
    assert (answer.status_code, answer.json()["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert changed(before) == []


@pytest.mark.parametrize("route", KEYED, ids=by_name)
def test_a_missing_key_is_refused(world: World, route: Route) -> None:
    actor = knocking(world, route)
    client, before = world.client(actor, route.path), contents()
    content = json.dumps(route.body) if route.is_json else ""
    kind = "application/json" if route.is_json else FORM
    answer = client.generic(route.method, world.address(route.path), content, content_type=kind)
    assert answer.status_code == 400
    assert code_of(answer) == "IDEMPOTENCY_KEY_REQUIRED"
    assert changed(before) == []


@pytest.mark.parametrize("route", KEYED, ids=by_name)
def test_a_bad_key_is_refused(world: World, route: Route) -> None:
    actor = knocking(world, route)
    before = contents()
    for key in ("with space", "x" * 256, "ключ".encode().decode("latin-1")):
        answer = send(world, route, actor, headers={"Idempotency-Key": key})
        assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_ERROR"), key
    assert changed(before) == []


@pytest.mark.parametrize("route", KEYED, ids=by_name)
def test_a_key_is_good_for_one_request(world: World, route: Route) -> None:
    actor = knocking(world, route)
    key = {"Idempotency-Key": str(uuid4())}
    first = send(world, route, actor, headers=key)
    before = contents()
    again = send(world, route, actor, headers=key)
    assert again.status_code == first.status_code
    other = send(world, route, actor, address=world.address(route.path) + "?other=1", headers=key)
    if route.is_json:
        assert again["Idempotency-Replayed"] == "true"
        assert json.loads(again.content) == json.loads(first.content)
        assert (other.status_code, code_of(other)) == (409, "DUPLICATE_IDEMPOTENCY_KEY")
    assert changed(before) == []


@pytest.mark.parametrize("route", FORMS, ids=by_name)
def test_a_form_with_bad_fields_is_no_fault_of_ours(world: World, route: Route) -> None:
    actor = knocking(world, route)
    names = [*route.body, "version", "note", "tokens", "item", "unknown"]
    for value in ("", "a\0b", "-1", "9" * 400, str(uuid7()), *HOSTILE):
        body = {**route.body, **dict.fromkeys(names, value)}
        assert send(world, route, actor, body=body).status_code < 500, value
    assert send(world, route, actor, body=b"%ff%00=%zz&&&===").status_code < 500


def code_of(answer: Response) -> str:
    """The code of a refusal, from the API or a page."""
    if answer["Content-Type"] == "application/problem+json":
        return str(json.loads(answer.content)["error"])
    return answer["X-Problem-Code"]


@pytest.mark.parametrize("path", ["/api/v1/queue/history", "/api/v1/wallet/transactions"])
@pytest.mark.parametrize("limit", ["", "0", "-1", "101", "9" * 30, "ten", "1.5", "null"])
def test_a_page_of_another_size_is_refused(world: World, path: str, limit: str) -> None:
    answer = world.client("viewer", path).get(path, {"limit": limit})
    refused(answer, 400, "limit", limit)


@pytest.mark.parametrize("path", ["/api/v1/queue/history", "/api/v1/wallet/transactions"])
def test_a_page_has_as_many_as_asked_for(world: World, path: str) -> None:
    assert len(world.client("viewer", path).get(path, {"limit": "1"}).json()["results"]) == 1
