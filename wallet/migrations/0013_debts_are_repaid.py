"""What a performer owes is paid back from what she earns afterwards, in the books, when her earnings are moved."""

from django.db import migrations, models

from core.sql import install_functions

CODES = {
    "fund": "Tokens credited",
    "hold": "Tokens held",
    "settle": "Paid to the performer",
    "refund": "Tokens given back",
    "reversal": "Correction",
    "shortfall": "Booked to receivable",
    "payout_reserve": "Reserved for a payout",
    "payout_pay": "Paid out",
    "payout_return": "Payout given back",
    "prize_fund": "Prize fund filled",
    "prize_take": "Surplus of the prize fund",
    "adjust": "Corrected by staff",
    "repayment": "Repaid from earnings",
}


class Migration(migrations.Migration):
    dependencies = [("wallet", "0012_what_may_be_paid")]

    operations = [
        migrations.RemoveConstraint(model_name="transfer", name="wallet_transfer_code_is_known"),
        migrations.AlterField(
            model_name="transfer", name="code", field=models.CharField(choices=list(CODES.items()), max_length=16)
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(code__in=list(CODES)), name="wallet_transfer_code_is_known"
            ),
        ),
        install_functions("wallet", ["repay", "reserve_payout", "end_payout", "adjust"]),
    ]
