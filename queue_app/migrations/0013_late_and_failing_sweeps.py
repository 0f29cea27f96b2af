"""A late sweep counts from the time that was due, a failing end makes room for the others, nothing of it waits; the
menu names the head of a queue; the indexes that a viewer's open items, the past and the staff's list are read by."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from core.sql import install_functions

CHANGED = [
    "guard_item", "keep_time", "mark", "give_back", "sweep_running", "sweep_line", "sweep_waiting", "sweep_pool",
    "due_performers", "deal", "tell", "tell_sweep", "close", "requeue", "standing",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0012_what_passes_through_arms_nothing")]

    operations = [
        migrations.AddField(
            model_name="queueitem",
            name="retry_at",
            field=models.DateTimeField(
                blank=True, help_text="its end went wrong; the sweeper does not try again before", null=True
            ),
        ),
        migrations.RunSQL(
            "INSERT INTO queue_app_limit (name, seconds) VALUES ('retry', 60)",
            "DELETE FROM queue_app_limit WHERE name = 'retry'",
        ),
        install_functions("queue_app", CHANGED),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("status__in", ["created", "started"])),
                fields=["viewer"],
                name="queue_app_open_of_viewer",
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                models.F("performer"),
                Coalesce("finished_at", "refunded_at"),
                models.F("created_at"),
                condition=models.Q(("status__in", ["finished", "refunded"])),
                name="queue_app_ended_items",
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(fields=["-created_at", "-id"], name="queue_app_items_by_time"),
        ),
    ]
