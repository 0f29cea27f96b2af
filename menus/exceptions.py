"""Refusals of the menu's rooms."""

from __future__ import annotations

from core.exceptions import DomainError, FieldError, ValidationFailed


class MenuLimitReached(DomainError):
    """A performer has at most 8 menus, a menu at most 50 items."""

    code = "CANNOT_ADD_MORE"
    status = 409
    title = "No room left"
    default = "There is no room left. Remove something first."
    constraints = ("menus_menu_place", "menus_menu_one_a_place", "menus_item_place", "menus_item_one_a_place")


class MenuTypeConflict(DomainError):
    """The menu's type does not take this item."""

    code = "CANNOT_PRICE_IN_THIS_MENU"
    status = 409
    title = "Not in this menu"
    default = "A navigation menu holds no priced items."


class PerformanceNeedsDuration(DomainError):
    """What is performed lasts a known time."""

    code = "CANNOT_PERFORM_WITHOUT_DURATION"
    status = 409
    title = "Duration missing"
    default = "Items of a performance menu need a duration."


class CannotBuyOwnItem(DomainError):
    """The performer is the buyer."""

    code = "CANNOT_BUY_OWN_ITEM"
    status = 409
    title = "Your own menu"
    default = "You cannot buy from your own menu. Nothing was charged."
    constraints = ("menus_purchase_not_from_oneself",)


class PurchaseLimitReached(DomainError):
    """The item's daily limit for one viewer; details: limit."""

    code = "CANNOT_BUY_MORE_TODAY"
    status = 409
    title = "Enough for today"
    default = "You have bought this as often as is possible in one day. Nothing was charged."


class LinkLoops(ValidationFailed):
    """A link would be above itself in the tree."""

    constraints = ("menus_link_not_its_own_parent",)

    def __init__(self) -> None:
        super().__init__([FieldError("parent", "loop", "A link cannot be above itself.")])


class LinkPlaceTaken(ValidationFailed):
    """Two links of one parent have the same place."""

    constraints = ("menus_link_place",)

    def __init__(self) -> None:
        super().__init__([FieldError("ordering", "taken", "Another link has this place already.")])


class LinkDoesNotFit(ValidationFailed):
    """A link's path or section is not one that a menu can show."""

    constraints = ("menus_link_path_fits", "menus_link_section")

    def __init__(self, attr: str = "path", code: str = "invalid", detail: str = "") -> None:
        super().__init__([FieldError(attr, code, detail or "A path of this site, or a full http(s) address.")])


class OfferDoesNotFit(ValidationFailed):
    """A menu or an item that no check let through and the database refused all the same."""

    constraints = (
        "menus_menu_named",
        "menus_menu_type",
        "menus_menu_visibility",
        "menus_item_named",
        "menus_item_price",
        "menus_item_duration",
        "menus_item_daily_limit",
    )
