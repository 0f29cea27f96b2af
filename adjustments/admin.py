"""The staff's page of corrections: proposed, approved, rejected, never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest

from adjustments import services
from adjustments.forms import ProposalForm
from adjustments.models import Adjustment, Decision
from adjustments.states import Status
from audit.admin import REASON, Act, AuditedAdmin, with_reason
from audit.forms import SEEN_BY_THE_OWNER

if TYPE_CHECKING:
    _Inline = admin.TabularInline[Decision, Adjustment]
else:
    _Inline = admin.TabularInline


class DecisionInline(_Inline):
    """Who said what to it, in order."""

    model = Decision
    fields = readonly_fields = ("at", "staff", "verb", "large", "reason")
    ordering = ("id",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is not None and bool(request.user.is_staff)


def _still_missing(made: services.Corrected) -> str | None:
    """Whom it still waits for; None: nobody."""
    if made.status != Status.PROPOSED:
        return None
    more = made.people_needed - made.people
    whom = "one more person" if more == 1 else f"{more} more people"
    return f"Not booked yet: {whom} must approve it ({made.people} of {made.people_needed} agree)."


@admin.register(Adjustment)
class AdjustmentAdmin(AuditedAdmin):
    """Corrections by hand: up to 100 tokens by one, up to 500 by two, above by three with a permission among them."""

    staff_may: ClassVar[frozenset[str]] = frozenset({"view", "add", "act"})
    reason_help = SEEN_BY_THE_OWNER
    form = ProposalForm
    list_display = (
        "created_at",
        "owner",
        "bucket",
        "direction",
        "tokens",
        "ticket",
        "status",
        "people_needed",
        "proposed_by",
        "decided_at",
    )
    list_filter = ("status", "bucket", "direction", "people_needed")
    list_select_related = ("owner", "proposed_by")
    search_fields = ("=id", "ticket", "owner__username", "proposed_by__username", "=transfer__id")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    autocomplete_fields = ("owner",)
    inlines = (DecisionInline,)
    actions = ("approve", "reject")

    def get_fields(self, request: HttpRequest, obj: Adjustment | None = None) -> tuple[str, ...]:
        """A proposal is a form; what was proposed is only shown."""
        shown = (*self.list_display, "counted_tokens", "reason", "transfer")
        return tuple(ProposalForm.Meta.fields) if obj is None else shown

    def has_change_permission(self, request: HttpRequest, obj: Adjustment | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Adjustment, form: Any, change: bool) -> None:  # noqa: ANN401
        """Through the service; the row shown afterwards is the one it made."""
        made = services.propose(
            by=self.actor(request),
            owner_id=obj.owner_id,
            bucket=obj.bucket,
            direction=obj.direction,
            tokens=obj.tokens,
            ticket=obj.ticket,
            reason=form.cleaned_data[REASON],
            key=str(form.cleaned_data["key"]),
        )
        obj.pk, obj._state.adding = made.id, False
        if missing := _still_missing(made):
            messages.warning(request, missing)

    def act_numbers(self, item: Adjustment) -> list[tuple[str, object]]:
        """What staff see before they act."""
        agreed = item.decisions.exclude(verb="reject").count()
        return [
            ("owner", item.owner),
            ("bucket", item.bucket),
            ("direction", item.direction),
            ("tokens", item.tokens),
            ("ticket", item.ticket),
            ("reason", item.reason),
            ("people", f"{agreed} of {item.people_needed}"),
        ]

    @with_reason("Approve the selected corrections")
    def approve(self, item: Adjustment, act: Act) -> str | None:
        """One more agrees; the last one needed books."""
        return _still_missing(services.approve(by=act.by, adjustment_id=item.pk, reason=act.reason))

    @with_reason("Reject the selected corrections")
    def reject(self, item: Adjustment, act: Act) -> None:
        """They will never be booked."""
        services.reject(by=act.by, adjustment_id=item.pk, reason=act.reason)
