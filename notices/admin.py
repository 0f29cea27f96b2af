"""The staff's pages: texts are proposed, looked at and shown; nobody edits what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from audit.admin import REASON, Act, AuditedAdmin, ReadOnlyAdmin, with_reason
from core.exceptions import ValidationFailed
from notices import policies, services
from notices.models import MessageVersion, Notice
from notices.registry import MESSAGES
from notices.rendering import preview

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[MessageVersion]
else:
    _ModelForm = forms.ModelForm


def braced(key: str) -> str:
    """The variables of a key, as a text names them."""
    return " ".join(f"{{{name}}}" for name in MESSAGES[key].variables) or "no variables"


class TextForm(_ModelForm):
    """A new version of a text; it must fit its key before it is kept."""

    key = forms.ChoiceField(
        choices=[(key, f"{key}: {braced(key)}") for key in MESSAGES],
        help_text="All the variables named beside the key must stand in the text, and no others.",
    )
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), strip=True, help_text="Plain words on one line.")

    def clean(self) -> dict[str, Any]:
        """Raises nothing: what does not fit stands at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if {"key", "language", "text"} <= cleaned.keys():
            try:
                policies.check_text(key=cleaned["key"], language=cleaned["language"], text=cleaned["text"])
            except ValidationFailed as refusal:
                for error in refusal.errors:
                    self.add_error(error.attr, error.detail)
        return cleaned


@admin.register(MessageVersion)
class MessageVersionAdmin(AuditedAdmin):
    """Texts by key and language. A new one is only shown once it is activated; an older one can be again."""

    staff_may = frozenset({"view", "add", "act"})
    form = TextForm
    fields = ("key", "language", "text")
    list_display = ("key", "language", "number", "active", "text", "created_at")
    list_filter = ("active", "language", "key")
    search_fields = ("key", "text")
    ordering = ("key", "language", "-number")
    actions = ("activate",)

    def has_change_permission(self, request: HttpRequest, obj: MessageVersion | None = None) -> bool:
        """What was written stays: another wording is another version."""
        return False

    def get_fields(self, request: HttpRequest, obj: MessageVersion | None = None) -> tuple[str, ...]:
        """A version that exists is shown with a preview."""
        return (*self.fields, "preview", "number", "active", "proposed_by", "created_at") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: MessageVersion | None = None) -> tuple[str, ...]:
        """Made by the page itself."""
        return ("preview", "number", "active", "proposed_by", "created_at") if obj else ()

    @admin.display(description="reads as")
    def preview(self, version: MessageVersion) -> str:
        """The text with examples in it; the template escapes it."""
        return preview(version.text, MESSAGES[version.key].variables, version.language)

    def act_numbers(self, item: MessageVersion) -> Sequence[tuple[str, object]]:
        """How it will read."""
        return (("reads as", self.preview(item)),)

    def save_model(self, request: HttpRequest, obj: MessageVersion, form: Any, change: bool) -> None:  # noqa: ANN401
        """Through the service."""
        sent = form.cleaned_data
        version = services.propose_text(
            by=self.actor(request),
            key=sent["key"],
            language=sent["language"],
            text=sent["text"],
            reason=sent[REASON],
        )
        obj.pk, obj.number = version.pk, version.number

    @with_reason("Show the selected versions from now on")
    def activate(self, item: MessageVersion, act: Act) -> None:
        """Instead of what is shown now."""
        services.activate_text(by=act.by, version_id=item.pk, reason=act.reason)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What people were told, by key; the titles in it are theirs and not shown."""

    list_display = ("id", "owner_id", "key", "created_at", "read_at")
    fields = ("id", "owner_id", "key", "cause", "created_at", "read_at")
    list_filter = ("key", ("read_at", admin.EmptyFieldListFilter))
    search_fields = ("=owner__id", "=cause")
    ordering = ("-id",)
