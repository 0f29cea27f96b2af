"""A lease knows since when it lives: who was back in time is known afterwards too."""

from django.db import migrations, models
from django.db.models.functions import Now

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("presence", "0003_forget_by_day")]

    operations = [
        migrations.AddField(
            model_name="lease",
            name="since",
            field=models.DateTimeField(db_default=Now(), help_text="it has lived without a gap since then"),
        ),
        install_functions("presence", ["renew", "covers"]),
    ]
