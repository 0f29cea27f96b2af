"""What production promises at every address: headers, and money that goes on without Valkey.

That Django's deployment checks find nothing and that logs name nobody is proved in tests/accounts/test_https.py and
tests/config/test_logging.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches

from core import events
from core.api import BODY_LIMIT
from tests.contract.routes import ROUTES, Route
from tests.contract.sending import send
from tests.contract.world import World, given

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
BY_NAME = {route.name: route for route in ROUTES}
SHOWN = [route for route in ROUTES if route.method == "GET"]
NOWHERE = "redis://127.0.0.1:1/0"


def by_name(route: Route) -> str:
    return route.name


def policy(answer: Response) -> dict[str, list[str]]:
    """The content security policy by directive."""
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: values for name, *values in parts}


def check_headers(answer: Response) -> None:
    """What every answer of ours carries, whatever it says."""
    rules = policy(answer)
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert "'self'" in rules["script-src"]
    # Pictures inside the API explorer's style sheet are the one thing that may come as data.
    words = {word for name, values in rules.items() for word in values if (name, word) != ("img-src", "data:")}
    assert not words & {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Request-Id"]
    assert "Server" not in answer
    assert "X-Powered-By" not in answer


@pytest.mark.parametrize("route", SHOWN, ids=by_name)
def test_every_answer_carries_the_headers_that_protect_it(world: World, route: Route) -> None:
    check_headers(send(world, route, route.who or "viewer"))


@pytest.mark.parametrize("route", SHOWN, ids=by_name)
def test_what_is_one_persons_is_kept_by_no_cache_between(world: World, route: Route) -> None:
    kept = send(world, route, route.who or "viewer")["Cache-Control"]
    assert "no-store" in kept or {"private", "no-cache"} <= set(kept.replace(" ", "").split(","))


@pytest.mark.parametrize("path", ["/nowhere/", "/api/v1/nowhere", "/queue/", "/admin/", "/api/v1/me"])
def test_refusals_carry_them_too(world: World, path: str) -> None:
    for actor in ("nobody", "viewer"):
        check_headers(world.client(actor, path).get(path))


def test_a_page_of_the_desk_runs_under_trusted_types_and_a_nonce_of_its_own(world: World) -> None:
    first, second = (policy(send(world, BY_NAME["GET /"], "performer")) for _ in range(2))
    assert first["require-trusted-types-for"] == ["'script'"]
    nonces = [word for rules in (first, second) for word in rules["script-src"] if word.startswith("'nonce-")]
    assert len(set(nonces)) == 2


def test_trace_is_not_answered(world: World) -> None:
    for path in ("/", "/api/v1/me"):
        assert world.client("performer", path).generic("TRACE", path).status_code in {302, 405}


def test_a_body_of_unknown_length_is_refused_as_well(world: World) -> None:
    client = world.client("viewer", "/api/v1/me")
    answer = client.generic("POST", "/api/v1/auth/ws-ticket", b"{}", "application/json", CONTENT_LENGTH="much")
    assert answer.status_code == 413
    longer = client.generic(
        "POST", "/api/v1/auth/ws-ticket", b"{}", "application/json", CONTENT_LENGTH=str(BODY_LIMIT + 1)
    )
    assert longer.status_code == 413


# --- Valkey is down


@pytest.fixture
def valkey_is_down(settings: Any) -> Iterator[None]:  # noqa: ANN401 - pytest-django's settings
    """Cache, shields and events reach nobody."""
    caches["default"].clear()
    settings.REDIS_URL = NOWHERE
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}
    events.client.cache_clear()
    yield
    events.client.cache_clear()


@pytest.mark.usefixtures("valkey_is_down")
def test_without_valkey_we_are_ready_but_degraded(world: World) -> None:
    answer = send(world, BY_NAME["GET /readyz"], "nobody")
    told = json.loads(answer.content)
    assert (answer.status_code, told["status"]) == (200, "degraded")
    assert told["checks"]["database"]
    assert not told["checks"]["cache"]


MONEY = [
    "POST /api/v1/public/menu-items/{dance}/purchase",
    "POST /f/rooms/{performer}/buy/{dance}/",
    "POST /api/v1/queue/items/{queue_item}/start",
    "POST /api/v1/queue/items/{queue_item}/finish",
    "POST /api/v1/queue/items/{queue_item}/abandon",
    "POST /api/v1/queue/items/{queue_item}/cancel",
    "GET /api/v1/wallet/balance",
    "GET /api/v1/model/menu",
    "GET /api/v1/model/state",
    "GET /",
    "GET /rooms/{performer}/",
]


@pytest.mark.parametrize("name", MONEY)
def test_without_valkey_money_and_reading_go_on(world: World, name: str, request: pytest.FixtureRequest) -> None:
    route = BY_NAME[name]
    given(world, route.given)
    request.getfixturevalue("valkey_is_down")
    assert send(world, route, str(route.who)).status_code == 200


@pytest.mark.usefixtures("valkey_is_down")
@pytest.mark.parametrize("name", ["POST /api/v1/queue/join", "POST /api/v1/model/stream/start", "POST /f/queue/join/"])
def test_without_valkey_what_is_shielded_is_refused_for_now(world: World, name: str) -> None:
    answer = send(world, BY_NAME[name], "performer", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
