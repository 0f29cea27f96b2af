"""The parts of a page that change by themselves: one template and one address each, for page, push and poll."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.facts import Facts


@dataclass(frozen=True, slots=True)
class Region:
    """`id` is the element's; `context` reads what its template needs."""

    id: str
    template: str
    context: Callable[[Facts], dict[str, Any]]


def _shell(facts: Facts) -> dict[str, Any]:
    return {"shell": facts.shell()}


def _stage(facts: Facts) -> dict[str, Any]:
    return {"stage": facts.stage()}


def _queue(facts: Facts) -> dict[str, Any]:
    return {"queue": facts.queue_card()}


def _wallet(facts: Facts) -> dict[str, Any]:
    return {"wallet": facts.wallet_card()}


def _payouts(facts: Facts) -> dict[str, Any]:
    return {"payouts": facts.payouts_card()}


def _my_items(facts: Facts) -> dict[str, Any]:
    return {"mine": facts.my_items()}


def _limits(facts: Facts) -> dict[str, Any]:
    return {"limits": facts.limits_card()}


def _offer(facts: Facts) -> dict[str, Any]:
    return {"room": facts.room}


def _next(facts: Facts) -> dict[str, Any]:
    return {"next": facts.request_form()}


def _notices(facts: Facts) -> dict[str, Any]:
    return {"notices": facts.notices()}


def _preferences(facts: Facts) -> dict[str, Any]:
    return {"preferences": facts.preferences_form()}


def _region(name: str, context: Callable[[Facts], dict[str, Any]]) -> Region:
    return Region(name, f"dashboard/regions/{name.replace('-', '_')}.html", context)


REGIONS: Mapping[str, Region] = {
    "menu": _region("menu", _shell),
    "quick": _region("quick", _shell),
    "pill": _region("pill", _shell),
    "balance": _region("balance", _shell),
    "bell": _region("bell", _shell),
    "notices": _region("notices", _notices),
    "stage": _region("stage", _stage),
    "queue": _region("queue", _queue),
    "wallet": _region("wallet", _wallet),
    "payouts": _region("payouts", _payouts),
    "my-items": _region("my-items", _my_items),
    "limits": _region("limits", _limits),
    "next": Region("next", "dashboard/regions/request_next.html", _next),
    "next-gate": _region("next-gate", _next),
    "offer": _region("offer", _offer),
    "preferences": _region("preferences", _preferences),
}

#: What an action of a performer's session may change on her screen.
SESSION = ("menu", "quick", "pill", "stage", "queue")
#: What buying or cancelling changes on a viewer's.
VIEWING = ("my-items", "wallet", "balance")
