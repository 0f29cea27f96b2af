"""App configuration."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """The money. The application's role reads these tables; only the functions of `wallet/sql` write them."""

    name = "wallet"
    ledger_tables = ["wallet_account", "wallet_hold", "wallet_operation", "wallet_transfer"]
