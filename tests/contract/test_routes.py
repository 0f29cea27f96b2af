"""Who gets what at every address; an address that is not in the table fails the build."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests import factories
from tests.contract.routes import CREDENTIALS, ROUTES, WITHOUT_CSRF, Route
from tests.contract.sending import send
from tests.contract.world import ACTORS, World, given

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = [route for route in ROUTES if route.is_unsafe]
WITH_IDS = [route for route in ROUTES if "{" in route.path]


def by_name(route: Route) -> str:
    return route.name


def patterns(nodes: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The route of every address, the admin's aside."""
    for node in nodes:
        route = prefix + str(node.pattern)
        if isinstance(node, URLResolver):
            if node.app_name != "admin":
                yield from patterns(node.url_patterns, route)
        else:
            yield route


@pytest.fixture(autouse=True)
def signer(db: None) -> None:
    """The account that signs in by its password."""
    factories.viewer(CREDENTIALS["username"], password=CREDENTIALS["password"])


def test_every_address_of_the_product_is_in_the_table(world: World) -> None:
    listed = {resolve(world.address(route.plain_path)).route for route in ROUTES}
    assert set(patterns(get_resolver().url_patterns)) - listed == set()


def test_no_row_stands_twice() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("route", ROUTES, ids=by_name)
def test_who_gets_what(world: World, route: Route, actor: str) -> None:
    given(world, route.given)
    assert send(world, route, actor).status_code == route.expected[actor]


@pytest.mark.parametrize("route", WITH_IDS, ids=by_name)
def test_what_does_not_exist_is_not_found(world: World, route: Route) -> None:
    given(world, route.given)
    assert route.who is not None
    answer = send(world, route, route.who, address=world.unknown(route.path))
    assert answer.status_code == 404


@pytest.mark.parametrize("route", UNSAFE, ids=by_name)
def test_a_cookie_without_its_csrf_token_changes_nothing(world: World, route: Route) -> None:
    given(world, route.given)
    actor = route.who or "viewer"
    answer = send(world, route, actor, client=world.client(actor, route.path, enforce_csrf=True))
    assert answer.status_code == (route.expected[actor] if route.name in WITHOUT_CSRF else 403)


@pytest.mark.parametrize("path", sorted({route.plain_path for route in ROUTES}))
def test_no_address_answers_to_a_method_that_is_not_in_the_table(world: World, path: str) -> None:
    rows = {route.method: route for route in ROUTES if route.plain_path == path}
    somebody = next(iter(rows.values())).who or "viewer"
    for method in METHODS:
        if method not in rows:
            unlisted = Route(method, path, {}, keyed=True, given="")
            assert send(world, unlisted, somebody).status_code == 405, method


@pytest.mark.parametrize("route", [route for route in ROUTES if route.path.startswith("/f/")], ids=by_name)
def test_a_fragment_tells_nobody_to_sign_in(world: World, route: Route) -> None:
    answer = send(world, route, "nobody", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["X-Problem-Code"]) == (401, "NOT_AUTHENTICATED")
