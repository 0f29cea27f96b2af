"""The staff's view of the ledger: everything is read, nothing is written."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Func, IntegerField, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.permissions import Permission, require
from audit.admin import ReadOnlyAdmin
from wallet import proofpage
from wallet.models import Account, Hold, Seal, Transfer
from wallet.proof import report
from wallet.queries import with_tokens


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

    list_display = ("created_at", "code", "amount", "debit_account", "credit_account", "hold", "reason", "group_id")
    list_filter = ("code", "created_at")
    search_fields = ("=id", "=group_id", "=hold__id", "=external_id")
    ordering = ("-created_at", "-id")
    list_select_related = ("debit_account__owner", "credit_account__owner", "hold")


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
    )
    list_filter = ("state", "created_at")
    search_fields = ("=id", "viewer__user__username", "performer__user__username")
    ordering = ("-created_at", "-id")
    list_select_related = ("viewer__user", "performer__user")


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
