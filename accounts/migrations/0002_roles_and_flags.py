"""The roles with their permissions, and the flags: sections open to everyone, experimental features to nobody."""

from django.db import migrations

from accounts.flags import FEATURE_FLAGS, SECTION_FLAGS
from accounts.permissions import LABELS, ROLE_PERMISSIONS


def make_roles(apps, editor):
    alias = editor.connection.alias

    def rows(app, model):
        return apps.get_model(app, model).objects.using(alias)

    content_type, _ = rows("contenttypes", "ContentType").get_or_create(app_label="accounts", model="user")
    permissions = {
        permission: rows("auth", "Permission").get_or_create(
            codename=permission.value, content_type=content_type, defaults={"name": label}
        )[0]
        for permission, label in LABELS.items()
    }
    for role, held in ROLE_PERMISSIONS.items():
        group, _ = rows("auth", "Group").get_or_create(name=role)
        group.permissions.set([permissions[permission] for permission in held])


def make_flags(apps, editor):
    flags = apps.get_model("accounts", "FeatureFlag").objects.using(editor.connection.alias)
    for name in SECTION_FLAGS:
        flags.get_or_create(name=name, defaults={"everyone": True, "superusers": False})
    for name in FEATURE_FLAGS:
        flags.get_or_create(name=name, defaults={"superusers": False})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunPython(make_flags, migrations.RunPython.noop),
    ]
