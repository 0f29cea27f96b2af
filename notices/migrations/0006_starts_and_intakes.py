"""A start that is due, and an intake that staff pause or open again, are told in words of their own."""

from django.db import migrations

from notices.mirror import first_texts, mirror_keys

TEXTS = {
    "queue.item.start_due": (
        "Start “{title}” within {seconds} seconds. Otherwise you lose it, and your place in the line.",
        "Empieza «{title}» en {seconds} segundos. Si no, la pierdes, y también tu lugar en la fila.",
    ),
    "queue.intake.paused": (
        "Our team has paused what comes in: nobody can book you for now. What waits in your queue stays.",
        "Nuestro equipo ha pausado tus reservas: por ahora nadie puede reservarte. Lo que espera en tu fila se queda.",
    ),
    "queue.intake.resumed": (
        "Our team has opened your queue again: what viewers buy comes in as before.",
        "Nuestro equipo ha vuelto a abrir tu fila: lo que compren los espectadores entra como antes.",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_kept_words")]
    operations = [
        migrations.RunPython(mirror_keys, migrations.RunPython.noop),
        migrations.RunPython(first_texts(TEXTS), migrations.RunPython.noop),
    ]
