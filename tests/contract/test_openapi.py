"""The API's document: valid, as committed, with examples, and true: schemathesis finds nothing it does not say."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import strategies
from jsonschema import Draft202012Validator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.schemas import BaseSchema

from tests import factories
from tests.contract.world import World, build_world
from wallet.api.cursors import to_cursor
from wallet.queries.statements import Mark

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}
SEED = 20261121
#: How long each person tries what the document allows; the long form is for `make drill`.
SECONDS = 10
LONG_SECONDS = 120
EXPECTED = ["2xx", "3xx", "401", "403", "404", "409", "412", "429", "5xx"]
# No schema can say that two shortcuts differ and that no browser keeps them, nor that a place in a list was handed out.
# Neither can it say that a span ends after it begins, or that an instant has been.
RULES_BEYOND_A_SCHEMA = (
    "PUT /api/v1/model/menu/preferences",
    "GET /api/v1/queue/history",
    "GET /api/v1/wallet/balance",
    "GET /api/v1/wallet/transactions",
    "GET /api/v1/wallet/transactions.csv",
    "GET /api/v1/admin/accounts/{owner_id}/past",
    "GET /api/v1/notifications",
    "GET /api/v1/wallet/payouts",
)
APPLICATION = get_wsgi_application()
# A cursor is ours or it is refused; nobody can make one up.
CURSORS = strategies.builds(Mark, strategies.datetimes(timezones=strategies.just(UTC)), strategies.uuids()).map(
    to_cursor
)
schemathesis.openapi.format("cursor", CURSORS)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate_schema(document)


def test_no_view_leaves_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))


def test_the_committed_document_is_this_one(tmp_path: Path) -> None:
    call_command("spectacular", "--file", str(tmp_path / "openapi.yaml"))
    assert DOCUMENT.read_text() == (tmp_path / "openapi.yaml").read_text(), "run: make openapi"


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    assert [name for name, operation in operations(document) if not operation.get("description")] == []


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    without = [name for name, operation in operations(document) if not has_examples(operation)]
    assert without == []


def has_examples(operation: dict[str, Any]) -> bool:
    """Whether what is sent and what comes back on success are shown by example, where there is anything to show."""
    return all(not shape["schema"] or "examples" in shape for shape in bodies(operation))


def bodies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """What is sent, and what comes back on success."""
    parts = [operation["requestBody"]] if "requestBody" in operation else []
    parts += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    return [shape for part in parts for shape in part.get("content", {}).values()]


def test_every_example_is_what_its_schema_says(document: dict[str, Any]) -> None:
    wrong = [
        f"{name} {title}: {error.message}"
        for name, operation in operations(document)
        for shape in bodies(operation)
        for title, example in shape.get("examples", {}).items()
        for error in validator(document, shape["schema"]).iter_errors(example["value"])
    ]
    assert not wrong, "\n".join(wrong)


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Checks values against a schema of the document."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(document, default=str))
    return Draft202012Validator({**orjson.loads(orjson.dumps(schema)), "components": plain["components"]})


@pytest.fixture
def world(database_clone: str) -> Iterator[World]:
    """The people and things, committed to a database that is dropped afterwards: schemathesis works in threads."""
    yield build_world()
    connections.close_all()


SIGN_OUT = "/api/v1/auth/logout"


@pytest.mark.slow
@pytest.mark.threads
@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(LONG_SECONDS, marks=pytest.mark.drill)])
@pytest.mark.parametrize("who", ["performer", "viewer", "staff"])
def test_schemathesis_finds_nothing_that_the_document_does_not_say(world: World, who: str, seconds: int) -> None:
    failures, tested = run_schemathesis(load_document(world, who, seconds).exclude(path=SIGN_OUT))
    assert tested > 0
    assert not failures, "\n".join(failures)


@pytest.mark.slow
@pytest.mark.threads
def test_schemathesis_finds_nothing_in_signing_out(world: World) -> None:
    failures, tested = run_schemathesis(load_document(world, "viewer", SECONDS // 2).include(path=SIGN_OUT))
    assert tested > 0
    assert not failures, "\n".join(failures)


def load_document(world: World, who: str, seconds: int) -> BaseSchema:
    """The document as this person gets it over WSGI, in process."""
    # The transport in process does not unpack what the product packs.
    headers = {
        "Authorization": f"Bearer {factories.tokens(world.people[who]).access}",
        "Accept-Encoding": "identity",
    }
    settings = {
        "seed": SEED,
        "max-time": seconds,
        "headers": headers,
        "generation": {"max-examples": 8, "deterministic": True, "no-shrink": True, "allow-x00": False},
        "phases": {"stateful": {"max-steps": 6}},
        # 412 answers an If-Match that names no present version: the document cannot say which one is.
        "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
        "operations": [
            {"include-name": name, "checks": {"positive_data_acceptance": {"expected-statuses": [*EXPECTED, "400"]}}}
            for name in RULES_BEYOND_A_SCHEMA
        ],
    }
    config = SchemathesisConfig.from_dict(settings)
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", closing_app, config=config, headers=headers)


def closing_app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """The product, each answer read to its end and closed: Django gives the connection back only then."""
    answer = APPLICATION(environ, start_response)
    with contextlib.closing(answer):
        return list(answer)


def run_schemathesis(schema: BaseSchema) -> tuple[list[str], int]:
    """All checks, bounded in time; one example of each failure, and the number of requests made."""
    failures: dict[str, str] = {}
    requests = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures["engine"] = repr(getattr(event, "value", None) or getattr(event, "exception", event))
        if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            requests += len(event.recorder.cases)
            failures |= dict(words(event.recorder))
    return [f"{what}: {example}" for what, example in sorted(failures.items())], requests


def words(recorder: ScenarioRecorder) -> Iterator[tuple[str, str]]:
    """What went wrong in a scenario: which check on which operation, and the request that showed it."""
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = recorder.cases[case_id].value
                problem = " ".join(str(check.failure_info.failure).split())[:400]
                sent = f"{case.formatted_path} {case.query!r:.200} {case.body!r:.200}"
                yield f"{case.method} {case.path}: {check.name}", f"{problem} [{sent}]"


def test_the_document_is_yaml_that_others_can_read() -> None:
    assert yaml.safe_load(DOCUMENT.read_text())["openapi"].startswith("3.1")
