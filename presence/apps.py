"""App configuration."""

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    """Who is there."""

    name = "presence"
    ledger_tables = ["presence_lease"]

    def ready(self) -> None:
        """A bearer request is a sign of life."""
        from accounts.hooks import on_bearer_request
        from presence import services

        on_bearer_request(services.bearer_seen)
