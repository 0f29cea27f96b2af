"""Whose a request for whoever is next was at an instant of the past is found from an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0021_third_again_and_busy_is_nothing")]

    operations = [
        migrations.AddIndex(
            model_name="queueevent",
            index=models.Index(
                condition=models.Q(("event", "assign")), fields=["actor_id", "at"], name="queue_app_given_to"
            ),
        )
    ]
