"""Sign-ins that begin and end at the same moment, with real threads on a real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar
from uuid import UUID

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts import hooks, services
from accounts.models import EndReason, SignIn, SignInKind, SocketTicket
from accounts.sockets import issue_ticket, sign_in_of_scope
from core.actors import SYSTEM, Actor
from tests import factories

pytestmark = pytest.mark.threads
T = TypeVar("T")


def together(times: int, work: Callable[[int], T]) -> list[T]:
    """Run the work in as many threads, each with connections of its own."""

    def one(number: int) -> T:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def test_of_eight_uses_of_a_refresh_token_one_wins_and_the_family_ends(database_clone: str) -> None:
    pair = factories.tokens(factories.viewer())
    answers = together(
        8, lambda _: APIClient().post("/api/v1/auth/token/refresh", {"refresh": pair.refresh}).status_code
    )
    assert sorted(answers) == [200] + [401] * 7
    assert SignIn.objects.get().end_reason == EndReason.TOKEN_REUSED


def test_all_sign_ins_ended_at_once_tell_of_one_last_sign_out(
    database_clone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[UUID] = []
    lock = Lock()

    def last(*, by: Actor, performer_id: UUID, forced: bool) -> None:
        with lock:
            told.append(performer_id)

    monkeypatch.setattr(hooks, "_signed_in", [])
    monkeypatch.setattr(hooks, "_last_sign_out", [last])
    performer = factories.performer()
    ids = [services.open_sign_in(user=performer.user, kind=SignInKind.TOKEN).pk for _ in range(8)]
    ended = together(8, lambda number: services.end_sign_in(by=SYSTEM, sign_in_id=ids[number]))
    assert ended == [True] * 8
    assert told == [performer.pk]


def test_of_eight_sockets_with_the_same_ticket_one_gets_in(database_clone: str) -> None:
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    query = f"ticket={issue_ticket(sign_in).ticket}".encode()
    found = together(8, lambda _: sign_in_of_scope({"query_string": query, "headers": []}))
    assert [got.pk for got in found if got] == [sign_in.pk]
    assert not SocketTicket.objects.exists()
