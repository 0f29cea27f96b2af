"""The demo data: complete, repeatable, private, and never among other people."""

import json
import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.test.utils import override_settings

from accounts.models import Performer, User, Viewer
from dashboard.demo import CREDENTIALS, ITEMS, PREFIX, PRIZES, TOKENS, plant
from menus.models import PricedItem
from tests import factories
from wallet.queries import balance_of, prize_fund

pytestmark = pytest.mark.django_db
QUICK = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


@pytest.fixture
def credentials(tmp_path: Path) -> dict[str, dict[str, str]]:
    with QUICK:
        plant(tmp_path)
    found: dict[str, dict[str, str]] = json.loads((tmp_path / CREDENTIALS).read_text())
    return found


def test_everybody_who_is_promised_is_there(credentials: dict[str, dict[str, str]]) -> None:
    assert Performer.objects.count() == 3
    assert Viewer.objects.count() == 5
    assert {"performer", "viewer", "staff", "manager"} <= credentials.keys()
    assert User.objects.get(username=credentials["staff"]["username"]).is_superuser


def test_the_passwords_open_the_accounts(credentials: dict[str, dict[str, str]]) -> None:
    with QUICK:
        opened = [authenticate(HttpRequest(), **account) for account in credentials.values()]

    assert None not in opened


def test_the_credentials_are_for_the_owner_only(tmp_path: Path, credentials: dict[str, dict[str, str]]) -> None:
    assert stat.S_IMODE((tmp_path / CREDENTIALS).stat().st_mode) == 0o600


def test_viewers_can_pay_and_performers_have_something_to_sell(credentials: dict[str, dict[str, str]]) -> None:
    assert {balance_of(viewer.pk).available for viewer in Viewer.objects.all()} == {TOKENS}
    assert PricedItem.objects.filter(menu__published=True).count() == 3 * len(ITEMS)


def test_performers_are_verified_and_the_prize_fund_is_full(credentials: dict[str, dict[str, str]]) -> None:
    assert {balance_of(performer.pk).verified for performer in Performer.objects.all()} == {True}
    assert prize_fund() == PRIZES
    assert User.objects.filter(is_staff=True).count() == 2


def test_planting_again_changes_nothing(tmp_path: Path, credentials: dict[str, dict[str, str]]) -> None:
    with QUICK:
        plant(tmp_path)

    assert json.loads((tmp_path / CREDENTIALS).read_text()) == credentials
    assert {balance_of(viewer.pk).available for viewer in Viewer.objects.all()} == {TOKENS}
    assert PricedItem.objects.count() == 3 * len(ITEMS)
    assert prize_fund() == PRIZES


def test_lost_credentials_are_made_anew(tmp_path: Path, credentials: dict[str, dict[str, str]]) -> None:
    (tmp_path / CREDENTIALS).unlink()

    with QUICK:
        plant(tmp_path)

    again = json.loads((tmp_path / CREDENTIALS).read_text())
    assert again["viewer"]["username"] == credentials["viewer"]["username"]
    assert again["viewer"]["password"] != credentials["viewer"]["password"]


def test_where_other_people_live_nothing_is_planted(tmp_path: Path) -> None:
    factories.viewer("somebody")

    assert "no demo data" in plant(tmp_path)
    assert not User.objects.filter(username__startswith=PREFIX).exists()
    assert not (tmp_path / CREDENTIALS).exists()
