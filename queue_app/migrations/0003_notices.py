"""Each step tells performer and viewer what the other one did, in the step's own transaction."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0002_rules"), ("notices", "0002_rules")]
    operations = [
        install_functions("queue_app", ["tell", "tell_line", "pass_through", "enqueue", "start", "close"]),
    ]
