"""App configuration."""

from django.apps import AppConfig


class QueueAppConfig(AppConfig):
    """What was paid for."""

    name = "queue_app"
    verbose_name = "performance queue"
    ledger_tables = [
        "queue_app_performerqueue",
        "queue_app_queueitem",
        "queue_app_queueevent",
        "queue_app_transition",
        "queue_app_limit",
    ]

    def ready(self) -> None:
        """The state machine learns what she performs, the queue follows the line, reconcile checks it too,
        the wallet hears what holds paid for, the archive has its items."""
        from archive.parts import register
        from audit.services import allow_fields
        from core import gauges
        from modelstate import hooks
        from modelstate.exceptions import explain
        from presence.hooks import on_return
        from queue_app import archiving, bookings, health, queries, services
        from queue_app.exceptions import REASONS
        from queue_app.invariants import QUEUE_INVARIANTS
        from queue_app.sweeping import came_back
        from wallet.hooks import register_bookings
        from wallet.invariants import also_check

        register(archiving.ITEMS, archiving.EVENTS)
        also_check(*QUEUE_INVARIANTS)
        allow_fields("intake_paused", "settled")
        gauges.register(health.gauges)
        explain(REASONS)
        hooks.register_work_reader(queries.current_performance)
        hooks.register_work_ender(services.end_running)
        hooks.register_line_listener(services.line_moved)
        register_bookings(bookings.items_of_holds, bookings.booking_of)
        on_return(came_back)
