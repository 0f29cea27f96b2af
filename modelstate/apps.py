"""App configuration."""

from django.apps import AppConfig


class ModelstateConfig(AppConfig):
    """What is she doing."""

    name = "modelstate"
    verbose_name = "performers' states"
    ledger_tables = ["modelstate_modelstate", "modelstate_statechange", "modelstate_transition"]

    def ready(self) -> None:
        """Signing in brings a performer out of OFFLINE, her last sign-out brings her back."""
        from accounts import hooks
        from modelstate import services

        hooks.on_signed_in(services.sign_in)
        hooks.on_last_sign_out(services.sign_out)
