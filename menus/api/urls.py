"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from menus.api import menu, offers, public, purchase

MENU = "performer/<uuid:performer_id>/menus/<uuid:menu_id>"

urlpatterns = [
    path("model/menu", menu.ModelMenuView.as_view(), name="model-menu"),
    path("model/menu/preferences", menu.PreferencesView.as_view(), name="menu-preferences"),
    path("model/menu/preferences/reset", menu.PreferencesResetView.as_view(), name="menu-preferences-reset"),
    path("performer/<uuid:performer_id>/menus", offers.MenusView.as_view(), name="performer-menus"),
    path(MENU, offers.MenuView.as_view(), name="performer-menu"),
    path(f"{MENU}/duplicate", offers.MenuDuplicateView.as_view(), name="performer-menu-duplicate"),
    path(f"{MENU}/items", offers.ItemsView.as_view(), name="performer-menu-items"),
    path(f"{MENU}/items/<uuid:item_id>", offers.ItemView.as_view(), name="performer-menu-item"),
    path("public/performers", public.PublicPerformersView.as_view(), name="public-performers"),
    path("public/performers/<uuid:performer_id>/menu", public.PublicMenuView.as_view(), name="public-menu"),
    path("public/menu-items/<uuid:item_id>/purchase", purchase.PurchaseView.as_view(), name="menu-item-purchase"),
]
