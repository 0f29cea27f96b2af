"""The staff's pages of credits (to reconcile with the billing's list) and of the prize fund."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from audit.admin import ReadOnlyAdmin
from core.exceptions import DomainError, ValidationFailed
from wallet import services
from wallet.credits import compare, credits, csv_lines, totals_of
from wallet.forms import ListForm, PrizeForm
from wallet.models import Credit, PrizeSlice
from wallet.queries import prize_fund


@admin.register(Credit)
class CreditAdmin(ReadOnlyAdmin):
    """Payments that were credited: by day, with totals, as CSV, and beside the billing's own list."""

    change_list_template = "admin/wallet/credit/change_list.html"
    list_display = ("created_at", "external_id", "amount", "viewer")
    search_fields = ("=external_id", "=id", "credit_account__owner__username")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        """Credits with their wallet."""
        return credits()

    @admin.display(description="viewer", ordering="credit_account__owner__username")
    def viewer(self, credit: Credit) -> str:
        """Whose wallet it went to."""
        return str(credit.credit_account.owner)

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and two of our own."""
        site = self.admin_site.admin_view
        return [
            path("export.csv", site(self.export), name="wallet_credit_export"),
            path("reconcile/", site(self.reconcile), name="wallet_credit_reconcile"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what the chosen rows add up to."""
        answer = super().changelist_view(request, extra_context)
        listed = getattr(answer, "context_data", None) or {}
        if "cl" in listed:
            listed["totals"] = totals_of(listed["cl"].get_queryset(request))
        return answer

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """The chosen rows as CSV, streamed."""
        self._may_look(request)
        rows = self._chosen(request)
        headers = {"Content-Disposition": 'attachment; filename="credits.csv"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)

    def reconcile(self, request: HttpRequest) -> HttpResponse:
        """The billing's list beside ours."""
        self._may_look(request)
        form = ListForm(request.POST or None, request.FILES or None)
        found = None
        if form.is_valid():
            sent = form.cleaned_data
            found = compare(sent["listed"], sent["since"], sent["until"])
        context = {
            **self.admin_site.each_context(request),
            "title": "Compare with the billing's list",
            "opts": self.opts,
            "form": form,
            "found": found,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/wallet/credit/reconcile.html", context, status=status)

    def _chosen(self, request: HttpRequest) -> QuerySet[Credit]:
        try:
            rows: QuerySet[Credit] = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise ValidationFailed.of("query", "invalid", "These rows cannot be chosen so.") from None
        return rows

    def _may_look(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


@admin.register(PrizeSlice)
class PrizeAdmin(ReadOnlyAdmin):
    """The prize fund: what it holds; staff fill it from the house and take its surplus."""

    staff_may: ClassVar[frozenset[str]] = frozenset({"view", "act"})
    change_list_template = "admin/wallet/prizeslice/change_list.html"
    list_display = ("slice", "balance", "version")
    fields = readonly_fields = ("slice", "balance", "version")
    ordering = ("slice",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PrizeSlice]:
        """The fund's rows."""
        return PrizeSlice.objects.filter(kind="prize")

    def get_urls(self) -> list[URLPattern]:
        """Django's pages and two of our own."""
        site = self.admin_site.admin_view
        return [
            path("fund/", site(self.fund), name="wallet_prizeslice_fund"),
            path("take/", site(self.take), name="wallet_prizeslice_take"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The slices, with their sum."""
        return super().changelist_view(request, {**(extra_context or {}), "whole": prize_fund()})

    def fund(self, request: HttpRequest) -> HttpResponse:
        """Fill it from the house."""
        return self._move(request, "Fill the prize fund from the house", services.fund_prizes)

    def take(self, request: HttpRequest) -> HttpResponse:
        """Take a surplus back to the house."""
        return self._move(request, "Take a surplus of the prize fund", services.take_prizes)

    def _move(self, request: HttpRequest, title: str, service: Any) -> HttpResponse:  # noqa: ANN401 - either of the two
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = PrizeForm(request.POST or None, initial={"key": uuid4()})
        if form.is_valid() and self._moved(request, form, service):
            return HttpResponseRedirect(reverse("admin:wallet_prizeslice_changelist"))
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/wallet/prizeslice/move.html", context, status=status)

    def _moved(self, request: HttpRequest, form: PrizeForm, service: Any) -> bool:  # noqa: ANN401 - either of the two
        sent = form.cleaned_data
        try:
            moved = service(by=self.actor(request), tokens=sent["tokens"], reason=sent["reason"], key=str(sent["key"]))
        except DomainError as refusal:
            form.add_error(None, f"{refusal.message} ({refusal.code})")
            return False
        messages.success(request, f"Done. The prize fund holds {moved.fund:,} tokens.")
        return True
