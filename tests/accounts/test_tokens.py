"""Bearer tokens: what is refused, and how a stolen one ends."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.conf import settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import tokens
from accounts.models import EndReason, SignIn
from core.events import client as valkey
from tests import factories

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answered

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:The HMAC key is")]
KEY = settings.JWT_SIGNING_KEY
OTHER_KEY = "another key that is long enough to sign with"


@pytest.fixture(autouse=True)
def _no_failures_yet() -> None:
    valkey().flushdb()


def me(token: str, **headers: str) -> int:
    """The status that a token gets."""
    return APIClient(headers={"Authorization": f"Bearer {token}", **headers}).get("/api/v1/me").status_code


def refresh(token: object) -> Answered:
    """Exchange a refresh token."""
    return APIClient().post("/api/v1/auth/token/refresh", {"refresh": token})


def forged(token: str, *, key: str = KEY, algorithm: str = "HS256", drop: str = "", **claims: object) -> str:
    """The token with other claims, signed again."""
    payload = jwt.decode(token, options={"verify_signature": False}) | claims
    payload.pop(drop, None)
    return jwt.encode(payload, key, algorithm=algorithm)


def unsigned(token: str) -> str:
    """The token's claims under `alg: none`."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def test_a_good_token_opens_the_api() -> None:
    assert me(factories.tokens(factories.viewer()).access) == 200


def test_a_token_signed_again_with_our_key_and_the_same_claims_is_good() -> None:
    assert me(forged(factories.tokens(factories.viewer()).access)) == 200, "else the refusals below prove nothing"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": OTHER_KEY},
        {"key": settings.SECRET_KEY},
        {"algorithm": "HS384"},
        {"exp": 1},
        {"aud": "someone-else"},
        {"iss": "someone-else"},
        {"token_type": "refresh"},
        {"token_type": "sliding"},
        {"sub": "not-an-id"},
        {"sid": "not-an-id"},
        {"sid": None},
        {"sub": "01890000-0000-7000-8000-000000000000"},
        {"sid": "01890000-0000-7000-8000-000000000000"},
        *({"drop": claim} for claim in ("exp", "aud", "iss", "token_type", "sub", "sid", "jti")),
    ],
    ids=str,
)
def test_a_token_that_is_not_ours_in_every_part_is_refused(changes: dict[str, Any]) -> None:
    assert me(forged(factories.tokens(factories.viewer()).access, **changes)) == 401


def test_an_unsigned_token_is_refused() -> None:
    assert me(unsigned(factories.tokens(factories.viewer()).access)) == 401


def test_a_token_that_names_a_public_key_algorithm_is_refused() -> None:
    body = factories.tokens(factories.viewer()).access.split(".")[1]
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    assert me(f"{header}.{body}.c2lnbmF0dXJl") == 401


@pytest.mark.parametrize("token", ["", "invalid-token", "a.b.c", "ey" * 3000, "é", "null"])
def test_rubbish_is_refused_in_one_shape_that_says_nothing(token: str) -> None:
    answer = APIClient(headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")}).get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["error"] == "NOT_AUTHENTICATED"
    assert answer.json()["detail"] == "Sign in to go on."


def test_nobody_gets_the_same_shape() -> None:
    answer = APIClient().get("/api/v1/me")
    assert (answer.status_code, answer.json()["error"]) == (401, "NOT_AUTHENTICATED")


def test_a_token_somebody_else_signed_in_with_does_not_name_another_sign_in() -> None:
    mine, hers = factories.tokens(factories.viewer()).access, factories.tokens(factories.viewer()).access
    her_sid = jwt.decode(hers, options={"verify_signature": False})["sid"]
    assert me(forged(mine, sid=her_sid)) == 401


def test_a_remembered_signature_does_not_outlive_its_token() -> None:
    token = forged(factories.tokens(factories.viewer()).access, exp=int(time.time()) + 2)
    assert me(token) == 200
    deadline = time.time() + 10
    while me(token) == 200 and time.time() < deadline:
        time.sleep(0.1)
    assert me(token) == 401
    assert time.time() < deadline


def test_a_revoked_sign_in_stops_its_access_token_at_once() -> None:
    token = factories.tokens(factories.viewer()).access
    assert me(token) == 200
    assert APIClient(headers={"Authorization": f"Bearer {token}"}).post("/api/v1/auth/logout").status_code == 204
    assert me(token) == 401


def test_a_closed_account_is_out_at_once() -> None:
    viewer = factories.viewer()
    token = factories.tokens(viewer).access
    viewer.user.is_active = False
    viewer.user.save()
    assert me(token) == 401


def test_credentials_of_the_wrong_shape_are_named_by_field() -> None:
    answer = APIClient().post("/api/v1/auth/token", {"username": 7, "password": None, "admin": True})
    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {"admin"}


def test_wrong_credentials_are_refused_in_the_words_of_the_page() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    for body in ({"username": "vera", "password": "wrong"}, {"username": "nobody", "password": "wrong"}):
        answer = APIClient().post("/api/v1/auth/token", body)
        assert (answer.status_code, answer.json()["detail"]) == (401, "The user name or password is not right.")


def test_guessing_at_the_api_is_stopped_like_guessing_at_the_page() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    for n in range(settings.AXES_FAILURE_LIMIT):
        APIClient().post("/api/v1/auth/token", {"username": "vera", "password": f"guess {n}"})
    answer = APIClient().post("/api/v1/auth/token", {"username": "vera", "password": factories.PASSWORD})
    assert (answer.status_code, answer.json()["error"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["resetTime"]


def test_a_refresh_token_gives_a_new_pair_of_the_same_sign_in() -> None:
    pair = factories.tokens(factories.viewer())
    answer = refresh(pair.refresh).json()
    assert answer["refresh"] != pair.refresh
    assert me(answer["access"]) == 200
    assert SignIn.objects.count() == 1


def test_a_refresh_token_used_twice_ends_the_whole_family() -> None:
    pair = factories.tokens(factories.viewer())
    second = refresh(pair.refresh).json()
    assert refresh(pair.refresh).status_code == 401
    assert me(second["access"]) == 401
    assert refresh(second["refresh"]).status_code == 401
    assert SignIn.objects.get().end_reason == EndReason.TOKEN_REUSED


@pytest.mark.parametrize("bad", ["invalid-token", 7, None, ["x"], "\x00"])
def test_a_bad_refresh_token_is_refused(bad: object) -> None:
    assert refresh(bad).status_code in {400, 401}


def test_an_access_token_does_not_refresh_and_a_refresh_token_does_not_open() -> None:
    pair = factories.tokens(factories.viewer())
    assert refresh(pair.access).status_code == 401
    assert me(pair.refresh) == 401


def test_a_forged_but_well_signed_refresh_token_that_was_never_issued_is_refused() -> None:
    pair = factories.tokens(factories.viewer())
    assert refresh(forged(pair.refresh, jti="never-issued")).status_code == 401
    assert refresh(pair.refresh).status_code == 200


def test_tokens_are_not_kept_in_the_database() -> None:
    factories.tokens(factories.viewer())
    assert OutstandingToken.objects.get().token == ""


def test_signing_out_with_the_refresh_token_alone() -> None:
    pair = factories.tokens(factories.viewer())
    assert APIClient().post("/api/v1/auth/logout", {"refresh": pair.refresh}).status_code == 204
    assert me(pair.access) == 401
    assert APIClient().post("/api/v1/auth/logout", {"refresh": pair.refresh}).status_code == 401


def test_signing_out_is_for_who_is_signed_in() -> None:
    assert APIClient().post("/api/v1/auth/logout").status_code == 401


def test_the_session_id_header_must_name_this_sign_in() -> None:
    viewer = factories.viewer()
    first, second = factories.bearer(viewer), factories.tokens(viewer).access
    session_id = first.get("/api/v1/me").json()["sessionId"]
    assert first.get("/api/v1/me", headers={"X-Session-Id": session_id}).status_code == 200
    assert me(second, **{"X-Session-Id": session_id}) == 401
    assert me(second, **{"X-Session-Id": "nonsense"}) == 401


def test_the_session_id_header_counts_for_cookies_too() -> None:
    client = factories.signed_in(factories.viewer())
    assert client.get("/api/v1/me", headers={"X-Session-Id": "nonsense"}).status_code == 401


def test_the_memory_of_signatures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "VERIFIED_LIMIT", 2)
    for _ in range(4):
        assert me(factories.tokens(factories.viewer()).access) == 200
    assert len(tokens._verified) <= 2
