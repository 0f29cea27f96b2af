"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """The money. The application's role reads these tables; only the functions of `wallet/sql` write them."""

    name = "wallet"
    ledger_tables = [
        "wallet_account",
        "wallet_forgetting",
        "wallet_hold",
        "wallet_operation",
        "wallet_seal",
        "wallet_transfer",
    ]

    def ready(self) -> None:
        """The functions answer with codes: their exceptions must be known before the first call."""
        import_module("wallet.exceptions")
        from audit.chains import watch
        from wallet.chain import TRANSFERS
        from wallet.invariants import LEDGER_INVARIANTS, also_check

        also_check(*LEDGER_INVARIANTS)
        watch(TRANSFERS)
