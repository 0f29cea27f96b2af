"""The performer's state, its history, the transition table's mirror, and what she broadcasts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from modelstate.states import LINE_STATES, Event, State


class ModelState(models.Model):
    """One row a performer. Only the functions in modelstate/sql write it; a trigger refuses the rest."""

    performer = models.OneToOneField("accounts.Performer", on_delete=models.PROTECT, primary_key=True, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.OFFLINE)
    version = models.BigIntegerField(default=0)
    line_ticket = models.BigIntegerField(null=True, blank=True)
    last_change = models.DateTimeField()

    class Meta:
        verbose_name = "performer's state"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="modelstate_state_known"),
            models.CheckConstraint(condition=Q(version__gte=0), name="modelstate_version_grows"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(LINE_STATES), line_ticket__isnull=False)
                | (~Q(state__in=sorted(LINE_STATES)) & Q(line_ticket__isnull=True)),
                name="modelstate_ticket_in_line_only",
            ),
            models.UniqueConstraint(fields=["line_ticket"], name="modelstate_one_place_each"),
        ]

    def __str__(self) -> str:
        return f"{self.performer_id}: {self.state}"


class StateChange(models.Model):
    """One step of one performer, appended in the step's own transaction and never altered."""

    id = models.BigAutoField(primary_key=True)
    performer = models.ForeignKey("accounts.Performer", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.BigIntegerField()
    event = models.CharField(max_length=24, choices=Event.choices)
    from_state = models.CharField(max_length=20, choices=State.choices)
    to_state = models.CharField(max_length=20, choices=State.choices)
    actor_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "state change"
        constraints = [
            models.UniqueConstraint(fields=["performer", "version"], name="modelstate_one_step_each_version")
        ]

    def __str__(self) -> str:
        return f"{self.performer_id} {self.version}: {self.from_state} → {self.to_state}"


class Transition(models.Model):
    """The mirror of `states.matrix()` that the SQL functions and the triggers read."""

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(max_length=24)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20, null=True)  # noqa: DJ001 - absent is not empty here
    refusal = models.CharField(max_length=60, null=True)  # noqa: DJ001 - absent is not empty here

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "from_state"], name="modelstate_one_cell_each"),
            models.CheckConstraint(
                condition=Q(to_state__isnull=True, refusal__isnull=False)
                | Q(to_state__isnull=False, refusal__isnull=True),
                name="modelstate_moves_or_refuses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} in {self.from_state}: {self.to_state or self.refusal}"


class BroadcastSettings(models.Model):
    """What goes on air when she starts the stream."""

    performer = models.OneToOneField("accounts.Performer", on_delete=models.PROTECT, primary_key=True, related_name="+")
    title = models.CharField(max_length=100)
    quality = models.CharField(max_length=10)
    privacy = models.CharField(max_length=12)
    camera = models.CharField(max_length=100, blank=True)
    microphone = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "broadcast settings"
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="modelstate_broadcast_has_title"),
        ]

    def __str__(self) -> str:
        return self.title
