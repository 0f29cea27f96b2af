"""The staff's view of the ledger: everything is read, nothing is written."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import ReadOnlyAdmin
from wallet.models import Account, Hold, Transfer
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
