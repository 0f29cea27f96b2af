"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """The money. The application's role reads these tables; only the functions of `wallet/sql` write them."""

    name = "wallet"
    ledger_tables = ["wallet_account", "wallet_hold", "wallet_operation", "wallet_transfer"]

    def ready(self) -> None:
        """The functions answer with codes: their exceptions must be known before the first call."""
        import_module("wallet.exceptions")
