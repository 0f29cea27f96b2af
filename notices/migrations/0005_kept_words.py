"""A notice keeps the words of its cause; what a reversal and a lost place in the line say are texts like all others."""

import django.contrib.postgres.fields
from django.db import migrations, models

from core.sql import install_functions
from notices.mirror import first_texts, mirror_keys

TEXTS = {
    "queue.item.reversed": (
        "“{title}” was completed, but its payment was reversed: {reason}. Given back to the viewer: {refunded}.",
        "«{title}» se realizó, pero el pago se anuló: {reason}. Tokens devueltos al espectador: {refunded}.",
    ),
    "queue.line.left": (
        "You are no longer in the line: “{title}” was not started in time. Join again when you are ready.",
        "Ya no estás en la fila: «{title}» no empezó a tiempo. Vuelve a entrar cuando quieras.",
    ),
}
# Reversals were told under the key of what is given back unperformed, with a sentence that no text held.
TELL_APART = """
DROP TRIGGER notices_said_is_said ON notices_notice;
UPDATE notices_notice SET key = 'queue.item.reversed'
 WHERE key = 'queue.item.refunded' AND variables @> '{"reversed": true}';
CREATE TRIGGER notices_said_is_said BEFORE UPDATE ON notices_notice FOR EACH ROW
  WHEN (OLD.read_at IS NOT NULL OR (OLD.id, OLD.owner_id, OLD.key, OLD.variables, OLD.texts, OLD.cause, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.owner_id, NEW.key, NEW.variables, NEW.texts, NEW.cause, NEW.created_at))
  EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_reading")]
    operations = [
        migrations.AddField(
            "notice",
            "texts",
            django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None),
        ),
        migrations.RunPython(mirror_keys, migrations.RunPython.noop),
        migrations.RunPython(first_texts(TEXTS), migrations.RunPython.noop),
        migrations.RunSQL(TELL_APART, migrations.RunSQL.noop),
        install_functions("notices", ["put"]),
    ]
