"""Tables: preferences, action log, staff links; menus that sell, their items, what was bought."""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Now

from core.ids import uuid7
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

SECTION_CHOICES = ("streaming", "queue", "financial", "settings", "support", "navigation", "admin")


class MenuPreferences(models.Model):
    """How a performer wants her menu; no row means the house's defaults."""

    performer = models.OneToOneField(
        "accounts.Performer", models.PROTECT, primary_key=True, related_name="menu_preferences"
    )
    quick_actions = models.JSONField(default=list)
    section_order = models.JSONField(default=list)
    keyboard_shortcuts = models.JSONField(default=dict)
    hidden_sections = models.JSONField(default=list)
    custom_widgets = models.JSONField(default=list)
    notifications = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "menu preferences"


class MenuActionLog(models.Model):
    """One action carried out from the menu: ids and outcome, nothing personal. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    performer = models.ForeignKey("accounts.Performer", models.PROTECT, related_name="menu_actions")
    action = models.CharField(max_length=40)
    menu_item_id = models.CharField(max_length=40)
    success = models.BooleanField()
    error_code = models.CharField(max_length=60, blank=True, default="")
    duration_ms = models.PositiveIntegerField()
    metadata = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "menu action"
        indexes = [models.Index(fields=["performer", "-at"], name="menus_action_by_performer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(success=True, error_code="") | (Q(success=False) & ~Q(error_code="")),
                name="menus_action_failed_with_code",
            )
        ]


class StaffLink(models.Model):
    """An entry that staff put on the menu (S0, *Menu Schema*): a tree, ordered without conflicts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=NAME_LENGTH)
    path = models.CharField(max_length=500)
    internal = models.BooleanField(default=True, help_text="A page of this site; otherwise a full https address.")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    help = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True, default="")
    section = models.CharField(max_length=20, choices=[(name, name) for name in SECTION_CHOICES])
    public = models.BooleanField(default=True, help_text="Shown to performers; otherwise to staff alone.")
    is_open_new_tab = models.BooleanField(default=False)
    ordering = models.PositiveSmallIntegerField(blank=True, help_text="Left empty: after the last one.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["section", "ordering"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "section", "ordering"], nulls_distinct=False, name="menus_link_place"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="menus_link_not_its_own_parent"),
            models.CheckConstraint(condition=Q(section__in=SECTION_CHOICES), name="menus_link_section"),
            models.CheckConstraint(
                condition=Q(internal=True, path__regex=r"^/([^/\\]|$)")
                | Q(internal=False, path__regex=r"^https?://[^\s/]"),
                name="menus_link_path_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PerformerMenu(models.Model):
    """A menu that a performer offers. One that has sold something is archived, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    performer = models.ForeignKey("accounts.Performer", models.PROTECT, related_name="menus")
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True, default="")
    type = models.CharField(max_length=12, choices=MenuType, default=MenuType.PURCHASABLE)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    published = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    ordering = models.PositiveSmallIntegerField(null=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    guests = models.ManyToManyField("accounts.Viewer", through="MenuGuest", related_name="invited_menus")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="menus_menu_named"),
            models.CheckConstraint(condition=Q(type__in=MenuType.values), name="menus_menu_type"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="menus_menu_visibility"),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, ordering__range=(1, MENUS_PER_PERFORMER))
                | Q(archived_at__isnull=False, ordering__isnull=True),
                name="menus_menu_place",
            ),
            models.UniqueConstraint(
                fields=["performer", "ordering"], deferrable=Deferrable.IMMEDIATE, name="menus_menu_one_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MenuGuest(models.Model):
    """A viewer who may see a private menu."""

    menu = models.ForeignKey(PerformerMenu, models.CASCADE, related_name="guest_list")
    viewer = models.ForeignKey("accounts.Viewer", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["menu", "viewer"], name="menus_guest_once")]


class PricedItem(models.Model):
    """Something to buy, for whole tokens. What was sold is archived, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    menu = models.ForeignKey(PerformerMenu, models.PROTECT, related_name="items")
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True, default="")
    price = models.PositiveIntegerField(help_text="Whole tokens")
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)
    max_daily_purchases = models.PositiveIntegerField(null=True, blank=True, help_text="Per viewer and business day")
    ordering = models.PositiveSmallIntegerField(null=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="menus_item_named"),
            models.CheckConstraint(condition=Q(price__range=(1, PRICE_MOST)), name="menus_item_price"),
            models.CheckConstraint(
                condition=Q(duration_seconds__isnull=True) | Q(duration_seconds__range=(1, DURATION_MOST_SECONDS)),
                name="menus_item_duration",
            ),
            models.CheckConstraint(
                condition=Q(max_daily_purchases__isnull=True) | Q(max_daily_purchases__gte=1),
                name="menus_item_daily_limit",
            ),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, ordering__range=(1, ITEMS_PER_MENU))
                | Q(archived_at__isnull=False, ordering__isnull=True),
                name="menus_item_place",
            ),
            models.UniqueConstraint(
                fields=["menu", "ordering"], deferrable=Deferrable.IMMEDIATE, name="menus_item_one_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Purchase(models.Model):
    """One item bought: the price as it was then, the hold that pays it, the queue item that earns it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(PricedItem, models.PROTECT, related_name="purchases")
    performer = models.ForeignKey("accounts.Performer", models.PROTECT, related_name="+")
    viewer = models.ForeignKey("accounts.Viewer", models.PROTECT, related_name="purchases")
    price = models.PositiveIntegerField()
    hold_id = models.UUIDField(unique=True)
    queue_item_id = models.UUIDField(unique=True)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True, default="")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["item", "viewer", "at"], name="menus_purchase_by_buyer")]
        constraints = [
            models.CheckConstraint(condition=Q(price__range=(1, PRICE_MOST)), name="menus_purchase_price"),
            models.CheckConstraint(condition=~Q(performer=F("viewer")), name="menus_purchase_not_from_oneself"),
        ]
