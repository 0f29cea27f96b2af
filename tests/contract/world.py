"""Two performers, two viewers, a manager, staff, and what belongs to whom: the world the contract is tried on.

`performer` and `viewer` own things: her menu and its items, his purchase in her queue. `other_performer` and
`other_viewer` are strangers to them; `manager` looks after the performer's studio.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import set_verified
from core.actors import SYSTEM
from core.heartbeats import SWEEPER
from core.idempotency import Claim
from core.ids import uuid7
from core.models import Heartbeat
from menus.services.offers import add_item, create_menu
from menus.services.purchases import purchase
from modelstate import services as states
from notices.queries import notices_of
from queue_app import services as queue
from queue_app.queries import item_for
from tests import factories
from tests.payouts.support import asked
from tests.wallet.support import settled, viewer_with
from wallet.services import fund

ACTORS = ("nobody", "other_viewer", "other_performer", "manager", "staff", "performer", "viewer")
TOKENS = 1_000
EARNED = 20 * TOKENS


@dataclass
class World:
    """The people by the actor's name, the ids of their things by name, and a signed-in browser and token for each."""

    people: dict[str, User]
    things: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def address(self, path: str) -> str:
        """The path with the owners' ids in its braces."""
        return path.format_map(self.things)

    def unknown(self, path: str) -> str:
        """The path with ids that nobody has."""
        return path.format_map({name: str(uuid7()) for name in self.things})

    def client(self, actor: str, path: str, *, enforce_csrf: bool = False) -> Client:
        """This actor's client: a bearer for the API, a browser for pages (and where CSRF is enforced)."""
        client = Client(enforce_csrf_checks=enforce_csrf, raise_request_exception=False)
        if actor == "nobody":
            return client
        if path.startswith("/api/v1/") and not enforce_csrf:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[actor]}"
            return client
        return factories.with_session(client, self.browsers[actor])


def build_world() -> World:
    """Make everybody and everything, through the services; and a sweeper that is never late."""
    Heartbeat.objects.create(name=SWEEPER, at=timezone.now() + timedelta(days=1))
    studio = factories.make_studio("Contract studio")
    people = {
        "performer": factories.performer("contract-performer", studio=studio).user,
        "other_performer": factories.performer("contract-other-performer").user,
        "viewer": factories.viewer("contract-viewer").user,
        "other_viewer": factories.viewer("contract-other-viewer").user,
        "manager": factories.manager(studio, "contract-manager"),
        "staff": factories.staff("contract-staff"),
    }
    world = World(people, {name: str(people[name].pk) for name in ("performer", "viewer")})
    for name, user in people.items():
        world.tokens[name] = factories.tokens(user).access
        world.browsers[name] = factories.session_key(user)
    for name in ("viewer", "other_viewer"):
        fund(by=SYSTEM, owner_id=people[name].pk, tokens=TOKENS, key=f"contract:{name}")
    _open_shop(world)
    world.things["queue_item"] = buy(world)
    world.things["hold"] = hold_of(world)
    world.things["notice"] = str(notices_of(people["performer"].pk)[0].pk)
    _pay_her(world)
    factories.grant(people["staff"], "CREDIT_TOKENS")
    return world


def _open_shop(world: World) -> None:
    """Her menu: the song was bought already, the castle costs more than anybody has."""
    by, owner = factories.actor(world.people["performer"]), world.people["performer"].pk
    menu = create_menu(by=by, performer_id=owner, fields={"name": "Songs", "published": True})
    world.things["menu"] = str(menu.id)
    for name, price in (("song", 100), ("dance", 200), ("wink", 1), ("castle", 50 * TOKENS)):
        fields = {"name": name.title(), "price": price, "duration_seconds": 60}
        world.things[name] = str(add_item(by=by, performer_id=owner, menu_id=menu.id, fields=fields).id)


def buy(world: World, item: str = "song") -> str:
    """The viewer buys something; the id of the item in her queue."""
    viewer = world.people["viewer"]
    claim = Claim(viewer.pk, f"contract-{uuid4()}", b"contract")
    answer = purchase(by=factories.actor(viewer), claim=claim, item_id=UUID(world.things[item]))
    return str(answer.body["queueItem"]["id"])


def hold_of(world: World) -> str:
    """The hold that the viewer's booking rests on."""
    by = factories.actor(world.people["viewer"])
    return str(item_for(by, UUID(world.things["queue_item"])).hold_id)


def _pay_her(world: World) -> None:
    """She has been verified, has earned something and asked for a part of it."""
    performer = world.people["performer"].performer
    set_verified(performer_id=performer.pk, verified=True)
    settled(viewer_with(EARNED), performer, EARNED)
    world.things["payout"] = str(asked(performer, TOKENS))


def given(world: World, steps: str) -> None:
    """Bring the performers where a route needs them: `streaming`, `in-line`, `running`, in that order."""
    for step in steps.split("+"):
        if step:
            STEPS[step](world)


def _stream(world: World) -> None:
    for name in ("performer", "other_performer"):
        states.start_stream(by=factories.actor(world.people[name]), performer_id=world.people[name].pk)


def _line(world: World) -> None:
    for name in ("performer", "other_performer"):
        states.join_line(by=factories.actor(world.people[name]), performer_id=world.people[name].pk)


def _run(world: World) -> None:
    _line(world)
    queue.start(by=factories.actor(world.people["performer"]), item_id=UUID(world.things["queue_item"]))


STEPS = {"streaming": _stream, "in-line": _line, "running": _run}
