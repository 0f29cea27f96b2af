"""App configuration."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """Points for what viewers pay: an adapter to the loyalty service, off unless it is configured."""

    name = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Deliver announcements of settlements; show how the breaker stands."""
        from core import gauges, outbox
        from core.invariants import also_check
        from loyalty.config import is_on
        from loyalty.delivery import award_points
        from loyalty.invariants import OUTBOX_IS_PROMPT
        from loyalty.queries import breaker_figures

        also_check(OUTBOX_IS_PROMPT)
        outbox.register(outbox.Channel("wallet.settled", award_points, is_on))
        gauges.register(breaker_figures)
