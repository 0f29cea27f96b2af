"""What one request has read: each thing once, however many regions of the page show it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.access import Access, access_of
from accounts.actors import actor_of
from accounts.queries import NAMELESS, Names, names_of, performer
from compliance.queries import Limits, limits_of
from core.exceptions import NotFound
from dashboard.actions import Subjects
from dashboard.frame import Shell
from dashboard.presenters import limits, money, payouts, session, settings, viewing
from dashboard.presenters import notices as notice_words
from dashboard.presenters import shell as shell_words
from menus.builder import Menu, build
from menus.definitions import MenuContext
from menus.queries.menu import context_for, preferences_of
from menus.queries.offers import offers_of
from modelstate.queries import StateView, get_state
from notices.queries import language_of, notices_of, unread_count, worded
from payouts.queries import newest_payouts, standing_of, verification_of
from queue_app import services
from queue_app.queries import ItemView, QueueView, intake_of, open_items_of, queue_of, snapshot_of
from queue_app.services import Preview
from wallet.queries import Balance, balance_of

if TYPE_CHECKING:
    from accounts.models import User

LATEST_PAYOUTS = 5
NOTICES = 25  # a page of the notification centre


class Facts:
    """Everything about the signed-in account that pages and regions print.

    `at` is the open page's path; `room_id` the performer whose room it is, if it is one; `accepted` the languages
    that the browser asks for.
    """

    def __init__(self, user: User, at: str = "", room_id: UUID | None = None, accepted: str = "") -> None:
        self.user = user
        self.at = at
        self.room_id = room_id
        self.accepted = accepted

    @property
    def id(self) -> UUID:
        """The account's id."""
        return self.user.pk

    @cached_property
    def access(self) -> Access:
        """Roles, permissions, flags."""
        return access_of(self.user)

    @property
    def performs(self) -> bool:
        """Whether she is a performer."""
        return "performer" in self.access.roles

    @cached_property
    def menu(self) -> Menu:
        """Her menu now."""
        return build(self.menu_context)

    @cached_property
    def menu_context(self) -> MenuContext:
        """What her menu follows from."""
        return context_for(self.user)

    @cached_property
    def state(self) -> StateView:
        """Her state now."""
        return get_state(self.id)

    @property
    def subjects(self) -> Subjects:
        """The items that actions name: what she performs now, and what is next."""
        work = self.state.current_performance
        return Subjects(running=None if work is None else work.id, head=self.menu_context.head)

    @cached_property
    def preview(self) -> Preview | None:
        """What ending the running item would settle; None where nothing runs any more."""
        running = self.queue.running
        return None if running is None else services.preview_if_running(by=actor_of(self.user), item_id=running.id)

    @cached_property
    def queue(self) -> QueueView:
        """What was paid for her and waits or runs."""
        return queue_of(self.id)

    @cached_property
    def line_wait_seconds(self) -> int | None:
        """How long until there is work for her; None where she is not in the line."""
        return snapshot_of(self.id)["estimatedWaitTime"] if self.state.in_queue else None

    @cached_property
    def items(self) -> list[ItemView]:
        """A viewer's items that wait or run."""
        return open_items_of(self.id)

    @cached_property
    def balance(self) -> Balance | None:
        """Tokens, where she may see them."""
        return balance_of(self.id) if "READ_WALLET" in self.access.permissions else None

    @property
    def name(self) -> str:
        """What she is called on the screen."""
        names = self.names.get(self.id, NAMELESS)
        return (names.stage_name if self.performs else names.alias) or self.user.username

    @cached_property
    def names(self) -> dict[UUID, Names]:
        """Hers, and of everybody whose name the page shows: one statement."""
        read = self.__dict__
        others = {item.viewer_id for item in self.queue.items} if "queue" in read else set()
        others |= {item.performer_id for item in self.items if item.performer_id} if "items" in read else set()
        return names_of({self.id, *others})

    def shell(self, *steps: tuple[str, str]) -> Shell:
        """The frame of a page; each part is read when the template prints it."""
        return Shell(self, shell_words.crumbs(*steps) if steps else ())

    def versions(self) -> dict[str, int]:
        """The versions of the things that an answer or page shows."""
        if self.performs:
            # Read in two statements: the older of the two is what the page surely shows.
            state = min(self.menu.version, self.state.version) if "state" in self.__dict__ else self.menu.version
            known = {f"preferences:{self.id}": self.menu.preferences_version, f"state:{self.id}": state}
            if "queue" in self.__dict__:
                known[f"queue:{self.id}"] = self.queue.version
            return known
        known = {f"wallet:{self.id}": self.balance.version} if self.balance else {}
        if "items" in self.__dict__:
            known |= {f"item:{item.id}": item.version for item in self.items}
        return known

    def limits_card(self) -> limits.LimitsCard:
        """What he allows himself."""
        return limits.limits_card(self.limits)

    @cached_property
    def limits(self) -> Limits:
        """What he allows himself, and what he has spent of it; one statement."""
        return limits_of(self.id)

    def request_form(self) -> viewing.RequestForm:
        """Asking for whoever is next."""
        return viewing.request_form(self.limits, self.items)

    def stage(self) -> session.StageView:
        """The card of her state, and the running performance."""
        return session.stage(self.menu, self.state, self.queue, self._booker, self.line_wait_seconds, self.preview)

    def queue_card(self) -> session.QueueCard:
        """The list of what was paid for her."""
        return session.queue_card(self.menu, self.queue, self._booker)

    def _booker(self, item: ItemView) -> str:
        return self.names.get(item.viewer_id, NAMELESS).alias or session.SOMEBODY

    def preferences_form(self) -> settings.PreferencesForm:
        """What she chose for her menu."""
        return settings.preferences_form(preferences_of(self.id))

    @cached_property
    def unread(self) -> int:
        """How many notices she has not read."""
        return unread_count(self.id)

    @cached_property
    def language(self) -> str:
        """The language in which she is told things."""
        return language_of(self.id, self.accepted)

    def notices(self, before: UUID | None = None) -> notice_words.NoticeList:
        """A page of what she was told: the newest ones, or those before one of them."""
        rows = notices_of(self.id)
        found = list((rows.filter(pk__lt=before) if before else rows)[: NOTICES + 1])
        shown = found[:NOTICES]
        older = str(shown[-1].pk) if len(found) > NOTICES else ""
        told = worded(shown, self.language)
        return notice_words.notice_list(told, unread=self.unread, older=older, live=before is None)

    def wallet_card(self) -> money.WalletCard | None:
        """Her tokens, or nothing where she may not see them."""
        return money.wallet_card(self.balance, performs=self.performs) if self.balance else None

    def payouts_card(self) -> payouts.PayoutsCard | None:
        """Her payouts, or nothing where she may not ask for any."""
        if not self.performs or "REQUEST_PAYOUT" not in self.access.permissions:
            return None
        standing = standing_of(self.id)
        wish = verification_of(self.id, verified=standing.verified)
        return payouts.payouts_card(self.access.flags, standing, newest_payouts(self.id, LATEST_PAYOUTS), wish)

    def my_items(self) -> viewing.MyItems:
        """A viewer's place in the queues he paid for."""
        return viewing.my_items(self.items, self._performer_of)

    def _performer_of(self, item: ItemView) -> str:
        if item.performer_id is None:
            return viewing.WHOEVER_IS_NEXT
        return self.names.get(item.performer_id, NAMELESS).stage_name or viewing.SOMEBODY

    @cached_property
    def room(self) -> viewing.RoomView:
        """The open room as this viewer may see it; raises NotFound where there is none."""
        found = performer(self.room_id) if self.room_id else None
        if found is None:
            raise NotFound()
        state, intake = get_state(found.pk).state, intake_of(found.pk)
        return viewing.room_view(found, state, offers_of(found.pk, self.id), self.limits, intake)
