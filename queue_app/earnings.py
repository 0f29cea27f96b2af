"""What a performer earned in a business period: in all, by source, and hour by hour or day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from queue_app.models import QueueItem
from queue_app.words import source_words
from wallet.periods import Period, period_of
from wallet.queries import database_now
from wallet.queries.earnings import business_zone, earned_movements


@dataclass(frozen=True, slots=True)
class SourceEarnings:
    """What one feature brought, less what was corrected of it; `movements` counts both."""

    feature: str
    words: str
    tokens: int
    movements: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour or day of the series."""

    start: datetime
    tokens: int


@dataclass(frozen=True, slots=True)
class Earnings:
    """A period's earnings in whole tokens; below zero where more was corrected than earned."""

    period: Period
    time_zone: str
    total: int
    sources: tuple[SourceEarnings, ...]
    series: tuple[Slot, ...]


def earnings_of(performer_id: UUID, period: str, now: datetime | None = None) -> Earnings:
    """Hers of `today`, this `week` or this `month`, in BUSINESS_TIME_ZONE. Three statements, of any number of rows."""
    zone = business_zone()
    span = period_of(period, now or database_now(), zone)
    cells = _cells(performer_id, span)
    return Earnings(
        period=span,
        time_zone=str(zone),
        total=sum(tokens for _, _, tokens, _ in cells),
        sources=_by_source(cells),
        series=tuple(
            Slot(start, sum(tokens for slot, _, tokens, _ in cells if slot == place))
            for place, start in enumerate(span.starts, start=1)
        ),
    )


def _cells(performer_id: UUID, span: Period) -> list[tuple[int, str, int, int]]:
    """(slot from 1, source, tokens, movements): one row for each pair that has any."""
    starts = Value(list(span.starts), output_field=ArrayField(DateTimeField()))
    slot = Func(F("created_at"), starts, function="width_bucket", output_field=IntegerField())
    feature = Subquery(QueueItem.objects.filter(hold_id=OuterRef("hold_id")).values("source_feature"))
    moved = earned_movements(performer_id, span.since, span.until).annotate(slot=slot)
    rows = moved.annotate(origin=Coalesce(feature, F("code"))).values_list("slot", "origin").order_by()
    return list(rows.annotate(tokens=Sum("change"), movements=Count("id")))


def _by_source(cells: list[tuple[int, str, int, int]]) -> tuple[SourceEarnings, ...]:
    sources: dict[str, tuple[int, int]] = {}
    for _, source, tokens, movements in cells:
        before = sources.get(source, (0, 0))
        sources[source] = (before[0] + tokens, before[1] + movements)
    rows = [SourceEarnings(source, source_words(source), *numbers) for source, numbers in sources.items()]
    return tuple(sorted(rows, key=lambda row: (-row.tokens, row.feature)))
