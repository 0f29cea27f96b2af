"""The sign-in page, guessing, and signing out in the browser."""

from __future__ import annotations

import pytest
import redis
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client, override_settings
from rest_framework.test import APIClient

from accounts.guessing import BY_NAME
from accounts.models import SignIn
from core.events import client as valkey
from tests import factories

pytestmark = pytest.mark.django_db
WRONG = "The user name or password is not right."


@pytest.fixture(autouse=True)
def _no_failures_yet() -> None:
    valkey().flushdb()


def sign_in(client: Client, username: str, password: str = factories.PASSWORD, **more: str) -> int:
    """Send the form; returns the status."""
    return client.post("/login/", {"username": username, "password": password, **more}).status_code


def test_the_page_opens_without_being_signed_in() -> None:
    page = Client().get("/login/")
    assert page.status_code == 200
    assert 'autocomplete="current-password"' in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0") or "no-store" in page.headers["Cache-Control"]


def test_right_credentials_lead_home_and_open_the_product() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    client = Client()
    answer = client.post("/login/", {"username": "vera", "password": factories.PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/api/v1/me").json()["username"] == "vera"


@pytest.mark.parametrize(
    ("username", "password"), [("nobody", factories.PASSWORD), ("vera", "wrong"), ("gone", factories.PASSWORD)]
)
def test_a_wrong_name_password_or_closed_account_get_the_very_same_words(username: str, password: str) -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    factories.viewer("gone", password=factories.PASSWORD, is_active=False)
    page = Client().post("/login/", {"username": username, "password": password})
    assert page.status_code == 401
    assert WRONG in page.content.decode()
    assert password not in page.content.decode()


def test_an_empty_form_says_which_field_is_missing() -> None:
    page = Client().post("/login/", {"username": "vera"})
    assert page.status_code == 422
    assert "This field is required." in page.content.decode()


def test_guessing_is_stopped_even_with_the_right_password_afterwards() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    client = Client()
    answers = [sign_in(client, "vera", f"guess {n}") for n in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [401] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert sign_in(client, "vera") == 429
    assert not SignIn.objects.exists()


def test_names_that_do_not_exist_are_locked_out_just_the_same() -> None:
    client = Client()
    answers = [sign_in(client, "nobody", f"guess {n}") for n in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == 429


def test_another_address_is_not_locked_out_with_the_guesser() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    for n in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(), "vera", f"guess {n}")
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "vera") == 302


def test_a_made_up_forwarding_header_is_no_other_address() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    for n in range(settings.AXES_FAILURE_LIMIT):
        spoofed = Client(headers={"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"})
        sign_in(spoofed, "vera", f"guess {n}")
    assert sign_in(Client(headers={"X-Forwarded-For": "198.51.100.99"}), "vera") == 429


@override_settings(TRUSTED_PROXY_HOPS=1)
def test_behind_our_proxy_only_its_own_word_counts() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    for n in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.5"}), "vera", f"guess {n}")
    assert sign_in(Client(headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.5"}), "vera") == 429
    assert sign_in(Client(headers={"X-Forwarded-For": "203.0.113.5, 203.0.113.6"}), "vera") == 302


@pytest.mark.parametrize(
    "name", ["\x00", "x" * 151, "' OR 1=1 --", "<script>alert(1)</script>", "😀", "İ", "%s%n", " "]
)
def test_odd_names_are_refused_and_never_break_the_page(name: str) -> None:
    page = Client().post("/login/", {"username": name, "password": "x"})
    assert page.status_code in {401, 422}
    assert "<script>alert" not in page.content.decode()
    assert APIClient().post("/api/v1/auth/token", {"username": name, "password": "x"}).status_code in {400, 401}


def test_with_valkey_down_the_databases_limit_still_stops_guessing(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr("core.ratelimits.get_usage", down)
    factories.viewer("vera", password=factories.PASSWORD)
    answers = [sign_in(Client(), "vera", f"guess {n}") for n in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "vera") == 302


def test_guessing_one_name_from_many_addresses_is_stopped_too() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    for _ in range(BY_NAME.limit):
        BY_NAME.hit("vera")
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "vera") == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "other", "wrong") == 401


def test_signing_in_forgets_the_failures_before() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    client = Client()
    for n in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in(client, "vera", f"guess {n}")
    assert sign_in(client, "vera") == 302
    assert not AccessAttempt.objects.exists()


def test_failed_attempts_keep_neither_address_nor_browser_nor_password() -> None:
    Client(REMOTE_ADDR="203.0.113.9", headers={"User-Agent": "Secret/7 (Chrome)"}).post(
        "/login/", {"username": "vera", "password": "my other password"}
    )
    attempt = AccessAttempt.objects.get()
    kept = " ".join(str(value) for value in vars(attempt).values())
    for private in ("203.0.113.9", "Secret/7", "my other password"):
        assert private not in kept


def test_the_session_key_is_new_after_signing_in() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    client = Client()
    client.session.save()
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    sign_in(client, "vera")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/wallet/?page=2", "/wallet/?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_pages_of_ours(wanted: str, reached: str) -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    answer = Client().post("/login/", {"username": "vera", "password": factories.PASSWORD, "next": wanted})
    assert answer.headers["Location"] == reached


def test_who_is_signed_in_needs_no_sign_in_page() -> None:
    assert factories.signed_in(factories.viewer()).get("/login/?next=/wallet/").headers["Location"] == "/wallet/"


def test_signing_in_without_the_csrf_token_is_refused() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    assert sign_in(Client(enforce_csrf_checks=True), "vera") == 403


def test_signing_out_ends_this_sign_in_only() -> None:
    viewer = factories.viewer()
    here, there = factories.signed_in(viewer), factories.signed_in(viewer)
    assert here.post("/logout/").headers["Location"] == "/login/"
    assert here.get("/api/v1/me").status_code == 401
    assert there.get("/api/v1/me").status_code == 200


def test_signing_out_needs_post_and_may_be_repeated() -> None:
    client = factories.signed_in(factories.viewer())
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 302
    assert client.post("/logout/").status_code == 302


def test_the_cookie_of_an_ended_sign_in_is_worth_nothing() -> None:
    client = factories.signed_in(factories.viewer())
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/api/v1/me").status_code == 401


def test_a_session_without_its_sign_in_belongs_to_nobody() -> None:
    client = Client()
    client.force_login(factories.viewer().user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/me").status_code == 401


def test_cookies_are_hidden_from_scripts_and_from_other_sites() -> None:
    factories.viewer("vera", password=factories.PASSWORD)
    client = Client()
    client.get("/login/")
    sign_in(client, "vera")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
        assert client.cookies[name]["path"] == "/"
        assert not client.cookies[name]["domain"]


def test_a_signed_in_page_is_not_kept_by_caches() -> None:
    answer = factories.signed_in(factories.viewer()).get("/api/v1/me")
    assert "no-store" in answer.headers["Cache-Control"]
