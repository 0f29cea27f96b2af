"""The frame of every page: navigation, state, balance, who is signed in. Each part is read when it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.presenters import shell
from dashboard.presenters.controls import Control
from dashboard.presenters.notices import counted
from dashboard.presenters.shell import Crumb, KeyHint, NavSection
from dashboard.presenters.states import StateBadge, badge

if TYPE_CHECKING:
    from dashboard.facts import Facts


class Shell:
    """What templates/shell.html prints around a page."""

    def __init__(self, facts: Facts, crumbs: tuple[Crumb, ...] = ()) -> None:
        self._facts = facts
        self.crumbs = crumbs

    @property
    def name(self) -> str:
        """Who is signed in."""
        return self._facts.name

    @property
    def role(self) -> str:
        """The strongest role, in words."""
        return shell.role_word(self._facts.access)

    @property
    def performer(self) -> bool:
        """Whether it frames a performer's session."""
        return self._facts.performs

    @property
    def says_present(self) -> bool:
        """Whether its page says that somebody is there where sockets are blocked."""
        return bool(self._facts.access.roles & {"performer", "viewer"})

    @property
    def nav(self) -> tuple[NavSection, ...]:
        """The navigation: a performer's is her menu."""
        facts = self._facts
        if facts.performs:
            return shell.sections_of(facts.menu, facts.at, facts.subjects)
        return shell.plain_nav(facts.access, facts.at)

    @property
    def bottom(self) -> tuple[Control, ...]:
        """The bottom bar of a phone; More opens the rest."""
        facts = self._facts
        return shell.performer_bottom(facts.at) if facts.performs else shell.plain_bottom(facts.access, facts.at)

    @property
    def account(self) -> tuple[Control, ...]:
        """The account menu."""
        return shell.account_links(self._facts.performs)

    @property
    def quick(self) -> tuple[Control, ...]:
        """The quick actions."""
        return shell.quick_of(self._facts.menu, self._facts.subjects)

    @property
    def state(self) -> StateBadge | None:
        """A performer's state."""
        return badge(self._facts.state) if self._facts.performs else None

    @property
    def balance(self) -> int | None:
        """The one amount in the top bar; None where there is none to show."""
        held = self._facts.balance
        if held is None:
            return None
        if self._facts.performs:
            return held.earned
        return held.available if "viewer" in self._facts.access.roles else None

    @property
    def unread(self) -> str:
        """The number beside the bell."""
        return counted(self._facts.unread)

    @property
    def feeds(self) -> str:
        """The sockets that the page listens to."""
        if self._facts.performs:
            return "/ws/v1/model/"
        feeds = ["/ws/v1/viewer/"] if "viewer" in self._facts.access.roles else []
        if self._facts.room_id is not None:
            feeds.append(f"/ws/v1/rooms/{self._facts.room_id}/")
        return " ".join(feeds)

    @property
    def poll(self) -> str:
        """What the page asks every 10 seconds while the sockets are down."""
        return "/api/v1/model/state" if self._facts.performs else "/api/v1/me"

    @property
    def versions(self) -> str:
        """What the page shows already."""
        return ", ".join(f"{thing}={version}" for thing, version in self._facts.versions().items())

    @property
    def shortcuts(self) -> str:
        """Combinations and their actions, as JSON."""
        return shell.shortcuts_of(self._facts.menu)

    @property
    def keys(self) -> tuple[KeyHint, ...]:
        """The shortcuts worth showing."""
        return shell.keys_of(self._facts.menu) if self._facts.performs else ()
