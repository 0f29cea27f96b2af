"""What codes are called: reasons of refunds, states of payouts; some in other words once the performance had begun.

Parts of a sentence only: every sentence is a text of its key, which staff write.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "performer_disconnected": "the performer's connection was lost",
        "performer_declined": "the performer declined",
        "user_cancelled": "the viewer cancelled",
        "timeout": "it was not started in time",
        "technical_error": "a technical fault",
        "admin_refund": "our team decided so",
        "partial_performance": "it was performed in part",
        "requested": "asked for",
        "approved": "approved",
        "rejected": "not approved",
        "paid": "paid",
        "failed": "failed",
        "cancelled": "cancelled",
    },
    "es": {
        "performer_disconnected": "se perdió la conexión de la artista",
        "performer_declined": "la artista no la aceptó",
        "user_cancelled": "el espectador la canceló",
        "timeout": "no empezó a tiempo",
        "technical_error": "un fallo técnico",
        "admin_refund": "así lo decidió nuestro equipo",
        "partial_performance": "se realizó en parte",
        "requested": "solicitado",
        "approved": "aprobado",
        "rejected": "no aprobado",
        "paid": "pagado",
        "failed": "fallido",
        "cancelled": "cancelado",
    },
}

#: The same reasons of what had started: it was not declined but ended, it was in time but ran too long.
WORDS_AFTER_START: Mapping[str, Mapping[str, str]] = {
    "en": {"performer_declined": "the performer stopped", "timeout": "it had run for too long"},
    "es": {"performer_declined": "la artista lo decidió", "timeout": "había durado demasiado"},
}
