"""Items for whoever is next: a performer who may be absent until one takes it, and the functions that give it to her."""

import django.db.models.deletion
from django.db import migrations, models

from core.sql import install_functions
from queue_app.mirror import mirror_transitions

CHANGED = [
    "lock_pool", "pool", "admit", "adopt", "seen", "wire", "free", "try_lock", "next_performer", "assign", "take",
    "deal", "enqueue", "hand_on", "lock_moving", "lock_item", "start", "close", "touch", "save_settings", "guard_item",
    "request",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("queue_app", "0003_notices"),
        ("modelstate", "0003_try_lock"),
    ]
    operations = [
        migrations.AddField(
            model_name="queueitem",
            name="next_available",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="queueitem",
            name="performer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="empty while it waits for whoever is next",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.performer",
            ),
        ),
        migrations.RemoveConstraint(model_name="queueitem", name="queue_app_passing_through_never_waits"),
        migrations.AddConstraint(
            model_name="queueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sequence__isnull", False),
                    ("performer__isnull", True),
                    ("status__in", ["created", "finished"]),
                    _connector="OR",
                ),
                name="queue_app_passing_through_never_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="queueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("performer__isnull", False),
                    models.Q(("next_available", True), ("sequence__isnull", True), ("started_at__isnull", True)),
                    _connector="OR",
                ),
                name="queue_app_nobodys_item_only_waits",
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("performer__isnull", True), ("status", "created")),
                fields=["created_at", "id"],
                name="queue_app_unassigned_items",
            ),
        ),
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        install_functions("queue_app", CHANGED),
    ]
