"""Logs tell what happened by ids, and name nobody: a whole visit is read back and searched."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from accounts.models import Performer, User, Viewer
from audit.services import seal
from config.logging import MASK, QUIET, line_formatter
from core.actors import SYSTEM
from core.context import enter
from tests import factories
from tests.menus.support import offer
from wallet.services import fund

ADDRESS = "203.0.113.77"
EMAIL = "wanda.private@example.org"
NAMES = ("wanda-private", "Wanda Stagename", "viktor-private", "Viktor Alias")


class Log(io.StringIO):
    """What would stand in the log file."""

    def lines(self) -> list[dict[str, object]]:
        """Each line as the JSON it is."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything logged from here on, at every level but of those that are kept quiet, as it would be written."""
    written = Log()
    handler = logging.StreamHandler(written)
    handler.setFormatter(line_formatter("json"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


def visit() -> tuple[Client, APIClient]:
    """A browser and a client from the address that must not show up."""
    agent = {"User-Agent": "Very/1 (Particular; Device) Chrome/1"}
    return Client(REMOTE_ADDR=ADDRESS, headers=agent), APIClient(REMOTE_ADDR=ADDRESS, headers=agent)


@pytest.mark.django_db
def test_a_whole_visit_leaves_no_name_address_password_or_token_in_the_log(log: Log) -> None:
    performer = factories.performer("wanda-private", password=factories.PASSWORD)
    User.objects.filter(pk=performer.pk).update(email=EMAIL)
    browser, api = visit()
    browser.post("/login/", {"username": "wanda-private", "password": "not-the-password"})
    browser.post("/login/", {"username": "wanda-private", "password": factories.PASSWORD})
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    for path in ("/", "/queue/", "/wallet/", "/api/v1/me", "/api/v1/model/menu", "/nowhere/", "/admin/"):
        browser.get(path)
    pair = api.post("/api/v1/auth/token", {"username": "wanda-private", "password": factories.PASSWORD}).json()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    ticket = api.post("/api/v1/auth/ws-ticket").json()["ticket"]
    api.post("/api/v1/auth/token/refresh", {"refresh": pair["refresh"]})
    api.post("/api/v1/auth/token/refresh", {"refresh": pair["refresh"]})
    api.post("/api/v1/auth/token", {"username": "wanda-private", "password": 7})
    browser.get("/api/v1/me", headers={"Host": "evil.example"})
    browser.post("/logout/")
    written = log.getvalue()
    assert written, "a visit that logs nothing proves nothing"
    for private in (*NAMES, EMAIL, ADDRESS, factories.PASSWORD, "not-the-password", session, *pair.values(), ticket):
        assert private not in written
    assert "Particular; Device" not in written


@pytest.mark.django_db
def test_a_purchase_from_the_room_to_the_settlement_names_nobody_in_the_log(log: Log) -> None:
    performer = factories.performer("wanda-private")
    Performer.objects.filter(pk=performer.pk).update(stage_name="Wanda Stagename")
    viewer = factories.viewer("viktor-private")
    Viewer.objects.filter(pk=viewer.pk).update(alias="Viktor Alias")
    her, his = factories.bearer(performer), factories.bearer(viewer)
    fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key="fund")
    item = offer(performer, price=100)
    answers = [his.post(f"/api/v1/public/menu-items/{item.pk}/purchase", {"note": "For Ann"}, headers=key("buy"))]
    queued = answers[0].json()["queueItem"]["id"]
    answers.append(his.post(f"/api/v1/public/menu-items/{item.pk}/purchase", {"note": 7}, headers=key("wrong")))
    answers += [
        her.post(f"/api/v1/{step}", {}, headers=key(step))
        for step in ("queue/join", f"queue/items/{queued}/start", f"queue/items/{queued}/finish", "queue/join/x")
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 200, 200, 200, 404]
    seal()
    written = log.getvalue()
    assert written, "a purchase that logs nothing proves nothing"
    for private in (*NAMES, "For Ann", "127.0.0.1"):
        assert private not in written


def key(name: str) -> dict[str, str]:
    """The header of an idempotency key."""
    return {"Idempotency-Key": f"log-{name}"}


@pytest.mark.django_db
def test_a_fault_is_logged_with_its_trace_but_without_the_values_of_the_row(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            User.objects.filter(pk=factories.account("wanda-private").pk).update(email=EMAIL)
            factories.account("wanda-private")
        return HttpResponse()

    monkeypatch.setattr("accounts.views._next_page", broken)
    client = factories.signed_in(factories.viewer(), client=Client(raise_request_exception=False))
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(RequestFactory().get("/"))
    assert client.get("/login/").status_code == 500
    [fault] = [line for line in log.lines() if line["level"] == "error"]
    assert "UniqueViolation" in str(fault["exception"])
    assert "factories.account" in str(fault["exception"])
    assert f"Key (username)=({MASK})" in str(fault["exception"])
    assert EMAIL not in log.getvalue()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"from {ADDRESS}:4711", f"from {MASK}:4711"),
        ("from 2001:db8:85a3::8a2e:370:7334", f"from {MASK}"),
        ("from ::ffff:10.0.0.1", f"from {MASK}"),
        (f"to {EMAIL}.", f"to {MASK}"),
        ("Bearer abc.def-ghi_jkl", MASK),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", MASK),
        ("Key (username)=(wanda) already exists.", f"Key (username)=({MASK}) already exists."),
        ("at 10:20:30 on 2026-11-21T10:20:30.123456Z", "at 10:20:30 on 2026-11-21T10:20:30.123456Z"),
        ("item 01890000-0000-7000-8000-000000000000 done", "item 01890000-0000-7000-8000-000000000000 done"),
        ("version 1.2.3", "version 1.2.3"),
    ],
)
def test_what_looks_private_is_masked_and_the_rest_is_left(log: Log, said: str, written: str) -> None:
    logging.getLogger("some.library").warning("%s", said)
    structlog.get_logger("ours").info("said", what=said, deep={"list": [said]})
    library, ours = log.lines()
    assert library["event"] == written
    assert (ours["what"], ours["deep"]) == (written, {"list": [written]})


def test_private_fields_are_masked_whatever_they_hold(log: Log) -> None:
    structlog.get_logger("ours").info("said", username="wanda", extra={"Password": "x", "token": 7}, model_id="42")
    [line] = log.lines()
    assert (line["username"], line["extra"], line["model_id"]) == (MASK, {"Password": MASK, "token": MASK}, "42")


def test_a_line_carries_the_request_it_belongs_to(log: Log) -> None:
    enter(RequestFactory().get("/", headers={"X-Request-Id": "complaint-0001"}))
    structlog.get_logger("ours").info("said")
    assert log.lines()[0]["request_id"] == "complaint-0001"


def test_a_line_cannot_be_forged_by_a_line_break(log: Log) -> None:
    structlog.get_logger("ours").info("said", what='first\n{"event": "forged"}')
    assert len(log.lines()) == 1


def test_the_console_masks_as_well() -> None:
    record = logging.LogRecord("ours", logging.INFO, "", 0, f"from {ADDRESS}", (), None)
    assert ADDRESS not in line_formatter("console").format(record)
    assert MASK in line_formatter("console").format(record)


@pytest.mark.parametrize("name", QUIET)
def test_libraries_that_talk_about_people_are_kept_quiet(name: str) -> None:
    assert logging.getLogger(name).getEffectiveLevel() > logging.INFO
