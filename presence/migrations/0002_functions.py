"""The functions that write leases. Leases change every few seconds: room is left on each page for the new rows."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("presence", "0001_initial"), ("core", "0001_initial")]
    operations = [
        install_functions("presence", ["renew", "until", "forget"]),
        migrations.RunSQL("ALTER TABLE presence_lease SET (fillfactor = 50)", migrations.RunSQL.noop),
    ]
