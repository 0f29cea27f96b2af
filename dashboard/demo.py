"""The people and menus a first visitor meets, made through the same services as everybody else's.

Their user names begin with `demo-`. A database in which only other people live is never touched.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission as PermissionRow
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.actors import actor_of
from accounts.models import Performer, Studio, User, Viewer
from accounts.services import (
    make_performer,
    make_staff,
    make_studio_manager,
    make_viewer,
    set_password,
)
from audit.services import record
from core.actors import SYSTEM
from core.files import write_private
from menus.models import PerformerMenu
from menus.services.offers import add_item, create_menu
from wallet.queries import prize_fund
from wallet.services import fund, fund_prizes

PREFIX = "demo-"
CREDENTIALS = "demo-credentials.json"
STUDIO = "Demo Studio"
TOKENS = 20_000
#: More than the greatest win that any slice could have to pay.
PRIZES = 1_000_000
REASON = "demo data"
# The first one of each kind is the one that the credentials file calls by the kind's bare name.
PERFORMERS = {"performer": "Aurora", "performer2": "Bianca", "performer3": "Celeste"}
VIEWERS = {"viewer": "Max", "viewer2": "Noah", "viewer3": "Olivia", "viewer4": "Paul", "viewer5": "Quinn"}
OTHERS = {"staff": "staff", "staff2": "staff2", "manager": "manager", "billing": "billing"}
ITEMS: tuple[Mapping[str, Any], ...] = (
    {"name": "Wave hello", "description": "A wave and your name.", "price": 25, "duration_seconds": 30},
    {"name": "Song of your choice", "description": "One song, start to end.", "price": 150, "duration_seconds": 240},
    {"name": "Dance", "description": "Two minutes of it.", "price": 300, "duration_seconds": 120},
    {
        "name": "Private performance",
        "description": "Ten minutes for you alone.",
        "price": 1200,
        "duration_seconds": 600,
    },
)
Credentials = dict[str, dict[str, str]]


def plant(folder: Path) -> str:
    """Make what is missing of the demo data and write its credentials, mode 0600; tells what was done."""
    if _belongs_to_others():
        return "Other people live here: no demo data."
    known = _read(folder / CREDENTIALS)
    with _alone():
        people = {key: _person(name) for key, name in (PERFORMERS | VIEWERS | OTHERS).items()}
        _give_roles(people)
        _fill_wallets(people)
        _write_menus(people)
        credentials = {key: _let_in(user, known.get(key)) for key, user in people.items()}
    write_private(folder / CREDENTIALS, json.dumps(credentials, indent=2) + "\n")
    return f"{len(people)} demo accounts stand; their passwords are in {folder / CREDENTIALS}."


@contextmanager
def _alone() -> Iterator[None]:
    """One planting at a time. Not one transaction: hashing passwords takes longer than a transaction may last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('demo data'))")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('demo data'))")


def _belongs_to_others() -> bool:
    accounts = User.objects.all()
    return accounts.exists() and not accounts.filter(username__startswith=PREFIX).exists()


def _read(path: Path) -> Credentials:
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _person(name: str) -> User:
    user, made = User.objects.get_or_create(username=f"{PREFIX}{name.lower()}")
    if made:
        record(by=SYSTEM, action="account.created", target_type="account", target_id=str(user.pk), reason=REASON)
    return user


def _let_in(user: User, known: Mapping[str, str] | None) -> dict[str, str]:
    """Keep the password that the file tells, where it still opens; else make a new one."""
    if known and known.get("username") == user.username and user.check_password(known.get("password", "")):
        return dict(known)
    password = secrets.token_urlsafe(15)
    set_password(by=SYSTEM, user=user, password=password, reason=REASON)
    return {"username": user.username, "password": password}


def _give_roles(people: Mapping[str, User]) -> None:
    studio, _made = Studio.objects.get_or_create(name=STUDIO)
    for key, name in PERFORMERS.items():
        if not Performer.objects.filter(user=people[key]).exists():
            with transaction.atomic():
                profile = make_performer(by=SYSTEM, user=people[key], stage_name=name, studio=studio)
                Performer.objects.filter(pk=profile.pk).update(verified_at=Now())
    for key, name in VIEWERS.items():
        if not Viewer.objects.filter(user=people[key]).exists():
            with transaction.atomic():
                viewer = make_viewer(by=SYSTEM, user=people[key], alias=name)
                Viewer.objects.filter(pk=viewer.pk).update(birth_date=date(1990, 5, 17), country="CA")
    if not people["staff"].is_staff:
        with transaction.atomic():
            User.objects.filter(pk=people["staff"].pk).update(is_superuser=True)
            make_staff(by=SYSTEM, user=people["staff"])
    # Two people approve what is large; the second one is no superuser.
    if not people["staff2"].is_staff:
        make_staff(by=SYSTEM, user=people["staff2"])
    if not studio.managers.filter(pk=people["manager"].pk).exists():
        make_studio_manager(by=SYSTEM, user=people["manager"], studio=studio)
    people["billing"].user_permissions.add(
        PermissionRow.objects.get(codename="CREDIT_TOKENS", content_type__app_label="accounts")
    )


def _fill_wallets(people: Mapping[str, User]) -> None:
    """Tokens come the way they always do: credited by the billing service, once by the payment's id."""
    billing = actor_of(people["billing"])
    for key in VIEWERS:
        payment = f"{PREFIX}{people[key].pk}"
        fund(by=billing, owner_id=people[key].pk, tokens=TOKENS, key=f"{payment}:fund", external_id=payment)
    if prize_fund() == 0:
        fund_prizes(by=SYSTEM, tokens=PRIZES, reason=REASON, key=f"{PREFIX}prizes")


def _write_menus(people: Mapping[str, User]) -> None:
    for key, name in PERFORMERS.items():
        user = people[key]
        if PerformerMenu.objects.filter(performer_id=user.pk).exists():
            continue
        fields = {"name": f"{name}'s menu", "type": "purchasable", "published": True}
        with transaction.atomic():
            menu = create_menu(by=actor_of(user), performer_id=user.pk, fields=fields)
            for item in ITEMS:
                add_item(by=actor_of(user), performer_id=user.pk, menu_id=menu.id, fields=item)
