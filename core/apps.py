"""App configuration."""

from typing import ClassVar

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The ground floor: knows no domain."""

    name = "core"
    # Answers carry people's words; what an auditor checks is that each key has one.
    withheld_from_auditor: ClassVar[dict[str, tuple[str, ...]]] = {"core_idempotencykey": ("body",)}

    def ready(self) -> None:
        """Show how the outbox stands; every key has an answer; tasks are woken by whatever clock there is."""
        from core import gauges, invariants, outbox, periodic

        invariants.also_check(invariants.KEYS_ARE_ANSWERED)

        gauges.register(outbox.figures)
        periodic.mind_the_clock()
