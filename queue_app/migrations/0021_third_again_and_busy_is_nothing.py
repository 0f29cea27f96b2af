"""Followed places are told anew after a requeue; a sweep that only met somebody at work tells nothing."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0020_refused_without_a_trace")]

    operations = [install_functions("queue_app", ["sweep_one", "tell_line"])]
