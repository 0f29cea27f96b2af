"""An expiry waits for nobody's lock, and one that goes wrong makes room for the others."""

from django.db import migrations, models

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0015_the_past_from_an_index")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="retry_at",
            field=models.DateTimeField(help_text="Its expiry went wrong; it is not tried again before.", null=True),
        ),
        install_functions("wallet", ["expire_hold"]),
    ]
