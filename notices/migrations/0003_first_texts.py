"""The first version of every text, in English and Spanish; staff write the next ones."""

from django.db import migrations

from notices.mirror import first_texts

TEXTS = {
    "queue.item.created": (
        "“{title}” was booked. Tokens held: {tokens}.",
        "Se ha reservado «{title}». Tokens retenidos: {tokens}.",
    ),
    "queue.item.third_position_notice": (
        "“{title}” is third in line. Get ready.",
        "«{title}» ocupa el tercer lugar de la fila. Prepárate.",
    ),
    "queue.item.started": ("“{title}” has started.", "«{title}» ha empezado."),
    "queue.item.paused": (
        "“{title}” is on hold. Unless it goes on within {seconds} seconds, all tokens are given back.",
        "«{title}» está en pausa. Si no continúa en {seconds} segundos, se devuelven todos los tokens.",
    ),
    "queue.item.finished": (
        "“{title}” is completed. Tokens paid: {settled}.",
        "«{title}» ha terminado. Tokens pagados: {settled}.",
    ),
    "queue.item.partial": (
        "“{title}” was completed in part. Tokens paid: {settled}; given back: {refunded}.",
        "«{title}» se realizó en parte. Tokens pagados: {settled}; devueltos: {refunded}.",
    ),
    "queue.item.abandoned": (
        "“{title}” ended early: {reason}. Tokens given back: {refunded}.",
        "«{title}» terminó antes de tiempo: {reason}. Tokens devueltos: {refunded}.",
    ),
    "queue.item.refunded": (
        "“{title}” will not take place: {reason}. Tokens given back: {refunded}.",
        "«{title}» no se realizará: {reason}. Tokens devueltos: {refunded}.",
    ),
    "queue.item.cancelled": (
        "“{title}” was cancelled. Tokens given back: {refunded}.",
        "«{title}» se ha cancelado. Tokens devueltos: {refunded}.",
    ),
    "queue.position.updated": (
        "“{title}” is now number {position} in line.",
        "«{title}» ocupa ahora el lugar {position} de la fila.",
    ),
    "wallet.escrow.held": (
        "Tokens set aside for “{title}”: {tokens}.",
        "Tokens reservados para «{title}»: {tokens}.",
    ),
    "wallet.points.credited": (
        "Tokens added to your wallet: {tokens}.",
        "Tokens añadidos a tu monedero: {tokens}.",
    ),
    "wallet.payout.requested": (
        "You asked for a payout. Tokens: {tokens}.",
        "Has solicitado un pago. Tokens: {tokens}.",
    ),
    "wallet.payout.updated": (
        "Your payout has news: {status}. Tokens: {tokens}.",
        "Novedades de tu pago: {status}. Tokens: {tokens}.",
    ),
    "slot.spin.started": ("The reels are turning. Bet: {bet} tokens.", "Los rodillos giran. Apuesta: {bet} tokens."),
    "slot.spin.winner": (
        "You won. Bet: {bet} tokens, payout: {payout}.",
        "Has ganado. Apuesta: {bet} tokens, premio: {payout}.",
    ),
    "slot.spin.no_win": ("No win this time. Bet: {bet} tokens.", "Esta vez no hay premio. Apuesta: {bet} tokens."),
    "mood.gratitude.public": ("{line}", "{line}"),
    "mood.reply.private": ("{line}", "{line}"),
    "system.maintenance": (
        "Maintenance begins in {minutes} minutes.",
        "El mantenimiento empieza en {minutes} minutos.",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_rules")]
    operations = [migrations.RunPython(first_texts(TEXTS), migrations.RunPython.noop)]
