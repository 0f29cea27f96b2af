"""An item that has changed hands is not waited for under the pool's lock; who is due is found without all leases;
an item handed on leaves no deadline behind."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0009_operations")]

    operations = [install_functions("queue_app", ["lock_moving", "hand_on", "due_performers"])]
