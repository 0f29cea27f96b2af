"""App configuration."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """Points for what viewers pay: an adapter to the loyalty service, off unless it is configured."""

    name = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Deliver announcements of settlements."""
        from core import outbox
        from loyalty.config import is_on
        from loyalty.delivery import award_points

        outbox.register(outbox.Channel("wallet.settled", award_points, is_on))
