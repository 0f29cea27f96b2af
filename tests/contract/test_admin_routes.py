"""The staff's site: only staff get in, every page of it is in the table, nothing can be deleted there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver

from core.ids import uuid7
from tests.contract.world import World

pytestmark = pytest.mark.django_db
PARAMETER = re.compile(r"<[^>]+>|\(\?P.*")
OUTSIDERS = ("nobody", "viewer", "performer", "manager")

# What staff may add by hand; the rest is read there, or changed by actions that ask for a reason.
MAY_BE_ADDED = {
    "accounts.featureflag": False,
    "accounts.performer": True,
    "accounts.signin": False,
    "accounts.studio": True,
    "accounts.user": False,
    "accounts.viewer": True,
    "adjustments.adjustment": True,
    "admin.logentry": False,
    "archive.archivedmonth": False,
    "audit.auditentry": False,
    "audit.seal": False,
    "auth.group": False,
    "axes.accessattempt": False,
    "compliance.viewerlimits": False,
    "core.deadletter": False,
    "core.outboxmessage": False,
    "loyalty.accountlink": True,
    "loyalty.breaker": False,
    "loyalty.webhookevent": False,
    "menus.menuactionlog": False,
    "menus.menupreferences": False,
    "menus.performermenu": True,
    "menus.priceditem": True,
    "menus.purchase": False,
    "menus.stafflink": True,
    "modelstate.modelstate": False,
    "modelstate.statechange": False,
    "notices.messageversion": True,
    "notices.notice": False,
    "payouts.payout": False,
    "payouts.verification": False,
    "queue_app.performerqueue": False,
    "queue_app.queueevent": False,
    "queue_app.queueitem": False,
    "wallet.account": False,
    "wallet.credit": False,
    "wallet.hold": False,
    "wallet.prizeslice": False,
    "wallet.seal": False,
    "wallet.transfer": False,
}
# The background jobs are shown as their library shows them, which asks for rights that only superusers have.
FOR_SUPERUSERS = "procrastinate.procrastinatejob"


def addresses(nodes: list[URLPattern | URLResolver], prefix: str = "/admin/") -> Iterator[str]:
    """Every address of the site, its parameters as `{id}`."""
    for node in nodes:
        route = prefix + str(node.pattern).removeprefix("^")
        if isinstance(node, URLResolver):
            yield from addresses(node.url_patterns, route)
        else:
            yield PARAMETER.sub("{id}", route)


EVERY_ADDRESS = sorted(set(addresses(admin.site.get_urls())))


def test_every_page_of_the_site_is_in_the_table() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == {*MAY_BE_ADDED, FOR_SUPERUSERS}


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_nobody_but_staff_gets_in_anywhere(world: World, outsider: str) -> None:
    client = world.client(outsider, "/admin/")
    found = {address: client.get(address.format(id=uuid7())).status_code for address in EVERY_ADDRESS}
    assert {address: status for address, status in found.items() if status not in {302, 403, 404}} == {}


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_who_is_no_staff_ends_at_a_page_that_says_so(world: World, outsider: str) -> None:
    answer = world.client(outsider, "/admin/").get("/admin/", follow=True)
    assert answer.status_code == (200 if outsider == "nobody" else 403)


@pytest.mark.parametrize("label", sorted(MAY_BE_ADDED))
def test_what_staff_may_do_there(world: World, label: str) -> None:
    client, page = world.client("staff", "/admin/"), f"/admin/{label.replace('.', '/')}/"
    statuses = [client.get(address).status_code for address in (page, f"{page}add/", f"{page}{uuid7()}/delete/")]
    assert statuses == [200, 200 if MAY_BE_ADDED[label] else 403, 403]


def test_the_jobs_are_for_superusers(world: World) -> None:
    page = f"/admin/{FOR_SUPERUSERS.replace('.', '/')}/"
    assert world.client("staff", page).get(page).status_code == 403
