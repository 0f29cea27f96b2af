"""The socket server dies by SIGKILL while she performs: nobody says goodbye, nobody renews, her lease lapses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from uuid import UUID

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from accounts.models import Performer, Viewer
from accounts.sockets import issue_ticket
from config.programs import SOCKETS
from modelstate.states import State
from presence.models import Lease
from queue_app.models import QueueItem
from queue_app.queries import events_of
from queue_app.sweeping import sweep
from tests import factories
from tests.drills.waiting import until
from tests.queue_app.clockwork import go_away, limits, present_until, sign_in_of
from tests.queue_app.support import come, rich, running, state_of
from tests.support.database import at_database
from tests.support.product import free_port
from tests.support.servers import ROOT
from wallet.queries import database_now

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("database_clone")]
LEASE_SECONDS = 2


@dataclass
class Server:
    """A socket server of its own, as the product runs it, with leases of two seconds."""

    port: int
    process: subprocess.Popen[bytes]
    pages: ExitStack

    def open(self, performer: Performer) -> ClientConnection:
        """A socket of hers; the server may still be starting."""
        found: list[ClientConnection] = []

        def opened() -> bool:
            address = f"ws://127.0.0.1:{self.port}/ws/v1/model/?ticket={issue_ticket(sign_in_of(performer)).ticket}"
            with suppress(OSError):
                found.append(self.pages.enter_context(connect(address, origin=Origin(f"http://127.0.0.1:{self.port}"))))
            return bool(found)

        until(opened)
        return found[0]

    def die(self) -> None:
        """As kill -9 has it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(database_clone: str) -> Iterator[Server]:
    """Up, or about to be."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": at_database(os.environ["DATABASE_URL"], database_clone),
        "PRESENCE_SOCKET_SECONDS": str(LEASE_SECONDS),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", *SOCKETS, "--port", str(port), "config.asgi:application"],
        cwd=ROOT,
        env=environment,
    )
    with ExitStack() as pages:
        yield Server(port, process, pages)
    process.kill()
    process.wait()


@dataclass
class Page:
    """Her open page: it pings until it is closed or the server is gone."""

    socket: ClientConnection
    over: threading.Event

    def ping(self) -> None:
        """As the page does, a little faster."""
        with suppress(ConnectionClosed):
            while not self.over.wait(0.3):
                self.socket.send(json.dumps({"event": "ping"}))


def test_who_performs_is_paused_from_the_end_of_her_lease(server: Server) -> None:
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    item_id = perform(performer, viewer)
    page = Page(server.open(performer), threading.Event())
    pinging = threading.Thread(target=page.ping)
    pinging.start()
    with limits(rope_drop=1):
        until_renewed(performer)
        sweep()
        assert steps(item_id) == ["enqueue", "start"]

        server.die()
        last = present_until(performer.pk)
        until(lambda: bool(sweep().done), LEASE_SECONDS + 30)

    page.over.set()
    pinging.join()
    paused_at = QueueItem.objects.get(pk=item_id).paused_at
    assert last is not None
    assert paused_at is not None
    assert (steps(item_id), state_of(performer)) == (["enqueue", "start", "pause"], State.PERFORMING)
    assert (paused_at - last).total_seconds() == pytest.approx(1)
    assert last <= database_now()


def perform(performer: Performer, viewer: Viewer) -> UUID:
    """What she performs, with no sign of life but what her socket gives."""
    item_id = running(viewer, performer)
    go_away(performer)
    return item_id


def steps(item_id: UUID) -> list[str]:
    """The steps of an item's life."""
    return [event.event for event in events_of(item_id)]


def until_renewed(performer: Performer) -> None:
    """Her socket's lease has been renewed by its pings at least once."""
    until(lambda: Lease.objects.filter(owner=performer.pk, opened_socket=True).exists())
    first = present_until(performer.pk)
    until(lambda: present_until(performer.pk) != first)
