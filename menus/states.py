"""Choices of the purchasable menus."""

from __future__ import annotations

from django.db.models import TextChoices

MENUS_PER_PERFORMER = 8
ITEMS_PER_MENU = 50
PRICE_MOST = 99_999
DURATION_MOST_SECONDS = 3600
NAME_LENGTH = 65
DESCRIPTION_LENGTH = 200
NOTE_LENGTH = 200


class MenuType(TextChoices):
    """What a performer's menu is for."""

    NAVIGATION = "navigation"
    PURCHASABLE = "purchasable"
    PERFORMANCE = "performance"


class Visibility(TextChoices):
    """Who may see a performer's menu; whatever is in doubt is hidden."""

    PUBLIC = "public"
    SUBSCRIBERS = "subscribers"
    PRIVATE = "private"
