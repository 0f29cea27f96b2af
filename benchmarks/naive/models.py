"""Tables of the peer: balances as rows, states as rows, the menu as rows."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import models


class Performer(models.Model):
    """Her state and her queue's settings."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="performer")
    state = models.CharField(max_length=32, default="IDLE")
    pass_through = models.BooleanField(default=True)
    next_sequence = models.BigIntegerField(default=1)


class Wallet(models.Model):
    """One balance a kind: available, escrow, earned."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="wallet")
    available = models.BigIntegerField(default=0)
    escrow = models.BigIntegerField(default=0)
    earned = models.BigIntegerField(default=0)


class MenuItem(models.Model):
    """What a viewer may buy."""

    performer = models.ForeignKey(Performer, on_delete=models.PROTECT, related_name="menu_items")
    name = models.CharField(max_length=65)
    price = models.PositiveIntegerField()
    duration_seconds = models.PositiveIntegerField(default=60)
    is_active = models.BooleanField(default=True)


class IdempotencyKey(models.Model):
    """The answer that belongs to a key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    response = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="naive_key_once")]


class Hold(models.Model):
    """Tokens set aside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    viewer = models.ForeignKey(User, on_delete=models.PROTECT)
    performer = models.ForeignKey(Performer, on_delete=models.PROTECT)
    tokens = models.BigIntegerField()
    status = models.CharField(max_length=16, default="held")
    created_at = models.DateTimeField(auto_now_add=True)


class LedgerEntry(models.Model):
    """One side of a movement."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)


class QueueItem(models.Model):
    """What was paid for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    performer = models.ForeignKey(Performer, on_delete=models.PROTECT, related_name="queue_items")
    viewer = models.ForeignKey(User, on_delete=models.PROTECT)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT)
    title = models.CharField(max_length=65)
    tokens = models.BigIntegerField()
    duration_seconds = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=16, default="created")
    sequence = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)


class Preferences(models.Model):
    """How she likes her menu."""

    performer = models.OneToOneField(Performer, on_delete=models.CASCADE, related_name="preferences")
    hidden_sections = models.JSONField(default=list)
    quick_actions = models.JSONField(default=list)


class Section(models.Model):
    """A section of the performer's menu."""

    name = models.CharField(max_length=32, unique=True)
    label = models.CharField(max_length=64)
    icon = models.CharField(max_length=32)
    order = models.PositiveSmallIntegerField()
    flag = models.CharField(max_length=64, blank=True)


class Action(models.Model):
    """An item of the performer's menu with its rules."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="actions")
    name = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=64)
    icon = models.CharField(max_length=32)
    action = models.CharField(max_length=64)
    order = models.PositiveSmallIntegerField()
    permission = models.CharField(max_length=64, blank=True)
    required_states = models.JSONField(default=list)
    prohibited_states = models.JSONField(default=list)
    shortcut = models.CharField(max_length=32, blank=True)


class Flag(models.Model):
    """A feature flag of everybody or of some."""

    name = models.CharField(max_length=64, unique=True)
    everyone = models.BooleanField(default=False)
    users = models.ManyToManyField(User, blank=True)
