"""Deadlines are columns: what waits has a lifetime, what runs an end, who must start a time to do it by."""

import django.db.models.deletion
from django.db import migrations, models

from core.sql import install_functions
from queue_app.mirror import mirror_transitions

# What waits or runs on the day of the change gets the deadlines that it would have had.
LIMITS = """
INSERT INTO queue_app_limit (name, seconds) VALUES
  ('start', 120), ('start_warning', 60), ('rope_drop', 5), ('return', 120), ('absence', 120), ('keep_place', 900),
  ('lifetime', 1800), ('viewer_absence', 60), ('maximum', 3600);
"""
GIVE_TIME = """
ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only;
UPDATE queue_app_queueitem SET deadline_at = clock_timestamp() + queue_app_limit('lifetime'), deadline_step = 'lifetime'
 WHERE status = 'created' AND sequence IS NOT NULL;
UPDATE queue_app_queueitem i SET ends_at = e.at, deadline_at = d.at, deadline_step = d.step
  FROM queue_app_queueitem same,
       LATERAL (SELECT same.started_at + make_interval(secs => COALESCE(same.duration_seconds, 60)) AS at) e,
       LATERAL queue_app_due(e.at, COALESCE(same.duration_seconds, 60)) d
 WHERE same.id = i.id AND i.status = 'started';
ALTER TABLE queue_app_queueitem ENABLE TRIGGER legal_steps_only;
"""
TRIGGER = """
CREATE TRIGGER keep_time BEFORE INSERT OR UPDATE ON queue_app_queueitem
  FOR EACH ROW EXECUTE FUNCTION queue_app_keep_time();
"""
ARM = "SELECT queue_app_arm(performer_id) FROM queue_app_performerqueue WHERE depth > 0"
CHANGED = ["places", "wire", "enqueue", "start", "close", "touch", "assign"]
NEW = [
    "limit", "set_limits", "wait", "due", "keep_time", "arm", "mark", "give_back", "sweep_running", "sweep_line",
    "try_pool", "miss_start", "sweep_waiting", "tell_sweep", "sweep_one", "sweep_pool", "sweep", "due_performers",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("queue_app", "0006_preview"),
        ("wallet", "0011_sweeps_never_wait"),
        ("modelstate", "0003_try_lock"),
        ("notices", "0002_rules"),
        ("presence", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("seconds", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="performerqueue",
            name="start_by",
            field=models.DateTimeField(blank=True, help_text="when the item at its head must be started", null=True),
        ),
        migrations.AddField(
            model_name="performerqueue",
            name="start_item",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queue_app.queueitem",
            ),
        ),
        migrations.AddField(
            model_name="performerqueue",
            name="start_warned",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="queueitem",
            name="deadline_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="queueitem",
            name="deadline_step",
            field=models.CharField(
                blank=True,
                choices=[
                    ("lifetime", "has waited too long: refunded"),
                    ("duration", "its booked time is over: warned"),
                    ("maximum", "runs too long: abandoned"),
                    ("return", "paused, and she has not come back: abandoned"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="queueitem",
            name="ends_at",
            field=models.DateTimeField(
                blank=True, help_text="when the booked time is over; moved by pauses", null=True
            ),
        ),
        migrations.AddField(
            model_name="queueitem",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        migrations.RunSQL(LIMITS, migrations.RunSQL.noop),
        install_functions("queue_app", [*NEW, *CHANGED]),
        migrations.RunSQL(GIVE_TIME, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="performerqueue",
            index=models.Index(
                condition=models.Q(("start_by__isnull", False)), fields=["start_by"], name="queue_app_starts_due"
            ),
        ),
        migrations.AddIndex(
            model_name="performerqueue",
            index=models.Index(condition=models.Q(("depth__gt", 0)), fields=["performer"], name="queue_app_with_items"),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("deadline_at__isnull", False)), fields=["deadline_at"], name="queue_app_items_due"
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("metadata__contains", {"presenceRequired": True}), ("status", "created")),
                fields=["viewer"],
                name="queue_app_viewer_needed",
            ),
        ),
        migrations.AddConstraint(
            model_name="performerqueue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("start_by__isnull", True), ("start_item__isnull", True), ("start_warned", False)),
                    models.Q(("start_by__isnull", False), ("start_item__isnull", False)),
                    _connector="OR",
                ),
                name="queue_app_start_deadline_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="queueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paused_at__isnull", True),
                        ("status", "created"),
                        models.Q(
                            models.Q(("deadline_at__isnull", True), ("deadline_step", "")),
                            models.Q(("deadline_at__isnull", False), ("deadline_step", "lifetime")),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("deadline_at__isnull", False),
                        ("ends_at__isnull", False),
                        ("status", "started"),
                        models.Q(
                            models.Q(("deadline_step__in", ["duration", "maximum"]), ("paused_at__isnull", True)),
                            models.Q(("deadline_step", "return"), ("paused_at__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("status__in", ["finished", "abandoned", "refunded"]),
                        ("deadline_at__isnull", True),
                        ("deadline_step", ""),
                        ("paused_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="queue_app_time_follows_status",
            ),
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER keep_time ON queue_app_queueitem"),
        migrations.RunSQL(ARM, migrations.RunSQL.noop),
    ]
