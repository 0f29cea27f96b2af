"""The staff's pages: links, the breaker, the outbox and its dead letters, the webhooks that came."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import REASON, Act, AuditedAdmin, ReadOnlyAdmin, with_reason
from core import outbox
from core.models import DeadLetter, OutboxMessage
from loyalty import services
from loyalty.forms import LinkForm
from loyalty.models import AccountLink, Breaker, WebhookEvent


@admin.register(AccountLink)
class AccountLinkAdmin(AuditedAdmin):
    """Which viewer is which member. Links are made and revoked, never edited."""

    staff_may = frozenset({"view", "add", "act"})
    form = LinkForm
    list_display = ("viewer", "member_id", "active", "activated_at", "revoked_at")
    list_filter = ("active",)
    list_select_related = ("viewer",)
    search_fields = ("member_id", "viewer__alias", "viewer__user__username")
    autocomplete_fields = ("viewer",)
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: AccountLink | None = None) -> tuple[str, ...]:
        """A new link is a viewer and a member."""
        return ("viewer", "member_id") if obj is None else self.list_display

    def has_change_permission(self, request: HttpRequest, obj: AccountLink | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: AccountLink, form: Any, change: bool) -> None:  # noqa: ANN401
        """Through the service; the row shown afterwards is the one it made."""
        link = services.link_account(
            by=self.actor(request), viewer_id=obj.viewer_id, member_id=obj.member_id, reason=form.cleaned_data[REASON]
        )
        obj.pk, obj._state.adding = link.pk, False

    @with_reason("Revoke the selected links")
    def revoke(self, item: AccountLink, act: Act) -> None:
        """From now on nothing earns points; what was settled before still does."""
        services.revoke_link(by=act.by, link_id=item.pk, reason=act.reason)


@admin.register(Breaker)
class BreakerAdmin(ReadOnlyAdmin):
    """Whether calls to the loyalty service go out."""

    staff_may = frozenset({"view", "act"})
    list_display = ("name", "state", "opened_at", "probe_until", "rest_until", "successes", "outcomes")
    actions = ("close",)

    @with_reason("Close the selected breakers at once")
    def close(self, item: Breaker, act: Act) -> None:
        """Do not wait for probes."""
        services.close_breaker(by=act.by, name=item.name, reason=act.reason)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """What was asked for outside, and where it stands."""

    list_display = ("id", "kind", "state", "attempts", "result", "next_at", "done_at", "created_at")
    list_filter = ("state", "kind", "result")
    search_fields = ("key",)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """What could not be delivered; to be retried or given up, with a reason."""

    staff_may = frozenset({"view", "act"})
    list_display = ("id", "kind", "key", "error_class", "attempts", "state", "decided_by", "reason", "created_at")
    list_filter = ("state", "message__kind", "error_class")
    list_select_related = ("message",)
    search_fields = ("message__key",)
    actions = ("retry", "discard")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        """Open ones first, oldest first."""
        return super().get_queryset(request).order_by("decided_at", "id")

    @admin.display(description="kind")
    def kind(self, letter: DeadLetter) -> str:
        """The message's kind."""
        return letter.message.kind

    @admin.display(description="key")
    def key(self, letter: DeadLetter) -> str:
        """The message's key."""
        return letter.message.key

    @with_reason("Deliver the selected dead letters again")
    def retry(self, item: DeadLetter, act: Act) -> None:
        """Back in line, due now; what an earlier attempt did is looked up first."""
        outbox.retry_dead_letter(by=act.by, dead_letter_id=item.pk, reason=act.reason)

    @with_reason("Give the selected dead letters up", typed="DISCARD")
    def discard(self, item: DeadLetter, act: Act) -> None:
        """Never delivered."""
        outbox.discard_dead_letter(by=act.by, dead_letter_id=item.pk, reason=act.reason)


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    """Genuine webhooks; their bodies are not kept."""

    list_display = ("id", "kind", "event_id", "result", "emitted_at", "received_at")
    list_filter = ("kind", "result")
    search_fields = ("event_id",)
    fields = ("kind", "event_id", "result", "emitted_at", "received_at")
