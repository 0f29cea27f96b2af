"""A viewer's pages: rooms, buying, his own queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from core.exceptions import NotFound
from core.htmx import claim_from_form, page_once
from dashboard.forms import request_from
from dashboard.pages import QueueForm, ViewerPage
from dashboard.presenters.viewing import room_cards
from dashboard.regions import VIEWING
from menus.queries.offers import performers_with_offers, sold_by
from menus.services.purchases import purchase
from modelstate.queries import states_of
from queue_app import services
from queue_app.messages import message_of


class Rooms(ViewerPage):
    """`/rooms/`: who can be bought from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found = list(performers_with_offers(self.account_id))
        context = {
            "rooms": room_cards(found, states_of(row.pk for row in found)),
            "next": self.facts.request_form(),
            "mine": self.facts.my_items(),
            "wallet": self.facts.wallet_card(),
        }
        return self.page("dashboard/rooms.html", context)


class Room(ViewerPage):
    """`/rooms/<id>/`: her menu, his place."""

    def get(self, request: HttpRequest, performer_id: UUID) -> HttpResponse:
        """The page."""
        room = self.facts.room
        context = {"room": room, "mine": self.facts.my_items(), "wallet": self.facts.wallet_card()}
        return self.page("dashboard/room.html", context, ("Rooms", "rooms"), (room.name, "rooms"))


class OfferFragment(ViewerPage):
    """What she sells, as it is now."""

    def get(self, request: HttpRequest, performer_id: UUID) -> HttpResponse:
        """The region."""
        return self.fragment("offer")


class Buy(ViewerPage, QueueForm):
    """Buying one item of her menu."""

    def post(self, request: HttpRequest, performer_id: UUID, item_id: UUID) -> HttpResponse:
        """Hold the tokens and queue the item, once for the key. Another performer's item is not in this room."""
        if not sold_by(performer_id, item_id):
            raise NotFound()
        claim, note = claim_from_form(request, self.account_id), request.POST.get("note", "")
        bought = purchase(by=self.actor, claim=claim, item_id=item_id, note=note)
        return self.answer((*VIEWING, "offer"), self.said(*message_of(bought.body["queueItem"])))


class RequestNext(ViewerPage, QueueForm):
    """Asking for whoever is next."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Hold the tokens; the first performer in the line who may take it gets the item. Once for the key."""
        claim = claim_from_form(request, self.account_id)
        asked = services.request(by=self.actor, claim=claim, **request_from(request.POST))
        return self.answer((*VIEWING, "next"), asked_words(asked.body))


class MyQueue(ViewerPage):
    """`/my/queue/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {"mine": self.facts.my_items(), "wallet": self.facts.wallet_card()}
        return self.page("dashboard/my_queue.html", context, ("Rooms", "rooms"), ("My queue", "my-queue"))


class CancelItem(ViewerPage, QueueForm):
    """Taking a booking back before it starts."""

    def post(self, request: HttpRequest, item_id: UUID) -> HttpResponse:
        """Cancel it, with a full refund."""

        def cancel() -> dict[str, Any]:
            return {"step": message_of(services.cancel(by=self.actor, item_id=item_id).item)}

        done = page_once(request, self.account_id, cancel)
        return self.answer(VIEWING, self.said(*done.body["step"]))


def asked_words(item: dict[str, object]) -> str:
    """What to say after asking: what happened to the tokens first."""
    held = f"{item['tokens']:,} tokens held."
    if item["performerId"] is None:
        return f"{held} The next free performer gets it."
    return f"{held} A performer has it: you are number {item['position']} in line."
