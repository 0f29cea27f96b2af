"""Old leases are found by their day: an index that the renewals of every few seconds do not have to write."""

from datetime import UTC

from django.db import migrations, models
from django.db.models.functions import TruncDate

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("presence", "0002_functions")]

    operations = [
        migrations.AddField(
            model_name="lease",
            name="expires_on",
            field=models.GeneratedField(
                db_persist=True, expression=TruncDate("expires_at", tzinfo=UTC), output_field=models.DateField()
            ),
        ),
        migrations.AddIndex(model_name="lease", index=models.Index(fields=["expires_on"], name="presence_lease_days")),
        install_functions("presence", ["forget"]),
    ]
