"""Pressing controls as the page does, and reading what comes back."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse

from accounts.models import Performer
from menus.services import offers
from tests import factories

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def press(client: Client, name: str, *args: object, key: str = "", **fields: str | list[str]) -> Response:
    """Post a control's form with a key of its own, or with this one."""
    body = {"idempotencyKey": key or str(uuid4()), **fields}
    return client.post(reverse(name, args=args), body, headers=HTMX)


def fetch(client: Client, name: str, *args: object) -> Response:
    """A region as a push or a poll fetches it."""
    return client.get(reverse(name, args=args), headers=HTMX)


def text(response: Response) -> str:
    """What the answer says, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def told(response: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.headers.get("X-Problem-Code", "")


def test_ids(response: Response) -> list[str]:
    """Every data-testid in the document, in order."""
    return re.findall(r'data-testid="([^"]+)"', response.content.decode())


test_ids.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def parts(response: Response) -> set[str]:
    """The regions that an answer replaces."""
    return set(re.findall(r'<hx-partial hx-target="#([^"]+)"', response.content.decode()))


def on_sale(performer: Performer, price: int = 100, **fields: object) -> UUID:
    """An item on a published menu of hers; its id."""
    by = factories.actor(performer)
    menu = offers.create_menu(by=by, performer_id=performer.pk, fields={"name": "Songs", "type": "purchasable"})
    offers.update_menu(by=by, performer_id=performer.pk, menu_id=menu.id, fields={"published": True})
    item = {"name": "A song", "description": "Yours", "price": price, "duration_seconds": 120, **fields}
    return offers.add_item(by=by, performer_id=performer.pk, menu_id=menu.id, fields=item).id
