"""What a payout came to when it was approved is kept beside its rate, and must be its tokens at that rate."""

from django.db import migrations, models
from django.db.models import ExpressionWrapper, F, Q

from core.sql import install_functions

# No step of a payout: its guard rests while the owner writes down what the rate has always said.
WORTH = """
ALTER TABLE payouts_payout DISABLE TRIGGER legal_steps_only;
UPDATE payouts_payout SET worth = tokens * rate WHERE rate IS NOT NULL;
ALTER TABLE payouts_payout ENABLE TRIGGER legal_steps_only;
"""
TOKENS_AT_RATE = ExpressionWrapper(F("tokens") * F("rate"), models.DecimalField(max_digits=24, decimal_places=6))


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_nobody_moves_the_own_payout")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="worth",
            field=models.DecimalField(
                max_digits=24,
                decimal_places=6,
                null=True,
                help_text="What the tokens came to when they were approved.",
            ),
        ),
        migrations.RunSQL(WORTH, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=Q(rate__isnull=True, worth__isnull=True)
                | Q(rate__isnull=False, worth__isnull=False, worth=TOKENS_AT_RATE),
                name="payouts_worth_is_tokens_at_rate",
            ),
        ),
        install_functions("payouts", ["wire", "approve"]),
    ]
