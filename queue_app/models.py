"""The queue's tables. Only the functions in queue_app/sql write queues, items and their history."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from queue_app.states import (
    MAX_DEPTH,
    MAX_DURATION_SECONDS,
    NEEDS_VIEWER,
    Deadline,
    Mode,
    RefundReason,
    Status,
)


class PerformerQueue(models.Model):
    """One row a performer: the lock that orders everything about what was paid for her, and her settings."""

    performer = models.OneToOneField("accounts.Performer", on_delete=models.PROTECT, primary_key=True, related_name="+")
    next_sequence = models.BigIntegerField(default=1)
    depth = models.SmallIntegerField(default=0)
    mode = models.CharField(max_length=3, choices=Mode.choices, default=Mode.ON)
    auto_rejoin = models.BooleanField(default=False)
    accepts_slots = models.BooleanField(default=False)
    intake_paused = models.BooleanField(
        default=False, db_default=False, help_text="by staff: nothing new comes in, what is there stays"
    )
    start_item = models.ForeignKey("QueueItem", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    start_by = models.DateTimeField(null=True, blank=True, help_text="when the item at its head must be started")
    start_warned = models.BooleanField(default=False, db_default=False)
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "performer's queue"
        constraints = [
            models.CheckConstraint(
                condition=Q(depth__gte=0, depth__lte=MAX_DEPTH), name="queue_app_depth_within_limit"
            ),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="queue_app_mode_known"),
            models.CheckConstraint(
                condition=Q(start_by__isnull=True, start_item__isnull=True, start_warned=False)
                | Q(start_by__isnull=False, start_item__isnull=False),
                name="queue_app_start_deadline_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["start_by"], condition=Q(start_by__isnull=False), name="queue_app_starts_due"),
            models.Index(fields=["performer"], condition=Q(depth__gt=0), name="queue_app_with_items"),
        ]

    def __str__(self) -> str:
        return f"queue of {self.performer_id}"


def _stamped(**set_or_not: bool) -> Q:
    return Q(**{f"{name}__isnull": not is_set for name, is_set in set_or_not.items()})


_NOTHING_MOVED = Q(settled_tokens=0, refunded_tokens=0, settlement_transfer_id__isnull=True, refund_reason="")
_GIVEN_BACK = Q(settled_tokens=0, refunded_tokens=F("tokens")) & ~Q(refund_reason="")
_PAID_OUT = Q(settled_tokens__gte=1, settlement_transfer_id__isnull=False) & (
    Q(refunded_tokens=0, refund_reason="") | Q(refunded_tokens__gte=1, refund_reason="partial_performance")
)

LIFE = (
    Q(status=Status.CREATED)
    & _NOTHING_MOVED
    & _stamped(started_at=False, finished_at=False)
    & _stamped(abandoned_at=False, refunded_at=False)
    | Q(status=Status.STARTED)
    & _NOTHING_MOVED
    & _stamped(started_at=True, finished_at=False)
    & _stamped(abandoned_at=False, refunded_at=False)
    | Q(status=Status.FINISHED)
    & _PAID_OUT
    & _stamped(started_at=True, finished_at=True)
    & _stamped(abandoned_at=False, refunded_at=False)
    & Q(tokens=F("settled_tokens") + F("refunded_tokens"))
    | Q(status=Status.ABANDONED)
    & _NOTHING_MOVED
    & _stamped(finished_at=False)
    & _stamped(abandoned_at=True, refunded_at=False)
    | Q(status=Status.REFUNDED) & _GIVEN_BACK & _stamped(finished_at=False, refunded_at=True)
)


#: What waits has a lifetime or none (passing through), what runs has always a deadline, what has ended none.
ON_TIME = (
    Q(status=Status.CREATED, paused_at__isnull=True)
    & (Q(deadline_step="", deadline_at__isnull=True) | Q(deadline_step=Deadline.LIFETIME, deadline_at__isnull=False))
    | Q(status=Status.STARTED, ends_at__isnull=False, deadline_at__isnull=False)
    & (
        Q(paused_at__isnull=True, deadline_step__in=[Deadline.DURATION, Deadline.MAXIMUM])
        | Q(paused_at__isnull=False, deadline_step=Deadline.RETURN)
    )
    | Q(status__in=[Status.FINISHED, Status.ABANDONED, Status.REFUNDED])
    & Q(paused_at__isnull=True, deadline_at__isnull=True, deadline_step="")
)


OPEN = Q(status__in=[Status.CREATED, Status.STARTED])
OVER = Q(status__in=[Status.FINISHED, Status.REFUNDED])
#: When an item that is over was so: an abandoned one is refunded in the same breath.
ENDED_AT = Coalesce("finished_at", "refunded_at")


class QueueItem(models.Model):
    """One paid thing in a performer's queue, or waiting for whoever is next. Its place is an order, never stored."""

    id = models.UUIDField(primary_key=True, editable=False)
    performer = models.ForeignKey(
        "accounts.Performer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="empty while it waits for whoever is next",
    )
    next_available = models.BooleanField(default=False, db_default=False)
    viewer = models.ForeignKey("accounts.Viewer", on_delete=models.PROTECT, related_name="+", db_index=False)
    hold = models.OneToOneField("wallet.Hold", on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    source_feature = models.CharField(max_length=40)
    source_event_id = models.CharField(max_length=100)
    tokens = models.BigIntegerField()
    title = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    duration_seconds = models.IntegerField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    sequence = models.BigIntegerField(null=True, blank=True, help_text="empty where the item passed through")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATED)
    version = models.BigIntegerField(default=1)
    settled_tokens = models.BigIntegerField(default=0)
    refunded_tokens = models.BigIntegerField(default=0)
    settlement_transfer_id = models.UUIDField(null=True, blank=True)
    refund_reason = models.CharField(max_length=24, choices=RefundReason.choices, blank=True, default="")
    deadline_at = models.DateTimeField(null=True, blank=True)
    deadline_step = models.CharField(max_length=8, choices=Deadline.choices, blank=True, default="", db_default="")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="when the booked time is over; moved by pauses")
    paused_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(
        null=True, blank=True, help_text="its end went wrong; the sweeper does not try again before"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True, help_text="when staff took the settlement back")

    class Meta:
        verbose_name = "queue item"
        constraints = [
            models.UniqueConstraint(
                fields=["performer"], condition=Q(status=Status.STARTED), name="queue_app_one_started"
            ),
            models.UniqueConstraint(fields=["performer", "sequence"], name="queue_app_one_place_each"),
            models.UniqueConstraint(fields=["source_feature", "source_event_id"], name="queue_app_one_item_an_event"),
            models.CheckConstraint(condition=Q(tokens__gte=1), name="queue_app_whole_tokens"),
            models.CheckConstraint(
                condition=Q(duration_seconds__isnull=True)
                | Q(duration_seconds__gte=1, duration_seconds__lte=MAX_DURATION_SECONDS),
                name="queue_app_duration_in_range",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(status=Status.FINISHED),
                name="queue_app_reversed_was_finished",
            ),
            models.CheckConstraint(condition=LIFE, name="queue_app_status_tells_the_truth"),
            models.CheckConstraint(
                condition=Q(sequence__isnull=False)
                | Q(performer__isnull=True)
                | Q(status__in=[Status.CREATED, Status.FINISHED]),
                name="queue_app_passing_through_never_waits",
            ),
            models.CheckConstraint(
                condition=Q(performer__isnull=False)
                | Q(next_available=True, sequence__isnull=True, started_at__isnull=True),
                name="queue_app_nobodys_item_only_waits",
            ),
            models.CheckConstraint(
                condition=Q(refund_reason="") | Q(refund_reason__in=RefundReason.values),
                name="queue_app_refund_reason_known",
            ),
            models.CheckConstraint(condition=ON_TIME, name="queue_app_time_follows_status"),
        ]
        indexes = [
            models.Index(
                fields=["performer", "sequence"],
                condition=OPEN,
                name="queue_app_active_items",
            ),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(status=Status.CREATED, performer__isnull=True),
                name="queue_app_unassigned_items",
            ),
            models.Index(fields=["deadline_at"], condition=Q(deadline_at__isnull=False), name="queue_app_items_due"),
            models.Index(
                fields=["viewer"],
                condition=Q(status=Status.CREATED, metadata__contains={NEEDS_VIEWER: True}),
                name="queue_app_viewer_needed",
            ),
            models.Index(fields=["viewer", "-id"], name="queue_app_items_of_viewer"),
            models.Index(fields=["performer", "-id"], name="queue_app_items_of_performer"),
            models.Index(fields=["viewer"], condition=OPEN, name="queue_app_open_of_viewer"),
            models.Index(
                "performer",
                ENDED_AT,
                "created_at",
                condition=OVER,
                name="queue_app_ended_items",
            ),
            models.Index(fields=["-created_at", "-id"], name="queue_app_items_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.status})"

    @property
    def note(self) -> str:
        """What the viewer wrote to her with it; `queue_app_wire` reads it the same way."""
        note = self.metadata.get("note")
        return note if isinstance(note, str) else ""


class QueueEvent(models.Model):
    """One step in an item's life, appended in the step's own transaction and never altered."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(QueueItem, on_delete=models.PROTECT, related_name="events", db_index=False)
    version = models.BigIntegerField()
    event = models.CharField(max_length=16)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    actor_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "queue event"
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="queue_app_one_step_each_version")]
        # Appended in the order of time: the last hour is a few pages, found by a few bytes a page.
        indexes = [
            BrinIndex(fields=["at"], name="queue_app_event_times"),
            models.Index(fields=["actor_id", "at"], condition=Q(event="assign"), name="queue_app_given_to"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.version}: {self.event}"


class Transition(models.Model):
    """The mirror of `states.matrix()` that the SQL functions and the triggers read."""

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(max_length=16)
    from_status = models.CharField(max_length=10)
    to_status = models.CharField(max_length=10, null=True)  # noqa: DJ001 - absent is not empty here

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "from_status"], name="queue_app_one_cell_each")]

    def __str__(self) -> str:
        return f"{self.event} in {self.from_status}: {self.to_status or 'refused'}"


class Limit(models.Model):
    """A limit in time, in seconds. The sweeper writes the installation's settings here; the functions read them."""

    name = models.CharField(max_length=16, primary_key=True)
    seconds = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.seconds} s"
