"""What is bought is bought, what was done was done; the flags of features that the menu announces."""

from django.db import migrations

from core.sql import install_functions

GUARDS = """
CREATE TRIGGER menus_menuactionlog_append_only BEFORE UPDATE OR DELETE ON menus_menuactionlog
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER menus_menuactionlog_never_emptied BEFORE TRUNCATE ON menus_menuactionlog
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER menus_purchase_append_only BEFORE UPDATE OR DELETE ON menus_purchase
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER menus_purchase_never_emptied BEFORE TRUNCATE ON menus_purchase
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNGUARD = """
DROP TRIGGER menus_menuactionlog_append_only ON menus_menuactionlog;
DROP TRIGGER menus_menuactionlog_never_emptied ON menus_menuactionlog;
DROP TRIGGER menus_purchase_append_only ON menus_purchase;
DROP TRIGGER menus_purchase_never_emptied ON menus_purchase;
"""
ANNOUNCED = ("notices", "schedule")


def make_flags(apps, editor):
    flags = apps.get_model("accounts", "FeatureFlag").objects.using(editor.connection.alias)
    for name in ANNOUNCED:
        flags.get_or_create(name=name, defaults={"superusers": False})


class Migration(migrations.Migration):
    dependencies = [
        ("menus", "0001_initial"),
        ("core", "0002_release_key"),
        ("accounts", "0002_roles_and_flags"),
    ]
    operations = [
        migrations.RunSQL(GUARDS, UNGUARD),
        install_functions("menus", ["offer", "purchase"]),
        migrations.RunPython(make_flags, migrations.RunPython.noop),
    ]
