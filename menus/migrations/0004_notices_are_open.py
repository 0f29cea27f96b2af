"""The notification centre is open to everybody; staff may shut it by its flag."""

from django.db import migrations


def open_notices(apps, editor):
    """Unless staff have decided already."""
    flags = apps.get_model("accounts", "FeatureFlag").objects.using(editor.connection.alias)
    flags.filter(name="notices", everyone__isnull=True).update(everyone=True)


class Migration(migrations.Migration):
    dependencies = [("menus", "0003_spending_limits"), ("accounts", "0002_roles_and_flags")]
    operations = [migrations.RunPython(open_notices, migrations.RunPython.noop)]
