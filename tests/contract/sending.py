"""Sending a row's request as somebody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client

from tests.contract.routes import Route
from tests.contract.world import World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def send(
    world: World,
    route: Route,
    actor: str,
    *,
    address: str = "",
    body: Any = None,  # noqa: ANN401 - any JSON value, or bytes as they are
    headers: Mapping[str, str] | None = None,
    client: Client | None = None,
) -> Response:
    """The answer to this row's request: its body and a fresh key unless others are given."""
    client = client or world.client(actor, route.path)
    sent = route.body if body is None else body
    keys = {"Idempotency-Key": str(uuid4())} if route.keyed else {}
    content = sent if isinstance(sent, bytes) else encoded(route, named(world, sent))
    response: Response = client.generic(
        route.method,
        address or world.address(route.path),
        content if route.is_unsafe else b"",
        content_type=JSON if route.is_json else FORM,
        headers={**keys, **(headers or {})},
    )
    return response


def named(world: World, body: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The body with the ids of the things that stand in braces in it."""
    if not isinstance(body, dict):
        return body
    things = {f"{{{name}}}": number for name, number in world.things.items()}
    return {name: things.get(value, value) if isinstance(value, str) else value for name, value in body.items()}


def encoded(route: Route, body: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """The body as this address takes it."""
    return json.dumps(body).encode() if route.is_json else urlencode(body, doseq=True).encode()
