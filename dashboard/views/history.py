"""What has been performed or bought, newest first."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.queries import NAMELESS, Names, names_of
from core.exceptions import ValidationFailed
from dashboard.forms import tried
from dashboard.pages import Page
from dashboard.presenters.history import history_rows
from dashboard.presenters.viewing import SOMEBODY, WHOEVER_IS_NEXT
from queue_app.queries import ItemView, Side, ended_for, views

PAGE = 25


class History(Page):
    """A list of items around the place that the address names."""

    heading: ClassVar[str] = ""
    empty: ClassVar[str] = ""
    up: ClassVar[tuple[str, str]] = ("Desk", "desk")
    here: ClassVar[str] = ""
    side: ClassVar[Side]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; a place that is none is refused in it, over the newest."""
        mark, refusal = tried(lambda: before(request.GET.get("at", "")))
        found, more = older_than(self.account_id, self.side, mark)
        context = {
            "heading": self.heading,
            "empty": self.empty,
            "rows": history_rows(found, self.names(found)),
            "older": str(found[-1].id) if more else "",
            "first": reverse(self.here),
        }
        return self.page("dashboard/history.html", context, self.up, (self.heading, self.here), refusal=refusal)

    def names(self, found: list[ItemView]) -> dict[UUID, str]:
        """Whom each item was with."""
        raise LookupError(f"{type(self).__name__} knows no names")


class PerformanceHistory(History):
    """`/queue/history/`: what she performed."""

    roles = frozenset({"performer"})
    permission = "READ_QUEUE"
    heading, empty = "Performance history", "Performances show up here when they end."
    up, here, side = ("Queue", "queue"), "queue-history", "performed"

    def names(self, found: list[ItemView]) -> dict[UUID, str]:
        """Viewers."""
        names = names_of({item.viewer_id for item in found})
        return {item.id: names.get(item.viewer_id, NAMELESS).alias or "a viewer" for item in found}


class BookingHistory(History):
    """`/my/history/`: what he bought."""

    roles = frozenset({"viewer"})
    heading, empty = "Bookings", "What you buy shows up here."
    up, here, side = ("My queue", "my-queue"), "my-history", "bought"

    def names(self, found: list[ItemView]) -> dict[UUID, str]:
        """Performers."""
        names = names_of({item.performer_id for item in found if item.performer_id})
        return {item.id: _who(item, names) for item in found}


def _who(item: ItemView, names: dict[UUID, Names]) -> str:
    if item.performer_id is None:
        return WHOEVER_IS_NEXT
    return names.get(item.performer_id, NAMELESS).stage_name or SOMEBODY


def older_than(owner_id: UUID, side: Side, mark: UUID | None) -> tuple[list[ItemView], bool]:
    """A page of somebody's items on one side, and whether there are older ones."""
    rows = ended_for(owner_id, side).order_by("-id")
    chosen = rows.filter(pk__lt=mark) if mark else rows
    found = views(chosen[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def before(words: str) -> UUID | None:
    """The item that the address names; raises ValidationFailed for anything else."""
    try:
        return UUID(words) if words else None
    except ValueError:
        raise ValidationFailed.of("at", "invalid", "This is no place in the list.") from None
