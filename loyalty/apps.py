"""App configuration."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """Points for what viewers pay: an adapter to the loyalty service, off unless it is configured."""

    name = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Deliver announcements of settlements; show how the breaker stands."""
        from core import gauges, outbox
        from loyalty.config import is_on
        from loyalty.delivery import award_points
        from loyalty.queries import breaker_figures

        outbox.register(outbox.Channel("wallet.settled", award_points, is_on))
        gauges.register(breaker_figures)
