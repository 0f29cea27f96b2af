"""The staff's view of the queue: what is shown is read, what is done goes through the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.admin import Act, ReadOnlyAdmin, ReasonForm, refusal_words, with_reason
from audit.forms import SeenReasonForm
from core import outbox
from core.actors import SYSTEM
from core.exceptions import DomainError
from queue_app import health, services
from queue_app.models import PerformerQueue, QueueEvent, QueueItem
from queue_app.states import Status
from queue_app.words import refund_words, step_words
from wallet.queries.receipts import Line

if TYPE_CHECKING:
    _Inline = admin.TabularInline[QueueEvent, QueueItem]
else:
    _Inline = admin.TabularInline


#: Where the tokens of an item go, as staff read it.
GOES = {"settle": "paid to the performer", "refund": "back to the viewer"}


class FinishForm(ReasonForm):
    """Why, and how much of it was performed."""

    looks = "Show what it settles"
    settled = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10**9,
        label="Tokens to be paid",
        help_text="Performed only in part: the rest goes back to the viewer. Empty: all of them are paid.",
    )


class InWords:
    """A step and its reason as people read them."""

    @admin.display(description="Step", ordering="event")
    def step(self, event: QueueEvent) -> str:
        """What happened."""
        return step_words(event.event)

    @admin.display(description="Reason", ordering="reason")
    def why(self, event: QueueEvent) -> str:
        """Why; what staff wrote themselves stays as it is."""
        return refund_words(event.reason, started=event.item.started_at is not None)


class QueueEventInline(InWords, _Inline):
    """The steps of an item's life, in order."""

    model = QueueEvent
    fields = readonly_fields = ("version", "at", "step", "from_status", "to_status", "actor_id", "why")
    ordering = ("version",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_staff)


@admin.register(QueueItem)
class QueueItemAdmin(ReadOnlyAdmin):
    """Paid items, with what staff may do to them."""

    staff_may: ClassVar[frozenset[str]] = frozenset({"view", "act"})
    list_display = (
        "created_at",
        "title",
        "performer",
        "viewer",
        "tokens",
        "status",
        "sequence",
        "refund_reason_words",
        "trace",
    )
    readonly_fields = ("note", "trace", "settlement")
    list_filter = ("status", "source_feature", "refund_reason")
    list_select_related = ("performer", "viewer")
    search_fields = ("=id", "=hold__id", "=source_event_id", "performer__user__username", "viewer__user__username")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    inlines = (QueueEventInline,)
    actions = ("start", "finish", "abandon", "refund", "requeue", "reverse")

    def act_numbers(self, item: QueueItem) -> list[tuple[str, object]]:
        """What staff see before they act."""
        people: list[tuple[str, object]] = [("performer", item.performer or "whoever is next"), ("viewer", item.viewer)]
        return [("tokens", item.tokens), ("status", item.status), *people]

    def act_label(self, item: QueueItem) -> str:
        """Its title; where it stands is a number."""
        return item.title

    def act_preview(self, request: HttpRequest, item: QueueItem, form: ReasonForm) -> list[tuple[str, object]]:
        """What the ends of a running item would settle, with the part that the form names, or why that is none."""
        if item.status != Status.STARTED:
            return []
        part = form["settled"].value() if "settled" in form.fields else None
        try:
            settled = None if part in (None, "") else forms.IntegerField(min_value=1).clean(part)
            seen = services.preview(by=self.actor(request), item_id=item.pk, settled=settled)
        except DomainError as refusal:
            return [("if finished", refusal_words(refusal))]
        except forms.ValidationError as refusal:
            return [("if finished", " ".join(refusal.messages))]
        return [("if finished", told(seen.finish)), ("if abandoned", told(seen.abandon))]

    @admin.display(description="Refund reason", ordering="refund_reason")
    def refund_reason_words(self, item: QueueItem) -> str:
        """Why tokens went back, as people read it."""
        return refund_words(item.refund_reason, started=item.started_at is not None)

    @admin.display(description="What an end would settle")
    def settlement(self, item: QueueItem) -> str:
        """The ledger's own dry run, while it runs."""
        seen = services.preview_if_running(by=SYSTEM, item_id=item.pk) if item.status == Status.STARTED else None
        return f"finished: {told(seen.finish)}; abandoned: {told(seen.abandon)}" if seen else ""

    @admin.display(description="Trace")
    def trace(self, item: QueueItem) -> SafeString:
        """Where the tokens of its hold went."""
        address = reverse("admin:wallet_hold_trace", args=[item.hold_id])
        return format_html('<a href="{}">Where the tokens went</a>', address)

    @with_reason("Start for the performer")
    def start(self, item: QueueItem, act: Act) -> None:
        """The head of a queue begins to run."""
        services.start(by=act.by, item_id=item.pk)

    @with_reason("Finish, wholly or in part", form_class=FinishForm)
    def finish(self, item: QueueItem, act: Act) -> None:
        """The performer is paid, all of it or the part that was performed."""
        services.finish(by=act.by, item_id=item.pk, settled=act.more["settled"])

    @with_reason("Abandon with a full refund")
    def abandon(self, item: QueueItem, act: Act) -> None:
        """The performance will not be."""
        services.abandon(by=act.by, item_id=item.pk)

    @with_reason("Refund")
    def refund(self, item: QueueItem, act: Act) -> None:
        """The tokens go back to the viewer."""
        services.refund(by=act.by, item_id=item.pk)

    @with_reason("Put at the end of the queue")
    def requeue(self, item: QueueItem, act: Act) -> None:
        """A waiting item makes room for the others."""
        services.requeue(by=act.by, item_id=item.pk, reason=act.reason)

    @with_reason("Reverse the settlement", typed="REVERSE", form_class=SeenReasonForm)
    def reverse(self, item: QueueItem, act: Act) -> None:
        """A finished item's tokens go back to the viewer; what she was paid out already she owes."""
        services.reverse(by=act.by, item_id=item.pk, reason=act.reason, key=f"{act.key}:{item.pk}")


def told(lines: Iterable[Line]) -> str:
    """A receipt in words."""
    return ", ".join(f"{line.tokens:,} {GOES.get(line.kind, line.kind)}" for line in lines)


@admin.register(QueueEvent)
class QueueEventAdmin(InWords, ReadOnlyAdmin):
    """The history of all items."""

    list_display = ("at", "item", "version", "step", "from_status", "to_status", "actor_id", "why")
    fields = ("item", "version", "at", "step", "from_status", "to_status", "actor_id", "why")
    readonly_fields = ("step", "why")
    list_filter = ("event", "to_status")
    list_select_related = ("item",)
    search_fields = ("=item__id",)
    date_hierarchy = "at"
    ordering = ("-id",)  # appended in the order of time


@admin.register(PerformerQueue)
class PerformerQueueAdmin(ReadOnlyAdmin):
    """How deep each performer's queue is, how she wants it, and how all of them do."""

    staff_may: ClassVar[frozenset[str]] = frozenset({"view", "act"})
    list_display = (
        "performer",
        "depth",
        "mode",
        "intake_paused",
        "start_by",
        "auto_rejoin",
        "accepts_slots",
        "next_sequence",
        "version",
    )
    list_filter = ("mode", "intake_paused", "auto_rejoin", "accepts_slots")
    list_select_related = ("performer",)
    search_fields = ("=performer__user__id", "performer__user__username")
    ordering = ("-depth",)
    actions = ("pause_intake", "resume_intake")

    def act_label(self, queue: PerformerQueue) -> str:
        """Whose it is."""
        return f"queue of {queue.performer}"

    def act_numbers(self, queue: PerformerQueue) -> list[tuple[str, object]]:
        """What staff see before they act."""
        intake = "paused" if queue.intake_paused else "open"
        return [("waiting and running", queue.depth), ("mode", queue.mode), ("intake", intake)]

    @with_reason("Pause what comes in")
    def pause_intake(self, queue: PerformerQueue, act: Act) -> None:
        """Nothing new; what is queued stays."""
        services.pause_intake(by=act.by, performer_id=queue.pk, paused=True, reason=act.reason)

    @with_reason("Let things come in again")
    def resume_intake(self, queue: PerformerQueue, act: Act) -> None:
        """She may be booked again."""
        services.pause_intake(by=act.by, performer_id=queue.pk, paused=False, reason=act.reason)

    def get_urls(self) -> list[URLPattern]:
        """The page of the figures stands before the rows'."""
        page = self.admin_site.admin_view(self.health_page)
        return [path("health/", page, name="queue_app_health"), *super().get_urls()]

    def health_page(self, request: HttpRequest) -> HttpResponse:
        """What waits, how long things took in the last hour, what is stuck, and where to act."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Queue health",
            "figures": health.figures(),
            "sweeping": health.sweeping(),
            "stuck": health.stuck_holds(),
            "deepest": health.deepest(),
            "backlog": outbox.backlog(),
        }
        return TemplateResponse(request, "admin/queue_app/health.html", context)
