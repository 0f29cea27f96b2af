"""A performer's desk and what she does from it. Each action: the key, one service call, the regions it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from core.exceptions import NotFound
from core.htmx import ToastKind, page_once, toast
from dashboard.forms import item_named, queue_switches_from, whole_number
from dashboard.pages import Page, PerformerPage, QueueForm
from dashboard.presenters import settlement
from dashboard.presenters.settings import queue_rows
from dashboard.regions import SESSION
from menus.queries.menu import preferences_of
from menus.services.actions import carried_out
from modelstate.services import start_stream, stop_stream
from queue_app import services
from queue_app.messages import message_of
from queue_app.queries import queue_of, settings_of
from queue_app.states import Mode, RefundReason
from wallet.queries.receipts import receipt_of

log = structlog.get_logger(__name__)
RECEIPT = "receipt"
HOMES = (("studio manager", "studio"), ("viewer", "rooms"))


class Home(Page):
    """`/`: the desk of a performer; everybody else is led to his own first page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        roles = self.access.roles
        if "performer" not in roles:
            return redirect(
                next((name for role, name in HOMES if role in roles), "staff" if "staff" in roles else "help")
            )
        facts = self.facts
        context = {
            "stage": facts.stage(),
            "queue": facts.queue_card(),
            "wallet": facts.wallet_card(),
            "widgets": preferences_of(self.account_id).custom_widgets,
        }
        return self.page("dashboard/desk.html", context)


class QueuePage(PerformerPage):
    """`/queue/`: the queue with its settings."""

    permission = "READ_QUEUE"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        context = {
            "stage": self.facts.stage(),
            "queue": self.facts.queue_card(),
            "queue_settings": queue_rows(settings_of(self.account_id)),
        }
        return self.page("dashboard/queue.html", context, ("Desk", "desk"), ("Queue", "queue"))


class SessionAction(PerformerPage, QueueForm):
    """Something she does: logged under the menu's item, done once for its key, answered with what it changed."""

    item_id: ClassVar[str]
    done: ClassVar[str]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it."""
        moved = carried_out(self.account_id, self.item_id, lambda: page_once(request, self.account_id, self.act))
        seen = {thing: version for thing, version in moved.body.items() if thing != RECEIPT}
        response = self.answer((*SESSION, "wallet", "balance"), "", seen)
        toast(response, *self.words(moved.body))
        return response

    def act(self) -> dict[str, Any] | None:
        """The one service call; the versions of items it moved, where they leave the page with it, and its receipt."""
        raise LookupError(f"{type(self).__name__} does nothing")

    def words(self, _moved: Mapping[str, Any]) -> tuple[ToastKind, str]:
        """What to say of it."""
        return "ok", self.done


class EndAction(SessionAction):
    """An end of the running item: what it has settled is told, and compared with what the page had foreseen."""

    def words(self, moved: Mapping[str, Any]) -> tuple[ToastKind, str]:
        """The receipt; a warning where the page had shown another one."""
        receipt = receipt_of(UUID(moved[RECEIPT]))
        foreseen, happened = self.request.POST.get("foreseen", ""), settlement.mark(receipt)
        if foreseen and foreseen != happened:
            log.warning("settlement.differs", foreseen=foreseen[:200], happened=happened, transfer=moved[RECEIPT])
            return "warn", settlement.DIFFERS
        return "ok", f"{self.done} {settlement.sentence(receipt)}"


class StartStream(SessionAction):
    """Go on air."""

    permission = "STREAM"
    item_id, done = "start-stream", "You are live."

    def act(self) -> None:
        """Start."""
        start_stream(by=self.actor, performer_id=self.account_id)


class StopStream(SessionAction):
    """Go off air."""

    permission = "STREAM"
    item_id, done = "stop-stream", "The stream is off."

    def act(self) -> None:
        """Stop."""
        stop_stream(by=self.actor, performer_id=self.account_id)


class JoinQueue(SessionAction):
    """Take a place in the line."""

    permission = "JOIN_QUEUE"
    item_id, done = "join-queue", "You are in the queue."

    def act(self) -> None:
        """Join."""
        services.join(by=self.actor, performer_id=self.account_id)


class LeaveQueue(SessionAction):
    """Give up the place."""

    permission = "LEAVE_QUEUE"
    item_id, done = "leave-queue", "You left the queue."

    def act(self) -> None:
        """Leave."""
        services.leave(by=self.actor, performer_id=self.account_id)


class StartNext(SessionAction):
    """Start the item at the head: the one that the button stood for."""

    item_id, done = "start-next", "The performance has started."

    def act(self) -> dict[str, int]:
        """Start it."""
        shown = item_named(self.request.POST.get("item"))
        return version_of(services.start_next(by=self.actor, performer_id=self.account_id, shown=shown))


class FinishPerformance(EndAction):
    """Complete the running item, wholly or in part."""

    item_id, done = "finish-performance", "Completed."

    def act(self) -> dict[str, Any]:
        """Finish it."""
        part = whole_number(self.request.POST.get("settled"), "settled")
        item_id = running(self.request.POST, self.account_id)
        return told_of(services.finish(by=self.actor, item_id=item_id, settled=part))


class PartialPreview(PerformerPage):
    """What completing the running item in part would move: the ledger's own dry run, for the number in the form."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A sentence, or nothing where the field is empty."""
        part = whole_number(request.GET.get("settled") or None, "settled")
        context: dict[str, Any] = {"part": part}
        if part is not None:
            item_id = running(request.GET, self.account_id)
            seen = services.preview(by=self.actor, item_id=item_id, settled=part)
            context["figures"] = settlement.sentence(seen.finish)
        return render(request, "dashboard/parts/partial_figures.html", context)


class AbandonPerformance(EndAction):
    """End the running item early."""

    item_id, done = "abandon-performance", "Ended early."

    def act(self) -> dict[str, Any]:
        """Abandon it."""
        item_id = running(self.request.POST, self.account_id)
        return told_of(services.abandon(by=self.actor, item_id=item_id, reason=RefundReason.PERFORMER_DECLINED))


class DeclineItem(PerformerPage, QueueForm):
    """Give a waiting item back."""

    def post(self, request: HttpRequest, item_id: UUID) -> HttpResponse:
        """Refund it."""

        def decline() -> dict[str, Any]:
            declined = services.refund(by=self.actor, item_id=item_id, reason=RefundReason.PERFORMER_DECLINED)
            return {"step": message_of(declined.item)}

        done = page_once(request, self.account_id, decline)
        return self.answer(SESSION, self.said(*done.body["step"]))


class QueueSettingsForm(PerformerPage):
    """How her queue works."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the switches that the form shows."""
        changes: dict[str, Any] = {**queue_switches_from(request.POST)}
        if "mode" in changes:
            changes["mode"] = Mode.ON if changes["mode"] else Mode.OFF
        services.save_settings(performer_id=self.account_id, changes=changes)
        response = HttpResponse()
        toast(response, "ok", "Saved.")
        return response


def version_of(moved: services.Moved) -> dict[str, int]:
    """The item's version, as answers tell it."""
    return {f"item:{moved.item['id']}": moved.item["version"]}


def told_of(ended: services.Moved) -> dict[str, Any]:
    """The item's version, and the movement that its receipt is found by."""
    return {**version_of(ended), RECEIPT: (ended.settlement or {})["transferId"]}


def running(sent: QueryDict, performer_id: UUID) -> UUID:
    """The item that runs; raises NotFound where none does, or not the one that the button stood beside."""
    found = queue_of(performer_id).running
    if found is None:
        raise NotFound("No performance is running.")
    if sent.get("item", str(found.id)) != str(found.id):
        raise NotFound("That performance has ended.")
    return found.id
