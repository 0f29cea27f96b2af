"""Profile, studio, staff and status pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse

from accounts.access import Access
from accounts.models import Performer, SignIn, SignInKind, User
from core.health import Health
from dashboard.presenters.controls import Control, link
from dashboard.presenters.shell import role_word
from dashboard.presenters.states import StateBadge, badge_of
from modelstate.states import State

NO_STUDIO = "no studio"


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One way in that is open."""

    kind: str
    since: datetime
    seen: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class StudioRow:
    """A performer as her studio's manager sees her."""

    id: UUID
    name: str
    studio: str
    state: StateBadge


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the product and whether it works."""

    label: str
    words: str
    good: bool


@dataclass(frozen=True, slots=True)
class StatusView:
    """The status page."""

    words: str
    icon: str
    at: datetime
    parts: tuple[Part, ...]


def profile_facts(user: User, name: str, access: Access) -> tuple[tuple[str, str], ...]:
    """Who somebody is here."""
    facts = [("Shown as", name), ("User name", user.username), ("Role", role_word(access))]
    if "performer" in access.roles:
        row = user.performer
        facts.append(("Studio", row.studio.name if row.studio else NO_STUDIO))
        facts.append(("Wallet", "verified" if row.verified_at else "not verified"))
    return tuple(facts)


def sign_in_rows(found: Iterable[SignIn], here: UUID | None) -> tuple[SignInRow, ...]:
    """Open sign-ins, this one marked."""
    return tuple(
        SignInRow(SignInKind(row.kind).label.capitalize(), row.started_at, row.last_seen_at, row.pk == here)
        for row in found
    )


def studio_rows(found: Iterable[Performer], states: Mapping[UUID, State]) -> tuple[StudioRow, ...]:
    """Performers with their state."""
    return tuple(
        StudioRow(
            row.pk,
            row.stage_name,
            row.studio.name if row.studio else NO_STUDIO,
            badge_of(states.get(row.pk, State.OFFLINE)),
        )
        for row in found
    )


def status_view(health: Health) -> StatusView:
    """What works, in words a visitor understands."""
    parts = (
        Part("Pages, queue and wallet", "Everything that is stored, tokens included", health.database),
        Part("Current version", "The stored data fits the running product", health.migrations),
        Part("Limits in time", "Starts, pauses and refunds fall due by themselves", health.sweeper),
        Part("Live updates", "Without them pages look again every 10 seconds; money is not touched", health.cache),
    )
    if health.degraded:
        return StatusView("Works, with slower updates", "alert", datetime.now(UTC), parts)
    words, icon = ("Everything works", "check") if health.ready else ("Not available at the moment", "alert")
    return StatusView(words, icon, datetime.now(UTC), parts)


def staff_tiles() -> tuple[Control, ...]:
    """Where staff work."""
    return (
        link("admin", "Administration", "shield", reverse("admin:index")),
        link("past", "Balances as they were", "history", reverse("past")),
        link("status", "System status", "activity", reverse("status")),
        link("api", "API explorer", "book", reverse("api-docs")),
    )
