"""The staff's view of the ledger: everything is read, nothing is written."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Func, IntegerField, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.permissions import Permission, require
from audit.admin import ReadOnlyAdmin
from wallet import proofpage, staffpages  # noqa: F401 - staffpages registers credits and prize fund
from wallet.models import Account, Hold, Seal, Transfer
from wallet.proof import report
from wallet.queries import with_tokens
from wallet.queries.trace import trace_for
from wallet.words import bucket_words, reason_words


def trace_link(hold_id: UUID | None) -> str | SafeString:
    """A link to where the tokens of a hold went; a dash without a hold."""
    if hold_id is None:
        return "-"
    return format_html('<a href="{}">Where the tokens went</a>', reverse("admin:wallet_hold_trace", args=[hold_id]))


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Wallets: what lies where."""

    list_display = ("owner", "kind", "slice", "tokens", "version", "closed_at", "created_at")
    list_filter = ("kind", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("=id", "owner__username")
    ordering = ("owner__username", "kind", "slice")
    list_select_related = ("owner",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """With the balance of summed accounts, in the same statement."""
        return with_tokens(Account.objects.all())

    @admin.display(description="Tokens")
    def tokens(self, account: Account) -> int:
        """The row's balance, or the sum."""
        return int(getattr(account, "tokens"))  # noqa: B009 - an annotation, unknown to the type checker


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """Every movement, with its counterpart."""

    list_display = (
        "created_at",
        "code",
        "amount",
        "debit_account",
        "credit_account",
        "trace",
        "reason_words",
        "group_id",
    )
    readonly_fields = ("trace",)
    list_filter = ("code", "created_at")
    search_fields = ("=id", "=group_id", "=hold__id", "=external_id")
    ordering = ("-created_at", "-id")
    list_select_related = ("debit_account__owner", "credit_account__owner", "hold")

    @admin.display(description="Trace")
    def trace(self, transfer: Transfer) -> str | SafeString:
        """The way of the hold it belongs to."""
        return trace_link(transfer.hold_id)

    @admin.display(description="Reason", ordering="reason")
    def reason_words(self, transfer: Transfer) -> str:
        """Why, as people read it."""
        return reason_words(transfer.reason)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    """Tokens set aside, and what became of them."""

    list_display = (
        "created_at",
        "viewer",
        "performer",
        "amount",
        "settled_amount",
        "state",
        "expires_at",
        "resolved_at",
        "trace",
    )
    readonly_fields = ("trace",)
    list_filter = ("state", "created_at")
    search_fields = ("=id", "viewer__user__username", "performer__user__username")
    ordering = ("-created_at", "-id")
    list_select_related = ("viewer__user", "performer__user")

    @admin.display(description="Trace")
    def trace(self, hold: Hold) -> str | SafeString:
        """The way of its tokens."""
        return trace_link(hold.pk)

    def get_urls(self) -> list[URLPattern]:
        """With the page of the way, before the pages of the rows."""
        view = self.admin_site.admin_view(self.trace_page)
        return [path("<uuid:hold_id>/trace/", view, name="wallet_hold_trace"), *super().get_urls()]

    def trace_page(self, request: HttpRequest, hold_id: UUID) -> HttpResponse:
        """Where the tokens of a hold went: held, booked, settled or refunded, corrected."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        trace = trace_for(self.actor(request), hold_id)
        rows = [
            (step, *map(bucket_words, (step.source, step.target)), reason_words(step.reason)) for step in trace.steps
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Where the tokens went",
            "opts": self.opts,
            "trace": trace,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/wallet/trace.html", context)


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    """The hash chain over the transfers, and the page that proves the whole ledger."""

    list_display = ("id", "epoch", "transfers", "head", "sealed_at")
    fields = ("epoch", "transfers", "head", "previous", "sealed_at")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seal]:
        """Without the long lists: only how many there are."""
        counted = Func("ids", function="cardinality", output_field=IntegerField())
        return Seal.objects.annotate(number=counted).defer("ids", "digests")

    def get_urls(self) -> list[URLPattern]:
        """The proof's page stands before the rows'."""
        page = self.admin_site.admin_view(self.proof)
        return [path("proof/", page, name="wallet_proof"), *super().get_urls()]

    def proof(self, request: HttpRequest) -> HttpResponse:
        """GET shows the button; POST proves, leaves an entry in the audit log, and shows or hands over the report."""
        require(request.user, Permission.RUN_PROOF)
        proof = proofpage.run(self.actor(request)) if request.method == "POST" else None
        if proof is not None and "file" in request.POST:
            name = f"proof-{proof.at:%Y%m%dT%H%M%SZ}.json"
            return JsonResponse(report(proof), headers={"Content-Disposition": f'attachment; filename="{name}"'})
        context = {**self.admin_site.each_context(request), **proofpage.shown(proof), "title": "Proof of the ledger"}
        return TemplateResponse(request, "admin/wallet/proof.html", context)

    @admin.display(description="transfers")
    def transfers(self, seal: Seal) -> int:
        """How many transfers the block holds."""
        return int(getattr(seal, "number"))  # noqa: B009 - an annotation, unknown to the type checker

    @admin.display(description="hash")
    def head(self, seal: Seal) -> str:
        """The block's hash."""
        return bytes(seal.hash).hex()

    @admin.display(description="previous hash")
    def previous(self, seal: Seal) -> str:
        """The hash it is chained to."""
        return bytes(seal.prev_hash).hex()
