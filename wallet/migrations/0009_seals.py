"""The transfers get a hash chain of their own."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

import wallet.fields
from core.sql import install_functions

TRIGGERS = """
CREATE TRIGGER wallet_seal_append_only BEFORE UPDATE OR DELETE ON wallet_seal
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_seal_never_truncated BEFORE TRUNCATE ON wallet_seal
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0008_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("epoch", models.PositiveIntegerField()),
                ("floor_id", models.UUIDField()),
                ("from_xid", wallet.fields.TransactionIdField()),
                ("upto_xid", wallet.fields.TransactionIdField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("digests", django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None)),
                ("prev_hash", models.BinaryField(max_length=32, unique=True)),
                ("hash", models.BinaryField(max_length=32, unique=True)),
                (
                    "sealed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["created_xid"], name="wallet_transfer_sealing_order"),
        ),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        install_functions("wallet", ["transfer_digest", "block_hash", "seal_upto", "seal_block", "new_epoch"]),
    ]
