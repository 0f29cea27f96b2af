"""The staff's side: payouts from approval to payment, and wallets to verify."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from audit.admin import Act, ReadOnlyAdmin, ReasonForm, with_reason
from payouts import services
from payouts.models import Payout, Step, Verification
from payouts.policies import RATE_MOST, RATE_PLACES
from payouts.states import Status
from payouts.verifications import decide_verification, withdraw_verification

if TYPE_CHECKING:
    _Inline = admin.TabularInline[Step, Payout]
else:
    _Inline = admin.TabularInline


class ApprovalForm(ReasonForm):
    """Why, and at which rate."""

    rate = forms.DecimalField(
        required=False,
        min_value=Decimal(1).scaleb(-RATE_PLACES),
        max_value=RATE_MOST,
        decimal_places=RATE_PLACES,
        label="Rate: what one token is worth",
    )

    def __init__(self, *args: Any, word: str, **kwargs: Any) -> None:  # noqa: ANN401 - signature of Form
        super().__init__(*args, word=word, **kwargs)
        usual = f"{settings.PAYOUT_RATE} {settings.PAYOUT_CURRENCY}"
        self.fields["rate"].help_text = f"Empty: {usual}, or the rate of the first approval."


class StepInline(_Inline):
    """The steps of a payout, in order."""

    model = Step
    fields = readonly_fields = ("version", "at", "event", "from_status", "to_status", "actor_id", "reason")
    ordering = ("version",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_staff)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    """Payouts, with what staff may do to them; each step asks for a reason, which history and audit log keep."""

    staff_may: ClassVar[frozenset[str]] = frozenset({"view", "act"})
    list_display = (
        "created_at", "performer", "tokens", "status", "approvals_needed", "first_approver", "rate", "worth",
        "currency",
    )  # fmt: skip
    list_filter = ("status", "approvals_needed", "created_at")
    list_select_related = ("performer", "first_approver")
    search_fields = ("=id", "performer__user__username", "performer__stage_name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    inlines = (StepInline,)
    actions = ("approve", "reject", "send", "pay", "fail")

    @admin.display(description="worth")
    def worth(self, payout: Payout) -> str:
        """What the tokens came to when they were approved."""
        return "" if payout.worth is None else f"{payout.worth:,.2f}"

    def act_numbers(self, item: Payout) -> list[tuple[str, object]]:
        """What staff see before they act."""
        given = sum(approver is not None for approver in (item.first_approver_id, item.second_approver_id))
        needed = f"{item.approvals_needed}, given: {given}"
        return [
            ("tokens", item.tokens),
            ("status", item.status),
            ("performer", item.performer),
            ("approvals needed", needed),
            ("rate", item.rate or "-"),
        ]

    @with_reason("Approve", form_class=ApprovalForm)
    def approve(self, item: Payout, act: Act) -> str | None:
        """One person up to the limit, two above it."""
        payout = services.approve_payout(
            by=act.by, payout_id=item.pk, reason=act.reason, key=f"{act.key}:{item.pk}", rate=act.more["rate"]
        )
        if payout["status"] == Status.REQUESTED:
            return "Your approval counts. A second person has to approve it too before it can be sent."
        return None

    @with_reason("Reject and give the tokens back")
    def reject(self, item: Payout, act: Act) -> None:
        """Before it is sent."""
        services.reject_payout(by=act.by, payout_id=item.pk, reason=act.reason, key=f"{act.key}:{item.pk}")

    @with_reason("Mark as sent")
    def send(self, item: Payout, act: Act) -> None:
        """It is on its way."""
        services.send_payout(by=act.by, payout_id=item.pk, reason=act.reason, key=f"{act.key}:{item.pk}")

    @with_reason("Mark as paid", typed="PAID")
    def pay(self, item: Payout, act: Act) -> None:
        """It has arrived: this cannot be undone."""
        services.pay_payout(by=act.by, payout_id=item.pk, reason=act.reason, key=f"{act.key}:{item.pk}")

    @with_reason("Mark as failed and give the tokens back")
    def fail(self, item: Payout, act: Act) -> None:
        """It came back."""
        services.fail_payout(by=act.by, payout_id=item.pk, reason=act.reason, key=f"{act.key}:{item.pk}")


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    """Performers who asked to have their wallet verified. Nobody decides about the own one."""

    staff_may: ClassVar[frozenset[str]] = frozenset({"view", "act"})
    list_display = ("asked_at", "performer", "status", "decided_by", "decided_at")
    list_filter = ("status", "asked_at")
    list_select_related = ("performer", "decided_by")
    search_fields = ("=id", "performer__user__username", "performer__stage_name")
    ordering = ("-asked_at", "-id")
    actions = ("verify", "refuse", "withdraw")

    @with_reason("Verify the wallet")
    def verify(self, item: Verification, act: Act) -> None:
        """Yes."""
        decide_verification(by=act.by, verification_id=item.pk, approve=True, reason=act.reason)

    @with_reason("Do not verify the wallet")
    def refuse(self, item: Verification, act: Act) -> None:
        """No."""
        decide_verification(by=act.by, verification_id=item.pk, approve=False, reason=act.reason)

    @with_reason("Withdraw the verification")
    def withdraw(self, item: Verification, act: Act) -> None:
        """No longer."""
        withdraw_verification(by=act.by, verification_id=item.pk, reason=act.reason)
