"""The staff's pages: texts are proposed, looked at and shown; nobody edits what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

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


#: Said wherever a version is shown that nobody reads yet.
NOT_SHOWN = "Nobody reads this version yet: people go on reading the one that is active."
LATER = "A new version is read by nobody until it is shown: its own page, or the list's action, does that."


def braced(key: str) -> str:
    """The variables of a key, as a text names them."""
    return " ".join(f"{{{name}}}" for name in MESSAGES[key].variables) or "no variables"


class TextForm(_ModelForm):
    """A new version of a text; it must fit its key before it is kept."""

    key = forms.ChoiceField(
        choices=[(key, f"{key}: {braced(key)}") for key in MESSAGES],
        help_text="All the variables named beside the key must stand in the text, and no others.",
    )
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), strip=True, help_text=f"Plain words on one line. {LATER}"
    )

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
        return (
            ("standing", *self.fields, "preview", "number", "active", "proposed_by", "created_at")
            if obj
            else self.fields
        )

    def get_readonly_fields(self, request: HttpRequest, obj: MessageVersion | None = None) -> tuple[str, ...]:
        """Made by the page itself."""
        return ("standing", "preview", "number", "active", "proposed_by", "created_at") if obj else ()

    @admin.display(description="who reads it")
    def standing(self, version: MessageVersion) -> SafeString:
        """Whether people read it; a button leads to the page that asks why, and shows it from then on."""
        if version.active:
            return format_html("Everybody who reads {}: it is active.", version.get_language_display())
        return format_html(
            '<p>{}</p><input type="hidden" name="{}" value="{}">'
            '<button class="button" formaction="{}" name="action" value="activate"'
            ' data-testid="show-version">{}</button>',
            NOT_SHOWN,
            ACTION_CHECKBOX_NAME,
            version.pk,
            reverse("admin:notices_messageversion_changelist"),
            "Show it from now on",
        )

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
        address = reverse("admin:notices_messageversion_change", args=[version.pk])
        messages.warning(request, format_html('{} <a href="{}">Look at it and show it</a>', NOT_SHOWN, address))

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
