"""What people are told: the words by key, the notices, and who wants which. Only SQL functions write notices."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notices.registry import LANGUAGES, Severity

TEXT_LIMIT = 300


class MessageKey(models.Model):
    """The mirror of the registry that SQL reads: one row a key, and one an alias."""

    name = models.CharField(max_length=64, primary_key=True)
    key = models.CharField(max_length=64)
    severity = models.CharField(max_length=8)
    default_on = models.BooleanField()
    variables = ArrayField(models.CharField(max_length=32))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__in=[s.value for s in Severity]), name="notices_severity_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MessageVersion(models.Model):
    """One wording of one key in one language. Texts are never changed; at most one of them is shown."""

    key = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=list(LANGUAGES.items()))
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=TEXT_LIMIT)
    active = models.BooleanField(db_default=False)
    proposed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "message version"
        constraints = [
            models.UniqueConstraint(fields=["key", "language", "number"], name="notices_version_number_once"),
            models.UniqueConstraint(
                fields=["key", "language"], condition=Q(active=True), name="notices_one_active_text"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="notices_text_is_not_empty"),
            models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name="notices_language_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.key} [{self.language}] version {self.number}"


class Notice(models.Model):
    """Something one person was told, once for its cause, in the words that stood then."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    # No foreign key to the mirror: every booking would lock the same few rows of it. The function looks it up.
    key = models.CharField(max_length=64)
    variables = models.JSONField()
    # The versions that were shown when it was written, one a language. No foreign key either: texts are never deleted.
    # NULL: written before versions were kept.
    texts = ArrayField(models.BigIntegerField(), null=True)
    cause = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "cause"], name="notices_once_for_its_cause")]
        indexes = [
            models.Index(fields=["owner", "-id"], name="notices_of_owner"),
            models.Index(fields=["owner"], condition=Q(read_at__isnull=True), name="notices_unread_of_owner"),
            models.Index(fields=["created_at"], name="notices_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.owner_id}"


class Preference(models.Model):
    """Somebody's own word on a key; without one the registry's default stands."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    enabled = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="notices_one_word_on_a_key")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.key}: {'on' if self.enabled else 'off'}"


class Reader(models.Model):
    """The language somebody chose to read in."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    language = models.CharField(max_length=2, choices=list(LANGUAGES.items()))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name="notices_readers_language_known")
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} reads {self.language}"
