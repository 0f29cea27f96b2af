"""What a menu is made of: sections, categories, items. Pure types; the registry fills them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.permissions import Permission
from modelstate.states import RULES, Event, State, StateRule

PERFORMER = "performer"
STAFF = "staff"
ALWAYS = StateRule(frozenset(State))


@dataclass(frozen=True, slots=True)
class Section:
    """Level 1. A section without its flag, or left empty, is not sent."""

    id: str
    label: str
    icon: str
    order: int
    flag: str | None = None
    role: str | None = None
    movable: bool = True
    hideable: bool = True


@dataclass(frozen=True, slots=True)
class Category:
    """Level 2: a feature inside a section."""

    id: str
    label: str
    section: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What business rules may look at, read once for a menu."""

    flags: frozenset[str]
    position: int | None = None
    payable: int = 0
    somebody_waits: bool = True


#: Passes, or raises the refusal whose words the disabled item shows.
Policy = Callable[[Facts], None]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """Level 3. It points at its owner's rules and repeats none of them.

    When: `event` is the transition behind it (modelstate's table decides), `during` the states of anything else.
    Who: `permission`, `flag`, `role`; what is missing hides it. Besides: `policies` are business preconditions of the
    moment, `feature` a flag that opens what is announced already; both only disable it, with their own words.
    `caption` says it with a number.
    """

    id: str
    label: str
    icon: str
    category: str
    action: str | None
    event: Event | None = None
    during: StateRule = ALWAYS
    permission: Permission | None = None
    flag: str | None = None
    role: str = PERFORMER
    feature: str | None = None
    policies: tuple[Policy, ...] = ()
    shortcut: str | None = None
    caption: Callable[[Facts], str | None] | None = None

    @property
    def rule(self) -> StateRule:
        """The states that it asks for and those that forbid it."""
        return self.during if self.event is None else RULES[self.event]


@dataclass(frozen=True, slots=True)
class Link:
    """A staff-managed entry, shown in its section beside the registry's items."""

    id: UUID
    title: str
    path: str
    section: str
    public: bool
    new_tab: bool
    parent_id: UUID | None
    help: str


@dataclass(frozen=True, slots=True)
class MenuContext:
    """Everything that a menu depends on; `head` is the item that its "start next" would start."""

    roles: frozenset[str]
    permissions: frozenset[str]
    state: State
    facts: Facts
    head: UUID | None = None
    quick_actions: tuple[str, ...] = ()
    section_order: tuple[str, ...] = ()
    hidden_sections: frozenset[str] = frozenset()
    shortcuts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    version: int = 0
    preferences_version: int = 0
