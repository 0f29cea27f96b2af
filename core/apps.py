"""App configuration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The ground floor: knows no domain."""

    name = "core"

    def ready(self) -> None:
        """Show how the outbox stands."""
        from core import gauges, outbox

        gauges.register(outbox.figures)
