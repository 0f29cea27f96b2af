"""The staff's pages about menus: changes go through the services, so that they are refused as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import REASON, Act, AuditedAdmin, ReadOnlyAdmin, with_reason
from core.exceptions import ValidationFailed
from core.problems import camel
from menus.models import MenuActionLog, MenuPreferences, PerformerMenu, PricedItem, Purchase, StaffLink
from menus.offers import check_item, check_menu
from menus.services import links, offers
from menus.services.preferences import reset_preferences

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm

Page = Any  # a form or formset of Django's admin


class CheckedForm(_ModelForm):
    """A form that asks the product's own rules, and shows each problem at its field.

    `check` raises ValidationFailed where the fields do not fit.
    """

    check: ClassVar[Callable[..., None]]

    def clean(self) -> dict[str, Any]:
        """Raises nothing: what does not fit stands at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            type(self).check({name: value for name, value in cleaned.items() if name in self.fields})
        except ValidationFailed as refusal:
            wire_names = {camel(name): name for name in self.fields}
            for error in refusal.errors:
                self.add_error(wire_names.get(error.attr), error.detail)
        return cleaned


class MenuForm(CheckedForm):
    """A menu that sells."""

    check = staticmethod(check_menu)


class ItemForm(CheckedForm):
    """Something to buy."""

    check = staticmethod(check_item)


class LinkForm(_ModelForm):
    """A staff-managed link; a place that is taken is no problem, the others move on."""

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "ordering"}  # type: ignore[misc]  # missing in the stubs


def written(form: Page) -> dict[str, Any]:
    """What the form changes; everything, where it adds."""
    names = form.fields if form.instance._state.adding else form.changed_data
    return {name: form.cleaned_data[name] for name in names if name != REASON}


@admin.register(PerformerMenu)
class PerformerMenuAdmin(AuditedAdmin):
    """Menus that sell."""

    staff_may = frozenset({"view", "add", "change", "act"})
    form = MenuForm
    fields = ("performer", "name", "description", "type", "visibility", "published", "active")
    list_display = ("name", "performer", "type", "visibility", "published", "active", "ordering", "archived_at")
    list_filter = ("type", "visibility", "published", "active", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("performer",)
    search_fields = ("name", "performer__stage_name")
    autocomplete_fields = ("performer",)
    actions = ("unpublish", "duplicate", "remove")

    def get_readonly_fields(self, request: HttpRequest, obj: PerformerMenu | None = None) -> tuple[str, ...]:
        """Whose it is stays."""
        return ("performer",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: PerformerMenu | None = None) -> bool:
        """What is archived is only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.archived_at is None)

    def save_model(self, request: HttpRequest, obj: PerformerMenu, form: Page, change: bool) -> None:
        """Through the service."""
        fields = written(form)
        reason, by = form.cleaned_data[REASON], self.actor(request)
        if change:
            offers.update_menu(by=by, performer_id=obj.performer_id, menu_id=obj.pk, fields=fields, reason=reason)
        else:
            owner = fields.pop("performer").pk
            obj.pk = offers.create_menu(by=by, performer_id=owner, fields=fields, reason=reason).id

    @with_reason("Take the selected menus off sale")
    def unpublish(self, item: PerformerMenu, act: Act) -> None:
        """Nobody buys from them until they are published again."""
        offers.update_menu(
            by=act.by,
            performer_id=item.performer_id,
            menu_id=item.pk,
            fields={"published": False},
            reason=act.reason,
        )

    @with_reason("Duplicate the selected menus")
    def duplicate(self, item: PerformerMenu, act: Act) -> None:
        """An unpublished copy for the same performer."""
        offers.duplicate_menu(by=act.by, performer_id=item.performer_id, menu_id=item.pk, reason=act.reason)

    @with_reason("Remove the selected menus", typed="REMOVE")
    def remove(self, item: PerformerMenu, act: Act) -> None:
        """What was sold from them is archived."""
        offers.remove_menu(by=act.by, performer_id=item.performer_id, menu_id=item.pk, reason=act.reason)

    def act_numbers(self, item: PerformerMenu) -> Sequence[tuple[str, object]]:
        """How much hangs on it."""
        sold = Purchase.objects.filter(item__menu=item).count()
        return (("items", item.items.count()), ("purchases", sold))


@admin.register(PricedItem)
class PricedItemAdmin(AuditedAdmin):
    """What can be bought."""

    staff_may = frozenset({"view", "add", "change", "act"})
    form = ItemForm
    fields = ("menu", "name", "description", "price", "duration_seconds", "max_daily_purchases", "active")
    list_display = ("name", "menu", "price", "duration_seconds", "active", "max_daily_purchases", "archived_at")
    list_filter = ("active", ("archived_at", admin.EmptyFieldListFilter), "menu__type")
    list_select_related = ("menu",)
    search_fields = ("name", "menu__name", "menu__performer__stage_name")
    autocomplete_fields = ("menu",)
    actions = ("remove",)

    def get_readonly_fields(self, request: HttpRequest, obj: PricedItem | None = None) -> tuple[str, ...]:
        """The menu it stands on stays."""
        return ("menu",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: PricedItem | None = None) -> bool:
        """What is archived is only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.archived_at is None)

    def save_model(self, request: HttpRequest, obj: PricedItem, form: Page, change: bool) -> None:
        """Through the service."""
        fields = written(form)
        fields.pop("menu", None)
        where = {"performer_id": obj.menu.performer_id, "menu_id": obj.menu_id}
        reason, by = form.cleaned_data[REASON], self.actor(request)
        if change:
            offers.update_item(by=by, item_id=obj.pk, fields=fields, reason=reason, **where)
        else:
            obj.pk = offers.add_item(by=by, fields=fields, reason=reason, **where).id

    @with_reason("Remove the selected items", typed="REMOVE")
    def remove(self, item: PricedItem, act: Act) -> None:
        """What was sold is archived."""
        offers.remove_item(
            by=act.by,
            performer_id=item.menu.performer_id,
            menu_id=item.menu_id,
            item_id=item.pk,
            reason=act.reason,
        )

    def act_numbers(self, item: PricedItem) -> Sequence[tuple[str, object]]:
        """How often it was bought."""
        return (("price", item.price), ("purchases", item.purchases.count()))


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """What was bought, at which price."""

    list_display = ("id", "at", "item", "performer", "viewer", "price", "hold_id", "queue_item_id")
    list_select_related = ("item", "performer", "viewer")
    search_fields = ("=id", "=hold_id", "=queue_item_id", "item__name")
    date_hierarchy = "at"


@admin.register(StaffLink)
class StaffLinkAdmin(AuditedAdmin):
    """Links on the menu, in their tree."""

    staff_may = frozenset({"view", "add", "change", "act"})
    form = LinkForm
    fields = ("title", "path", "internal", "section", "parent", "ordering", "public", "is_open_new_tab", "help")
    list_display = ("title", "section", "parent", "ordering", "path", "public", "is_open_new_tab")
    list_filter = ("section", "public", "internal")
    list_select_related = ("parent",)
    search_fields = ("title", "path", "help")
    autocomplete_fields = ("parent",)
    actions = ("remove",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffLink]:
        """In the order of the menu."""
        return super().get_queryset(request).order_by("section", "ordering")

    def save_model(self, request: HttpRequest, obj: StaffLink, form: Page, change: bool) -> None:
        """Through the service."""
        link_id = obj.pk if change else None
        by, reason = self.actor(request), form.cleaned_data[REASON]
        obj.pk = links.save_link(by=by, link_id=link_id, fields=written(form), reason=reason).pk

    @with_reason("Remove the selected links")
    def remove(self, item: StaffLink, act: Act) -> None:
        """Their children move up."""
        links.remove_link(by=act.by, link_id=item.pk, reason=act.reason)


@admin.register(MenuPreferences)
class MenuPreferencesAdmin(AuditedAdmin):
    """What performers chose for their menus."""

    staff_may = frozenset({"view", "act"})
    list_display = ("performer", "version", "updated_at")
    list_select_related = ("performer",)
    search_fields = ("performer__stage_name",)
    actions = ("reset",)

    @with_reason("Reset the selected preferences")
    def reset(self, item: MenuPreferences, act: Act) -> None:
        """Back to the defaults."""
        reset_preferences(by=act.by, performer_id=item.performer_id)


@admin.register(MenuActionLog)
class MenuActionLogAdmin(ReadOnlyAdmin):
    """What was carried out from the menu."""

    list_display = ("at", "performer", "action", "success", "error_code", "duration_ms")
    list_filter = ("success", "action", "error_code")
    list_select_related = ("performer",)
    date_hierarchy = "at"
