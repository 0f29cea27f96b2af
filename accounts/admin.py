"""The staff's pages about people, flags and sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.models import AccessAttempt
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts import services
from accounts.models import EndReason, FeatureFlag, Performer, SignIn, Studio, User, Viewer
from audit.admin import Act, AuditedAdmin, ReadOnlyAdmin, with_reason

if TYPE_CHECKING:
    _SetPasswordForm = SetPasswordForm[User]
    _UserAdmin = UserAdmin[User]
else:
    _SetPasswordForm = SetPasswordForm
    _UserAdmin = UserAdmin

# What an account may do hangs on these: changing one ends the account's sign-ins.
ROLE_FIELDS = {"username", "is_active", "is_staff", "is_superuser", "groups", "user_permissions"}


class NewPasswordForm(_SetPasswordForm):
    """A new password, twice, and why."""

    audit_reason = forms.CharField(max_length=500, label="Reason", help_text="Goes to the audit log.")


@admin.register(User)
class AccountAdmin(AuditedAdmin, _UserAdmin):
    """Accounts. Superusers edit them; staff add, close and open them."""

    staff_may = frozenset({"view", "add", "act"})
    list_display = ("username", "is_active", "is_staff", "is_superuser", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    actions = ("close_account", "open_account", "end_sign_ins")

    @with_reason("Close the selected accounts", typed="CLOSE")
    def close_account(self, item: User, act: Act) -> None:
        """Nobody signs in with it any more."""
        services.set_active(by=act.by, user_id=item.pk, active=False, reason=act.reason)

    @with_reason("Open the selected accounts again")
    def open_account(self, item: User, act: Act) -> None:
        """Undo closing."""
        services.set_active(by=act.by, user_id=item.pk, active=True, reason=act.reason)

    @with_reason("End all sign-ins of the selected accounts")
    def end_sign_ins(self, item: User, act: Act) -> None:
        """Out of every browser and client, at once."""
        services.end_all_sign_ins(by=act.by, user_id=item.pk, reason=EndReason.REVOKED)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        """Who has become somebody else signs in again."""
        super().save_related(request, form, formsets, change)
        if change and ROLE_FIELDS & set(form.changed_data):
            services.end_all_sign_ins(
                by=self.actor(request), user_id=form.instance.pk, reason=EndReason.ACCOUNT_CHANGED
            )

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A new password for an account; its sign-ins end."""
        user = self.get_object(request, id)
        if user is None or not self.has_change_permission(request, user):
            raise PermissionDenied
        form = NewPasswordForm(user, request.POST or None)
        if form.is_valid():
            services.set_password(
                by=self.actor(request),
                user=user,
                password=form.cleaned_data["new_password1"],
                reason=form.cleaned_data["audit_reason"],
            )
            messages.success(request, "The password was changed; all sign-ins of the account have ended.")
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
        context = {**self.admin_site.each_context(request), "title": "Set a password", "form": form, "opts": self.opts}
        return TemplateResponse(
            request, "admin/accounts/set_password.html", context, status=422 if form.errors else 200
        )


@admin.register(Group)
class GroupAdmin(AuditedAdmin, DjangoGroupAdmin):
    """Roles and their permissions. Only superusers change them."""


@admin.register(Performer)
class PerformerAdmin(AuditedAdmin):
    """Performers."""

    staff_may = frozenset({"view", "add", "change"})
    list_display = ("stage_name", "user", "studio", "verified_at", "created_at")
    list_filter = ("studio", ("verified_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "studio")
    search_fields = ("stage_name", "user__username")
    autocomplete_fields = ("user", "studio")

    def save_model(self, request: HttpRequest, obj: Performer, form: Any, change: bool) -> None:  # noqa: ANN401
        """A new performer gets her role."""
        super().save_model(request, obj, form, change)
        if not change:
            services.join_role(by=self.actor(request), user=obj.user, role="performer")

    def get_readonly_fields(self, request: HttpRequest, obj: Performer | None = None) -> tuple[str, ...]:
        """Whose profile it is stays; a wallet is verified on the page of those who asked, never by its owner."""
        return ("user", "verified_at") if obj else ("verified_at",)


@admin.register(Viewer)
class ViewerAdmin(AuditedAdmin):
    """Viewers."""

    staff_may = frozenset({"view", "add", "change"})
    list_display = ("alias", "user", "country", "created_at")
    list_select_related = ("user",)
    search_fields = ("alias", "user__username")
    autocomplete_fields = ("user",)

    def save_model(self, request: HttpRequest, obj: Viewer, form: Any, change: bool) -> None:  # noqa: ANN401
        """A new viewer gets his role."""
        super().save_model(request, obj, form, change)
        if not change:
            services.join_role(by=self.actor(request), user=obj.user, role="viewer")

    def get_readonly_fields(self, request: HttpRequest, obj: Viewer | None = None) -> tuple[str, ...]:
        """Whose profile it is stays."""
        return ("user",) if obj else ()


@admin.register(Studio)
class StudioAdmin(AuditedAdmin):
    """Studios and who manages them."""

    staff_may = frozenset({"view", "add", "change"})
    list_display = ("name",)
    search_fields = ("name",)
    filter_horizontal = ("managers",)


@admin.register(FeatureFlag)
class FeatureFlagAdmin(AuditedAdmin):
    """Flags of sections and features, for everyone, by role and by account."""

    staff_may = frozenset({"view", "change"})
    list_display = ("name", "everyone", "authenticated", "staff", "note")
    fields = ("name", "everyone", "authenticated", "staff", "superusers", "groups", "users", "excluded", "note")
    readonly_fields = ("name",)
    filter_horizontal = ("groups",)
    autocomplete_fields = ("users", "excluded")


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """Open and past sign-ins."""

    staff_may = frozenset({"view", "act"})
    list_display = ("id", "user", "kind", "started_at", "last_seen_at", "ended_at", "end_reason")
    list_filter = ("kind", "end_reason", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("=id", "user__username")
    exclude = ("session_key",)
    actions = ("end",)

    @with_reason("End the selected sign-ins")
    def end(self, item: SignIn, act: Act) -> None:
        """Out, at once."""
        services.end_sign_in(by=act.by, sign_in_id=item.pk, reason=EndReason.REVOKED, forced=True)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(ReadOnlyAdmin):
    """Names that somebody fails to sign in with; the address is a keyed tag."""

    staff_may = frozenset({"view", "act"})
    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    fields = ("attempt_time", "username", "ip_address", "user_agent", "failures_since_start")
    search_fields = ("username",)
    actions = ("forget",)

    @with_reason("Forget the selected failures")
    def forget(self, item: AccessAttempt, act: Act) -> None:
        """The name may be tried again at once."""
        item.delete()
