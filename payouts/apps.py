"""App configuration."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """What she has earned, on its way to her."""

    name = "payouts"
    ledger_tables = ["payouts_payout", "payouts_step", "payouts_attempt", "payouts_transition"]

    def ready(self) -> None:
        """Reconcile checks the payouts too, refusals have words, rates may be audited, the past knows the verified."""
        from audit.services import allow_fields
        from modelstate.exceptions import explain
        from payouts.exceptions import REASONS
        from payouts.invariants import PAYOUT_INVARIANTS
        from payouts.queries import was_verified
        from wallet.hooks import register_verified
        from wallet.invariants import also_check

        also_check(*PAYOUT_INVARIANTS)
        register_verified(was_verified)
        explain(REASONS)
        allow_fields("rate", "currency", "worth", "approvals_needed")
