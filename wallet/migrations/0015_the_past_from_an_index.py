"""Both walks along an account's movements carry the amount, so that a past balance is read from the index alone."""

from django.db import migrations, models

SIDES = {"wallet_transfer_debits": "debit_account", "wallet_transfer_credits": "credit_account"}


class Migration(migrations.Migration):
    dependencies = [("wallet", "0014_nobody_moves_the_own_tokens")]

    operations = [
        operation
        for name, side in SIDES.items()
        for operation in (
            migrations.RemoveIndex(model_name="transfer", name=name),
            migrations.AddIndex(
                model_name="transfer",
                index=models.Index(fields=[side, "created_at", "id"], include=["amount"], name=name),
            ),
        )
    ]
