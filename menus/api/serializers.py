"""The menus' shapes on the wire."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from core.api import CamelSerializer, FlagField, TextField, WholeNumberField
from menus.states import (
    DESCRIPTION_LENGTH,
    DURATION_MOST_SECONDS,
    ITEMS_PER_MENU,
    MENUS_PER_PERFORMER,
    NAME_LENGTH,
    NOTE_LENGTH,
    PRICE_MOST,
    MenuType,
    Visibility,
)
from modelstate.states import State


class LineField(TextField):
    """One line of plain text; one that is required has something to read in it."""

    def __init__(self, *, allow_blank: bool = False, **options: Any) -> None:  # noqa: ANN401 - options of CharField
        pattern = r"^[^\x00-\x1f\x7f]+$" if allow_blank else r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
        one_line = RegexValidator(pattern, "One line of plain text, please.", "control_characters")
        super().__init__(allow_blank=allow_blank, validators=[one_line], **options)


class MenuItemSerializer(CamelSerializer):
    """One entry; `reason` says why it is not enabled, `availableIn` in which states it works."""

    id = TextField()
    label = TextField()  # type: ignore[assignment]  # Field has a `label` of its own
    icon = TextField()
    action = TextField(allow_null=True, help_text="What to do; null for something that only shows.")
    enabled = serializers.BooleanField()
    visible = serializers.BooleanField(help_text="false: hidden by her state.")
    badge = TextField(allow_null=True)
    reason = TextField(allow_null=True)
    available_in = serializers.ListField(child=serializers.ChoiceField(choices=State.choices))
    shortcut = TextField(allow_null=True)
    category = TextField(help_text="The feature inside the section.")
    href = TextField(allow_null=True, help_text="Where a staff-managed link leads.")
    new_tab = serializers.BooleanField()


class MenuSectionSerializer(CamelSerializer):
    """One section with its items, in order."""

    id = TextField()
    label = TextField()  # type: ignore[assignment]  # Field has a `label` of its own
    icon = TextField()
    order = serializers.IntegerField()
    items = MenuItemSerializer(many=True)


class QuickActionSerializer(CamelSerializer):
    """One of at most five actions that work now."""

    id = TextField()
    label = TextField()  # type: ignore[assignment]  # Field has a `label` of its own
    icon = TextField()
    action = TextField()
    shortcut = TextField(allow_null=True)


class ModelMenuSerializer(CamelSerializer):
    """The performer's menu (S0, *Get Menu Structure*)."""

    sections = MenuSectionSerializer(many=True)
    quick_actions = QuickActionSerializer(many=True)
    version = serializers.IntegerField(help_text="The state's version; send the highest seen as X-State-Version.")
    preferences_version = serializers.IntegerField()


class PreferencesSerializer(CamelSerializer):
    """How she wants her menu; PUT replaces each key that is sent."""

    quick_actions = serializers.ListField(child=TextField(max_length=60), max_length=50, required=False)
    section_order = serializers.ListField(child=TextField(max_length=60), max_length=50, required=False)
    keyboard_shortcuts = serializers.DictField(
        child=TextField(max_length=100), required=False, help_text="Action → combination, e.g. ctrl+shift+s."
    )
    hidden_sections = serializers.ListField(child=TextField(max_length=60), max_length=50, required=False)
    custom_widgets = serializers.ListField(child=TextField(max_length=60), max_length=50, required=False)
    notifications = serializers.DictField(child=FlagField(), required=False, help_text="Action → whether it notifies.")


class PreferencesSavedSerializer(CamelSerializer):
    """S0's answer to a change."""

    success = serializers.BooleanField()
    preferences = PreferencesSerializer()


class ReasonSerializer(CamelSerializer):
    """Why staff act on what is not theirs; nobody else needs one."""

    reason = LineField(max_length=500, required=False, help_text="Required of staff, for the audit log.")


class OfferMenuInputSerializer(ReasonSerializer):
    """A menu that sells, as it is written."""

    name = LineField(max_length=NAME_LENGTH)
    description = LineField(max_length=DESCRIPTION_LENGTH, allow_blank=True, required=False)
    type = serializers.ChoiceField(choices=MenuType.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    published = FlagField(required=False)
    active = FlagField(required=False)
    ordering = WholeNumberField(min_value=1, max_value=MENUS_PER_PERFORMER, required=False)
    guest_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=500, required=False, help_text="Viewers who may see a private menu."
    )


class OfferItemInputSerializer(ReasonSerializer):
    """Something to buy, as it is written."""

    name = LineField(max_length=NAME_LENGTH)
    description = LineField(max_length=DESCRIPTION_LENGTH, allow_blank=True, required=False)
    price = WholeNumberField(min_value=1, max_value=PRICE_MOST, help_text="Whole tokens.")
    duration_seconds = WholeNumberField(min_value=1, max_value=DURATION_MOST_SECONDS, allow_null=True, required=False)
    active = FlagField(required=False)
    max_daily_purchases = WholeNumberField(min_value=1, max_value=1000, allow_null=True, required=False)
    ordering = WholeNumberField(min_value=1, max_value=ITEMS_PER_MENU, required=False)


class OfferItemSerializer(CamelSerializer):
    """Something to buy, as its performer sees it."""

    id = serializers.UUIDField()
    menu_id = serializers.UUIDField()
    name = TextField()
    description = TextField(allow_blank=True)
    price = serializers.IntegerField()
    duration_seconds = serializers.IntegerField(allow_null=True)
    active = serializers.BooleanField()
    max_daily_purchases = serializers.IntegerField(allow_null=True)
    ordering = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class OfferMenuSerializer(CamelSerializer):
    """A menu that sells, as its performer sees it."""

    id = serializers.UUIDField()
    performer_id = serializers.UUIDField()
    name = TextField()
    description = TextField(allow_blank=True)
    type = serializers.ChoiceField(choices=MenuType.choices)
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    published = serializers.BooleanField()
    active = serializers.BooleanField()
    ordering = serializers.IntegerField()
    guest_ids = serializers.ListField(child=serializers.UUIDField())
    items = OfferItemSerializer(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class OfferMenusSerializer(CamelSerializer):
    """All of a performer's menus: at most eight, so there are no pages."""

    results = OfferMenuSerializer(many=True)


class OfferItemsSerializer(CamelSerializer):
    """All items of a menu: at most fifty."""

    results = OfferItemSerializer(many=True)


class PublicPerformerSerializer(CamelSerializer):
    """A performer with something to buy."""

    id = serializers.UUIDField()
    stage_name = TextField()
    streaming = serializers.BooleanField()
    available = serializers.BooleanField(help_text="Whether she takes paid items now.")


class PublicPerformersSerializer(CamelSerializer):
    """A page by cursor."""

    results = PublicPerformerSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class PublicItemSerializer(CamelSerializer):
    """Something a viewer can buy; `basePrice` is the price without a promotion."""

    id = serializers.UUIDField()
    menu_id = serializers.UUIDField()
    menu_name = TextField()
    name = TextField()
    description = TextField(allow_blank=True)
    price = serializers.IntegerField()
    base_price = serializers.IntegerField()
    duration_seconds = serializers.IntegerField(allow_null=True)


class PublicMenuSerializer(CamelSerializer):
    """What a viewer can buy from a performer, in her order."""

    performer_id = serializers.UUIDField()
    items = PublicItemSerializer(many=True)


class PurchaseInputSerializer(CamelSerializer):
    """A word to the performer, if any."""

    note = LineField(max_length=NOTE_LENGTH, allow_blank=True, required=False)


class PurchaseBalanceSerializer(CamelSerializer):
    """The buyer's tokens after the purchase."""

    available = serializers.IntegerField()
    escrow = serializers.IntegerField()


class PurchaseSerializer(CamelSerializer):
    """What was bought: the price as frozen, the hold that pays it, the queue item that earns it."""

    purchase_id = serializers.UUIDField()
    hold_id = serializers.UUIDField()
    queue_item = serializers.DictField(help_text="The queue item, as GET /queue/items/{id} shows it.")
    price = serializers.IntegerField()
    balance = PurchaseBalanceSerializer()
