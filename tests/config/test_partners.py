"""The loyalty service in the environment: off, or whole and safe, or refused with a hint."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env
from config.partners import loyalty
from loyalty.config import Loyalty

SECRET = "s" * 40
WHOLE = {"LOYALTY_URL": "https://points.example/", "LOYALTY_TENANT": "us", "LOYALTY_TOKEN_SECRET": SECRET}


def configured(**changes: str) -> Loyalty:
    values = loyalty(Env({**WHOLE, **changes}))
    assert values is not None
    return Loyalty(**values)


def test_without_an_address_it_is_off_whatever_else_is_set() -> None:
    assert loyalty(Env({**WHOLE, "LOYALTY_URL": ""})) is None


def test_the_rest_has_defaults() -> None:
    found = configured()
    assert (found.url, found.dialect) == ("https://points.example", "live")
    assert found.hosts == {"points.example"}
    assert (found.webhook_secrets, found.queue_secret, found.points_per_100_tokens) == ((), "", 100)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"LOYALTY_TENANT": ""}, "LOYALTY_TENANT is not set"),
        ({"LOYALTY_TOKEN_SECRET": "short"}, "LOYALTY_TOKEN_SECRET is too short"),
        ({"LOYALTY_QUEUE_SECRET": "short"}, "LOYALTY_QUEUE_SECRET is too short"),
        ({"LOYALTY_WEBHOOK_SECRETS": f"{SECRET},short"}, "one that is too short"),
        ({"LOYALTY_DIALECT": "french"}, "is not one of live, openapi, contract_v1"),
        ({"LOYALTY_URL": "http://points.example"}, "must begin with https://"),
        ({"LOYALTY_URL": "ftp://points.example"}, "is not an address"),
        ({"LOYALTY_URL": "points.example"}, "is not an address"),
        ({"LOYALTY_URL": "https://me:secret@points.example"}, "is not an address"),
        ({"LOYALTY_URL": "https://points.example/?x=1"}, "is not an address"),
        ({"LOYALTY_ALLOWED_HOSTS": "other.example"}, "not among LOYALTY_ALLOWED_HOSTS"),
        ({"LOYALTY_POINTS_PER_100_TOKENS": "0"}, "must lie between"),
    ],
)
def test_a_bad_value_is_refused_with_its_name(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        configured(**changes)


def test_this_machine_may_be_called_without_tls() -> None:
    assert configured(LOYALTY_URL="http://127.0.0.1:9000").hosts == {"127.0.0.1"}


def test_two_webhook_secrets_while_one_is_rotated() -> None:
    assert configured(LOYALTY_WEBHOOK_SECRETS=f"{SECRET}, {'t' * 40}").webhook_secrets == (SECRET, "t" * 40)


def test_secrets_never_show() -> None:
    assert SECRET not in repr(configured(LOYALTY_QUEUE_SECRET=SECRET))
