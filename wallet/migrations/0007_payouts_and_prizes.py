"""Transfers of payouts and of the prize fund, and the functions that make them."""

from django.db import migrations, models

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0006_spent"),
    ]

    operations = [
        migrations.CreateModel(
            name="Credit",
            fields=[],
            options={
                "verbose_name": "credit",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("wallet.transfer",),
        ),
        migrations.CreateModel(
            name="PrizeSlice",
            fields=[],
            options={
                "verbose_name": "slice of the prize fund",
                "verbose_name_plural": "prize fund",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("wallet.account",),
        ),
        migrations.RemoveConstraint(
            model_name="transfer",
            name="wallet_transfer_code_is_known",
        ),
        migrations.AlterField(
            model_name="transfer",
            name="code",
            field=models.CharField(
                choices=[
                    ("fund", "Tokens credited"),
                    ("hold", "Tokens held"),
                    ("settle", "Paid to the performer"),
                    ("refund", "Tokens given back"),
                    ("reversal", "Correction"),
                    ("shortfall", "Booked to receivable"),
                    ("payout_reserve", "Reserved for a payout"),
                    ("payout_pay", "Paid out"),
                    ("payout_return", "Payout given back"),
                    ("prize_fund", "Prize fund filled"),
                    ("prize_take", "Surplus of the prize fund"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        [
                            "fund",
                            "hold",
                            "settle",
                            "refund",
                            "reversal",
                            "shortfall",
                            "payout_reserve",
                            "payout_pay",
                            "payout_return",
                            "prize_fund",
                            "prize_take",
                        ],
                    )
                ),
                name="wallet_transfer_code_is_known",
            ),
        ),
        install_functions("wallet", ["lock_earnings", "reserve_payout", "end_payout", "move_prizes"]),
    ]
