"""What every door asks of a browser: the CSRF token, and headers that keep pages to themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts import checks
from tests import factories

pytestmark = pytest.mark.django_db
TOO_OLD = "This form is too old. Load the page again."
# Doors that take no cookie: who comes here brings credentials in the body, or is a browser's report or a signed call.
CREDENTIALS = {"/api/v1/auth/token", "/api/v1/auth/token/refresh"}
WITHOUT_COOKIE = {*CREDENTIALS, "/csp-report/", "/webhooks/loyalty/"}
SAMPLES = {"uuid": str(UUID(int=7)), "int": "1", "slug": "not-found", "str": "not-found", "path": "x"}


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[str]:
    """Every address of the product, its parameters filled in."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield route.replace("^", "").replace("$", "")
        elif not route.startswith("/admin/"):
            yield from addresses(entry, route)


def test_the_census_finds_the_doors() -> None:
    found = set(addresses())
    assert {"/login/", "/logout/", "/api/v1/me", "/api/v1/auth/ws-ticket", *WITHOUT_COOKIE} <= found


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", sorted(set(addresses()) - WITHOUT_COOKIE))
def test_a_signed_in_browser_must_bring_the_csrf_token(address: str, method: str) -> None:
    performer = factories.performer()
    client = factories.signed_in(performer, client=Client(enforce_csrf_checks=True))
    answer = client.generic(method, address, b"{}", content_type="application/json")
    assert answer.status_code == 403, f"{method} {address} answered {answer.status_code} without a token"
    assert TOO_OLD in answer.content.decode()


@pytest.mark.parametrize("address", sorted(CREDENTIALS))
def test_doors_without_csrf_do_not_look_at_the_cookie(address: str) -> None:
    client = factories.signed_in(factories.viewer(), client=Client(enforce_csrf_checks=True))
    answer = client.post(address, {}, content_type="application/json")
    assert answer.status_code == 400


def test_with_the_token_the_same_request_goes_through() -> None:
    client = factories.signed_in(factories.viewer(), client=Client(enforce_csrf_checks=True))
    token = "a" * 32
    client.cookies["csrf"] = token
    answer = client.post("/api/v1/auth/ws-ticket", content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_a_bearer_needs_no_csrf_token() -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {factories.tokens(factories.viewer()).access}")
    assert client.post("/api/v1/auth/ws-ticket").status_code == 200


def test_a_bad_bearer_is_not_rescued_by_a_good_cookie() -> None:
    client = factories.signed_in(factories.viewer())
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize("address", ["/login/", "/api/v1/me"])
def test_pages_and_api_keep_to_themselves(address: str) -> None:
    headers = factories.signed_in(factories.viewer()).get(address, follow=False).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_foreign_site_is_not_allowed_in_by_cors() -> None:
    answer = APIClient().get("/api/v1/me", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS"])
def test_odd_methods_do_nothing(method: str) -> None:
    assert Client().generic(method, "/api/v1/me").status_code in {200, 401, 405}
    assert Client().generic(method, "/login/").status_code == 405


def test_the_token_settings_are_checked_before_the_start() -> None:
    jwt = {"SIGNING_KEY": "k" * 40, "ALGORITHM": "HS256", "AUDIENCE": "a", "ISSUER": "i"}
    with override_settings(SIMPLE_JWT=jwt):
        assert checks.check_tokens(None) == []
    with override_settings(SIMPLE_JWT={**jwt, "SIGNING_KEY": None}):
        assert checks.check_tokens(None) == [checks.KEY_SHARED]
    for missing in ({"ALGORITHM": "none"}, {"AUDIENCE": ""}, {"ISSUER": None}):
        with override_settings(SIMPLE_JWT={**jwt, **missing}):
            assert checks.check_tokens(None) == [checks.CLAIMS_UNCHECKED]


def test_a_missing_blacklist_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.checks.apps.is_installed", lambda name: False)
    assert checks.check_tokens(None) == [checks.BLACKLIST_MISSING]


def test_the_product_as_it_stands_passes_all_checks() -> None:
    call_command("check", fail_level="WARNING")
