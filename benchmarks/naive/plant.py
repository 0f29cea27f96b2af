"""Make the peer's schema and data, and tell as JSON whom to be and what to buy (`python -m benchmarks.naive.plant`)."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import django
import orjson

SECTIONS = ("streaming", "queue", "financial", "mood", "settings", "support")
ACTIONS_PER_SECTION = 5
TOKENS = 10**12


@dataclass(frozen=True, slots=True)
class Planted:
    """The peer's people and wares."""

    viewers: list[str]
    performers: list[str]
    items: list[int]


def plant(viewers: int, performers: int) -> Planted:
    """Empty schema in, people with tokens and menus out."""
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.naive.settings import SCHEMA

    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        cursor.execute((Path(__file__).parent.parent / "holds" / "peer.sql").read_text())
    for run_syncdb in (False, True):
        # Django's own tables come first: those of an app without migrations refer to them.
        call_command("migrate", run_syncdb=run_syncdb, verbosity=0, interactive=False)
    _plant_menu()
    return Planted(
        [_viewer(number) for number in range(viewers)],
        *map(list, zip(*(_performer(number) for number in range(performers)), strict=True)),
    )


def _token(user: object) -> str:
    from rest_framework_simplejwt.tokens import AccessToken

    token = AccessToken.for_user(user)  # type: ignore[arg-type]  # any user model
    token.set_exp(lifetime=timedelta(hours=1))
    return str(token)


def _viewer(number: int) -> str:
    from django.contrib.auth.models import User

    from benchmarks.naive.models import Wallet

    user = User.objects.create(username=f"viewer-{number}")
    Wallet.objects.create(user=user, available=TOKENS)
    return _token(user)


def _performer(number: int) -> tuple[str, int]:
    from django.contrib.auth.models import Permission, User

    from benchmarks.naive.models import MenuItem, Performer, Preferences, Wallet

    user = User.objects.create(username=f"performer-{number}")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="naive"))
    Wallet.objects.create(user=user)
    performer = Performer.objects.create(user=user)
    Preferences.objects.create(performer=performer, quick_actions=["streaming-0", "queue-0", "financial-0"])
    return _token(user), MenuItem.objects.create(performer=performer, name="Song", price=10).pk


def _plant_menu() -> None:
    """As many sections and items as the product's menu shows."""
    from benchmarks.naive.models import Action, Flag, Section

    for order, name in enumerate(SECTIONS):
        Flag.objects.create(name=f"section.{name}", everyone=True)
        section = Section.objects.create(name=name, label=name.title(), icon=name, order=order, flag=f"section.{name}")
        for number in range(ACTIONS_PER_SECTION):
            Action.objects.create(
                section=section,
                name=f"{name}-{number}",
                label=f"{name.title()} {number}",
                icon=name,
                action=f"{name}_{number}",
                order=number,
                permission="view_action",
                prohibited_states=["PERFORMING"],
                shortcut=f"alt+{number}",
            )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.naive.settings"
    django.setup()
    sys.stdout.buffer.write(orjson.dumps(asdict(plant(int(sys.argv[1]), int(sys.argv[2])))))
