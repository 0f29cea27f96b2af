"""A sign-in that was open within the last second is not asked for again, unless it has ended since."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import EndReason, Performer, SignIn
from accounts.services import end_sign_in
from accounts.tokens import sign_in_of_token
from accounts.vouched import GOOD_SECONDS, sign_ins
from core.actors import SYSTEM
from core.ears import hears
from tests import factories

pytestmark = pytest.mark.threads
ME = "/api/v1/me"


@pytest.fixture
def performer(database_clone: str) -> Iterator[Performer]:
    """Nobody is vouched for, and the process listens."""
    sign_ins().clear()
    assert hears()
    yield factories.performer()
    sign_ins().clear()


def asked(api: APIClient, **headers: str) -> bool:
    """Whether a good request asks the database for its sign-in."""
    more: dict[str, Any] = dict(headers)
    with CaptureQueriesContext(connection) as counted:
        assert api.get(ME, **more).status_code == 200
    return any("accounts_open_sign_in" in query["sql"] for query in counted)


def sign_in_of(performer: Performer) -> SignIn:
    """Her only sign-in."""
    return SignIn.objects.get(user_id=performer.pk)


def test_the_next_request_of_the_same_second_does_not_ask_again(performer: Performer) -> None:
    api = factories.bearer(performer)
    assert [asked(api), asked(api)] == [True, False]


def test_a_second_later_it_asks(performer: Performer) -> None:
    api = factories.bearer(performer)
    asked(api)
    sign_in = sign_in_of(performer)
    found = sign_ins().get(sign_in.pk)
    assert found is not None
    sign_ins().keep(sign_in.pk, replace(found, seen_at=found.seen_at - GOOD_SECONDS), time.monotonic())
    assert asked(api)


def test_an_ended_sign_in_is_refused_at_once(performer: Performer) -> None:
    api = factories.bearer(performer)
    asked(api)
    end_sign_in(by=SYSTEM, sign_in_id=sign_in_of(performer).pk, reason=EndReason.REVOKED, forced=True)
    assert api.get(ME).status_code == 401


def test_one_sign_in_does_not_vouch_for_another(performer: Performer) -> None:
    first, second = factories.bearer(performer), factories.bearer(performer)
    asked(first)
    assert asked(second)


def test_each_request_has_an_account_of_its_own(performer: Performer) -> None:
    token = factories.tokens(performer).access
    first, second = sign_in_of_token(token), sign_in_of_token(token)
    assert first.user == second.user
    assert first.user is not second.user


def test_who_must_be_marked_as_seen_is_asked_for(performer: Performer) -> None:
    api = factories.bearer(performer)
    SignIn.objects.filter(user_id=performer.pk).update(last_seen_at=timezone.now() - timedelta(hours=1))
    assert [asked(api), asked(api)] == [True, True]
    assert not asked(api)


def test_of_staff_nothing_is_kept(database_clone: str) -> None:
    assert hears()
    api = factories.bearer(factories.staff())
    assert [asked(api), asked(api)] == [True, True]


def test_a_session_that_is_not_hers_is_refused_though_vouched_for(performer: Performer) -> None:
    api = factories.bearer(performer)
    asked(api)
    assert not asked(api, HTTP_X_SESSION_ID=str(sign_in_of(performer).pk))
    assert api.get(ME, HTTP_X_SESSION_ID="00000000-0000-0000-0000-000000000000").status_code == 401
