"""The staff's pages: every change has a reason and leaves an entry; the log itself is only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.lookups import check_lookups
from audit.models import AuditEntry, Seal
from audit.services import record
from core.actors import Actor
from core.exceptions import DomainError
from core.idempotency import Answer, Claim, fingerprint, once

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

REASON = "audit_reason"
LOOK = "look"
Owner = TypeVar("Owner", bound="AuditedAdmin")
Item = Any  # a row of whichever model the admin shows


@dataclass(frozen=True, slots=True)
class Act:
    """What an action hands to a service: who, why, a key that is the same when the page is sent twice, and what a
    form of the action's own asked besides."""

    by: Actor
    reason: str
    key: str
    more: Mapping[str, Any] = field(default_factory=dict)


class ReasonForm(forms.Form):
    """The page between choosing an action and doing it.

    `looks`, where it is not empty, is the word on a second button that shows the page again with what would happen.
    """

    looks: ClassVar[str] = ""
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Goes to the audit log."
    )
    typed = forms.CharField(required=False, max_length=40, label="Confirmation")
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, word: str, **kwargs: Any) -> None:  # noqa: ANN401 - signature of Form
        super().__init__(*args, **kwargs)
        self.word = word
        if word:
            self.fields["typed"].required = True
            self.fields["typed"].help_text = f"Type {word} to go on."
        else:
            del self.fields["typed"]

    def clean_typed(self) -> str:
        """The word must stand there as asked."""
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != self.word:
            raise forms.ValidationError(f"Type {self.word} to go on.", code="not_confirmed")
        return typed


def with_reason(
    description: str, *, typed: str = "", form_class: type[ReasonForm] = ReasonForm
) -> Callable[[Callable[[Owner, Item, Act], str | None]], Callable[[Owner, HttpRequest, Any], HttpResponse | None]]:
    """An admin action that asks for a reason first and is audited, item by item.

    Decorate a method `(self, item, act) -> str | None` that calls one service with `by=act.by, reason=act.reason,
    key=f"{act.key}:{item.pk}"`; what it returns says what is still missing until the item is done. Each item has its
    own transaction, which holds the audit entry too; a refusal (DomainError) is audited beside it, shown in the
    service's own words, and the other items go on. `typed` is a word that must be typed, for what cannot be undone. A
    `form_class` may ask more, which `act.more` then holds.
    """

    def decorate(
        method: Callable[[Owner, Item, Act], str | None],
    ) -> Callable[[Owner, HttpRequest, Any], HttpResponse | None]:
        name = method.__name__

        @admin.action(description=description, permissions=["act"])
        def action(self: Owner, request: HttpRequest, queryset: Any) -> HttpResponse | None:  # noqa: ANN401 - rows
            looking = LOOK in request.POST
            sent = request.POST if "key" in request.POST and not looking else None
            filled = request.POST.dict() if looking else {"key": uuid4()}
            form = form_class(sent, word=typed, initial=filled)
            if not form.is_valid():
                return self.ask_reason(request, queryset, form, name, description)
            more = {name: value for name, value in form.cleaned_data.items() if name not in ("reason", "key", "typed")}
            act = Act(self.actor(request), form.cleaned_data["reason"], str(form.cleaned_data["key"]), more)
            self.act_on_all(request, list(queryset), name, lambda item: method(self, item, act), act)
            return None

        action.__name__ = name
        return action

    return decorate


def refusal_words(refusal: DomainError) -> str:
    """What it says, and of fields what is wrong with them: no field of an action's is shown beside the message."""
    return " ".join([refusal.message, *(f"{error.attr}: {error.detail}" for error in getattr(refusal, "errors", ()))])


class AuditedAdmin(_ModelAdmin):
    """A ModelAdmin whose changes need a reason and are audited. Base class of all of the product's admin pages.

    * `staff_may`: what staff who are not superusers may do here, among "view", "add", "change", "act" (actions made
      with `with_reason`). Nobody deletes: what must go is closed, archived or disabled by an action.
    * Forms get a required reason; saving writes one audit entry with the changed fields, before and after. Only
      values of fields that `audit.services.allow_fields` knows are written down; of others, that they changed.
    * Actions are methods decorated with `with_reason`; list them in `actions` as usual.
    * Never change state in `save_model`: call a service in an action, so that every door gives the same refusal.
    """

    staff_may: ClassVar[frozenset[str]] = frozenset({"view"})
    reason_help: ClassVar[str] = "Goes to the audit log; name no person."
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.ALWAYS

    # --- who may

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether this member of the staff may do that here."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return bool(user.is_superuser) or verb in self.staff_may

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Asked by Django for actions made with `with_reason`."""
        return self.may(request, "act")

    @staticmethod
    def actor(request: HttpRequest) -> Actor:
        """The member of the staff, as services are told."""
        return Actor(id=UUID(str(request.user.pk)), kind="staff")

    # --- lists

    def get_changelist_instance(self, request: HttpRequest) -> Any:  # noqa: ANN401 - Django's list
        """Django's list. Raises ValidationFailed where the address asks for days or signs that there are not.

        And ValidationError where what was chosen for an action can be no row's key.
        """
        check_lookups(request.GET, self.date_hierarchy)
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            self.opts.pk.to_python(chosen)
        return super().get_changelist_instance(request)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Django's search, which the fields that complete what is typed use too."""
        check_lookups({"q": search_term})
        return super().get_search_results(request, queryset, search_term)

    # --- forms

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:  # noqa: ANN401 - Django's shape
        """The page's fields, and the reason where anything can be changed."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if self._writable(request, obj):
            fieldsets.append(("Why", {"fields": (REASON,)}))
        return fieldsets

    def get_form(
        self,
        request: HttpRequest,
        obj: Item | None = None,
        change: bool = False,
        **kwargs: Any,  # noqa: ANN401 - signature of ModelAdmin
    ) -> type[forms.ModelForm[Any]]:
        """Django's form with the reason added to it."""
        asking_for_names = "fields" in kwargs and kwargs["fields"] is None
        if "fields" not in kwargs:
            kwargs["fields"] = flatten_fieldsets(self.get_fieldsets(request, obj))
        if kwargs["fields"]:
            kwargs["fields"] = [name for name in kwargs["fields"] if name != REASON]
        form = super().get_form(request, obj, change=change, **kwargs)
        if not asking_for_names and self._writable(request, obj):
            form.base_fields[REASON] = forms.CharField(max_length=500, label="Reason", help_text=self.reason_help)
        return form

    def _writable(self, request: HttpRequest, obj: Item | None) -> bool:
        return self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        """Django's last step of saving, inside its transaction: the entry is written here."""
        super().save_related(request, form, formsets, change)
        names = [name for name in form.changed_data if name != REASON]
        inlines = {formset.prefix: True for formset in formsets if formset.has_changed()}
        if change and not names and not inlines:
            return
        record(
            by=self.actor(request),
            action="admin.changed" if change else "admin.added",
            target_type=form.instance._meta.label_lower,
            target_id=str(form.instance.pk),
            before={name: form.initial.get(name) for name in names} if change else None,
            after={name: form.cleaned_data.get(name) for name in names} | inlines,
            reason=form.cleaned_data[REASON],
        )

    # --- actions

    def get_actions(self, request: HttpRequest) -> Any:  # noqa: ANN401 - Django's shape
        """Without Django's own deletion."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def ask_reason(
        self, request: HttpRequest, queryset: models.QuerySet[Any], form: ReasonForm, name: str, description: str
    ) -> HttpResponse:
        """The page that shows what will be done to which rows and asks why."""
        context = {
            **self.admin_site.each_context(request),
            "title": description,
            "opts": self.opts,
            "form": form,
            "action": name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "items": [
                (item.pk, self.act_label(item), [*self.act_numbers(item), *self.act_preview(request, item, form)])
                for item in queryset
            ],
            "look": LOOK,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/act_with_reason.html", context, status=422 if form.errors else 200)

    def act_label(self, item: Item) -> str:
        """What staff call an item where they act on it; its id stands beside it. Override it where names say more."""
        return str(item)

    def act_numbers(self, item: Item) -> Sequence[tuple[str, object]]:
        """What staff should see of an item before they act: pairs of a label and a value. Override it."""
        return ()

    def act_preview(self, request: HttpRequest, item: Item, form: ReasonForm) -> Sequence[tuple[str, object]]:
        """What the action would do to an item with what the form holds now. Override it where that can be told."""
        return ()

    def act_on_all(
        self, request: HttpRequest, items: list[Item], name: str, effect: Callable[[Item], str | None], act: Act
    ) -> None:
        """Do it to each, in a transaction each; say what was done, what is missing yet and what was refused.

        Sent again nothing is done again.
        """
        done = 0
        for item in items:
            try:
                missing = self._act_on(item, name, effect, act)
            except DomainError as refusal:
                _note_refusal(item, name, act, refusal)
                messages.error(request, f"{self.act_label(item)}: {refusal_words(refusal)} ({refusal.code})")
                continue
            if missing:
                messages.warning(request, f"{self.act_label(item)}: {missing}")
            done += not missing
        if done:
            messages.success(request, f"Done: {done} of {len(items)}.")

    def _act_on(self, item: Item, name: str, effect: Callable[[Item], str | None], act: Act) -> str:
        """What is still missing until the item is done; empty: nothing."""
        target = _target(item)

        def take() -> Answer:
            missing = effect(item)
            record(by=act.by, action=f"admin.{name}", reason=act.reason, **target)
            return Answer(200, {"missing": missing or ""})

        asked = {name: str(value) for name, value in act.more.items()}
        what = fingerprint("POST", name, "", {**target, "reason": act.reason, **asked})
        answer = once(Claim(_id_of(act.by), f"admin:{act.key}:{item.pk}:{name}", what), take)
        return str(answer.body.get("missing", ""))


def _target(item: Item) -> dict[str, Any]:
    return {"target_type": item._meta.label_lower, "target_id": str(item.pk)}


def _note_refusal(item: Item, name: str, act: Act, refusal: DomainError) -> None:
    """The log knows of attempts that failed, too; of a page that was sent twice, once."""
    if not refusal.replayed:
        record(
            by=act.by,
            action=f"admin.{name}.refused",
            reason=act.reason,
            after={"outcome": refusal.code},
            **_target(item),
        )


def _id_of(by: Actor) -> UUID:
    if by.id is None:
        raise LookupError("only people act on these pages")
    return by.id


class ReadOnlyAdmin(AuditedAdmin):
    """Pages that are only looked at: ledgers, logs, histories."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log."""

    list_display = ("id", "created_at", "actor_kind", "actor_id", "action", "target_type", "target_id", "reason")
    list_filter = ("action", "actor_kind", "target_type")
    search_fields = ("actor_id", "target_id", "request_id")
    date_hierarchy = "created_at"


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    """The hash chain over the log."""

    list_display = ("id", "epoch", "entries", "head", "sealed_at")
    fields = ("epoch", "entries", "head", "previous", "sealed_at")

    @admin.display(description="entries")
    def entries(self, seal: Seal) -> int:
        """How many entries the block holds."""
        return len(seal.ids)

    @admin.display(description="hash")
    def head(self, seal: Seal) -> str:
        """The block's hash."""
        return bytes(seal.hash).hex()

    @admin.display(description="previous hash")
    def previous(self, seal: Seal) -> str:
        """The hash it is chained to."""
        return bytes(seal.prev_hash).hex()


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Django's own record of the admin's pages."""

    list_display = ("action_time", "user", "content_type", "object_id", "action_flag")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    date_hierarchy = "action_time"
