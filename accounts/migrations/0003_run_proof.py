"""Staff may prove the ledger."""

from django.db import migrations

from accounts.permissions import LABELS, Permission


def grant_to_staff(apps, editor):
    alias = editor.connection.alias
    content_type = (
        apps.get_model("contenttypes", "ContentType").objects.using(alias).get(app_label="accounts", model="user")
    )
    permission, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(alias)
        .get_or_create(
            codename=Permission.RUN_PROOF.value,
            content_type=content_type,
            defaults={"name": LABELS[Permission.RUN_PROOF]},
        )
    )
    apps.get_model("auth", "Group").objects.using(alias).get(name="staff").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles_and_flags"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [
                    ("STREAM", "Start and stop the stream"),
                    ("JOIN_QUEUE", "Join the line"),
                    ("LEAVE_QUEUE", "Leave the line"),
                    ("READ_QUEUE", "See the queue"),
                    ("READ_WALLET", "See the wallet's balance"),
                    ("REQUEST_PAYOUT", "Ask for a payout"),
                    ("READ_TRANSACTIONS", "See own transactions"),
                    ("CREATE_PROMOTION", "Create promotions"),
                    ("MANAGE_PROMOTIONS", "Manage own promotions"),
                    ("READ_ANALYTICS", "See analytics"),
                    ("UPDATE_MOOD", "Set the mood"),
                    ("CREDIT_TOKENS", "Credit bought tokens (billing service)"),
                    ("RUN_PROOF", "Prove the ledger and the audit log"),
                ],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.RunPython(grant_to_staff, migrations.RunPython.noop),
    ]
