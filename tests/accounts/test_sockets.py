"""Who opens a socket: cookie or single-use ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from accounts import services
from accounts.events import SignInEnded, room_of
from accounts.models import EndReason, SignIn, SignInKind, SocketTicket
from accounts.sockets import TICKET_SECONDS, issue_ticket, sign_in_of_scope
from core.actors import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db
TICKET = "/api/v1/auth/ws-ticket"


def scope(query: str = "", cookie: str = "") -> dict[str, Any]:
    """What Channels hands to a consumer."""
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return {"type": "websocket", "query_string": query.encode(), "headers": headers}


def cookie_of(client: Client) -> str:
    """The header that this browser sends."""
    return f"theme=dark; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_a_ticket_opens_one_socket() -> None:
    viewer = factories.viewer()
    answer = factories.bearer(viewer).post(TICKET).json()
    assert answer["expiresIn"] == TICKET_SECONDS
    found = sign_in_of_scope(scope(f"ticket={answer['ticket']}"))
    assert found is not None
    assert found.user_id == viewer.pk
    assert sign_in_of_scope(scope(f"ticket={answer['ticket']}")) is None


def test_a_browser_gets_tickets_too() -> None:
    viewer = factories.viewer()
    ticket = factories.signed_in(viewer).post(TICKET, content_type="application/json").json()["ticket"]
    found = sign_in_of_scope(scope(f"ticket={ticket}"))
    assert found is not None
    assert found.kind == SignInKind.SESSION


def test_tickets_are_for_who_is_signed_in() -> None:
    assert APIClient().post(TICKET).status_code == 401


def test_a_ticket_that_has_expired_is_worth_nothing() -> None:
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    ticket = issue_ticket(sign_in).ticket
    SocketTicket.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert sign_in_of_scope(scope(f"ticket={ticket}")) is None


def test_a_ticket_does_not_outlive_its_sign_in() -> None:
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    ticket = issue_ticket(sign_in).ticket
    services.end_sign_in(by=SYSTEM, sign_in_id=sign_in.pk, reason=EndReason.REVOKED)
    assert sign_in_of_scope(scope(f"ticket={ticket}")) is None


def test_the_database_does_not_hold_the_secret() -> None:
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    ticket = issue_ticket(sign_in).ticket
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_socketticket t")
        assert ticket not in cursor.fetchone()[0]


def test_expired_tickets_are_swept_when_a_new_one_is_made() -> None:
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    issue_ticket(sign_in)
    SocketTicket.objects.update(expires_at=Now() - timedelta(seconds=1))
    issue_ticket(sign_in)
    assert SocketTicket.objects.count() == 1


@pytest.mark.parametrize("query", ["", "ticket=", "ticket=nonsense", "ticket=%00", "ticket=é", "token=x"])
def test_without_a_good_ticket_or_cookie_it_is_nobody(query: str) -> None:
    assert sign_in_of_scope(scope(query)) is None


def test_the_session_cookie_opens_a_socket() -> None:
    viewer = factories.viewer()
    found = sign_in_of_scope(scope(cookie=cookie_of(factories.signed_in(viewer))))
    assert found is not None
    assert found.user_id == viewer.pk


def test_a_bad_ticket_is_not_made_good_by_a_cookie() -> None:
    assert sign_in_of_scope(scope("ticket=nonsense", cookie_of(factories.signed_in(factories.viewer())))) is None


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 32, "\x00", "../../etc"])
def test_a_planted_cookie_is_nobody(key: str) -> None:
    assert sign_in_of_scope(scope(cookie=f"{settings.SESSION_COOKIE_NAME}={key}")) is None


def test_the_cookie_of_an_ended_sign_in_opens_nothing() -> None:
    client = factories.signed_in(factories.viewer())
    cookie = cookie_of(client)
    client.post("/logout/")
    assert sign_in_of_scope(scope(cookie=cookie)) is None


def test_the_end_of_a_sign_in_is_announced_to_its_own_sockets_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    monkeypatch.setattr("core.events.send_now", lambda rooms, frame: sent.append((rooms, frame)))
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    with django_capture_on_commit_callbacks(execute=True):
        services.end_sign_in(by=SYSTEM, sign_in_id=sign_in.pk)
        assert sent == []
    [(rooms, frame)] = sent
    assert rooms == (room_of(sign_in.pk),) == (f"sign-in:{sign_in.pk}",)
    assert (frame["event"], frame["data"]) == (SignInEnded.name, {"sessionId": str(sign_in.pk)})
    assert SignIn.objects.get(pk=sign_in.pk).ended_at
