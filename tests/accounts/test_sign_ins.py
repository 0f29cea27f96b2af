"""Sign-ins: how long they last, what ends them, who is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import hooks, queries, services
from accounts.exceptions import SignInRefused
from accounts.models import EndReason, Performer, SignIn, SignInKind, SocketTicket, User
from audit.models import AuditEntry
from core.actors import SYSTEM, Actor
from modelstate.exceptions import CannotSignOutDuringPerformance
from tests import factories

pytestmark = pytest.mark.django_db


class Listener:
    """Hears of comings and goings, and refuses the goings when told to."""

    def __init__(self) -> None:
        self.came: list[UUID] = []
        self.left: list[tuple[UUID, bool]] = []
        self.refuses = False

    def signed_in(self, *, by: Actor, performer_id: UUID) -> None:
        self.came.append(performer_id)

    def last_sign_out(self, *, by: Actor, performer_id: UUID, forced: bool) -> None:
        if self.refuses and not forced:
            raise CannotSignOutDuringPerformance()
        self.left.append((performer_id, forced))


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """Registered alone, so that other rooms' hooks do not take part."""
    heard = Listener()
    monkeypatch.setattr(hooks, "_signed_in", [])
    monkeypatch.setattr(hooks, "_last_sign_out", [])
    hooks.on_signed_in(heard.signed_in)
    hooks.on_last_sign_out(heard.last_sign_out)
    return heard


def come(performer: Performer) -> SignIn:
    """A new sign-in of hers."""
    return services.open_sign_in(user=performer.user, kind=SignInKind.TOKEN)


def leave(sign_in: SignIn, *, forced: bool = False) -> bool:
    """End it."""
    return services.end_sign_in(by=factories.actor(sign_in.user), sign_in_id=sign_in.pk, forced=forced)


def move(sign_in: SignIn, **deadlines: timedelta) -> None:
    """Let a sign-in's deadlines lie this far from now."""
    SignIn.objects.filter(pk=sign_in.pk).update(**{name: Now() + away for name, away in deadlines.items()})


def test_each_sign_in_of_a_performer_is_told(listener: Listener) -> None:
    performer = factories.performer()
    come(performer)
    come(performer)
    assert listener.came == [performer.pk, performer.pk]


def test_a_password_that_changes_meanwhile_opens_nothing() -> None:
    checked = factories.viewer().user
    services.set_password(by=SYSTEM, user=User.objects.get(pk=checked.pk), password="another-one-9", reason="stolen")
    with pytest.raises(SignInRefused):
        services.open_sign_in(user=checked, kind=SignInKind.TOKEN)
    assert queries.open_sign_ins(checked.pk) == []


def test_sign_ins_of_others_concern_nobody(listener: Listener) -> None:
    sign_in = services.open_sign_in(user=factories.viewer().user, kind=SignInKind.TOKEN)
    leave(sign_in)
    assert (listener.came, listener.left) == ([], [])


def test_only_her_last_sign_out_is_told(listener: Listener) -> None:
    performer = factories.performer()
    first, second = come(performer), come(performer)
    leave(first)
    assert listener.left == []
    leave(second)
    assert listener.left == [(performer.pk, False)]


def test_a_refused_sign_out_ends_nothing(listener: Listener) -> None:
    sign_in = come(factories.performer())
    listener.refuses = True
    with pytest.raises(CannotSignOutDuringPerformance):
        leave(sign_in)
    assert queries.open_sign_in(sign_in.pk, SignInKind.TOKEN) is not None


def test_the_refusal_reaches_page_and_api_with_the_same_code(listener: Listener) -> None:
    performer = factories.performer()
    page, api = factories.signed_in(performer), factories.bearer(performer)
    SignIn.objects.filter(kind=SignInKind.TOKEN).update(idle_until=Now())
    listener.refuses = True
    refused = page.post("/logout/")
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (409, CannotSignOutDuringPerformance.code)
    SignIn.objects.filter(kind=SignInKind.TOKEN).update(idle_until=Now() + timedelta(hours=1))
    SignIn.objects.filter(kind=SignInKind.SESSION).update(idle_until=Now())
    answer = api.post("/api/v1/auth/logout")
    assert (answer.status_code, answer.json()["error"]) == (409, CannotSignOutDuringPerformance.code)


def test_while_performing_she_may_still_leave_all_but_the_last(listener: Listener) -> None:
    performer = factories.performer()
    first, _ = come(performer), come(performer)
    listener.refuses = True
    assert leave(first)


def test_a_forced_sign_out_is_never_refused(listener: Listener) -> None:
    sign_in = come(factories.performer())
    listener.refuses = True
    assert leave(sign_in, forced=True)
    assert listener.left == [(sign_in.user_id, True)]


def test_ending_twice_is_told_once(listener: Listener) -> None:
    sign_in = come(factories.performer())
    assert leave(sign_in)
    assert not leave(sign_in)
    assert len(listener.left) == 1


def test_a_sign_in_that_was_forgotten_does_not_count_as_another_one(listener: Listener) -> None:
    performer = factories.performer()
    forgotten, current = come(performer), come(performer)
    move(forgotten, idle_until=-timedelta(seconds=1))
    leave(current)
    assert listener.left == [(performer.pk, False)]


def test_a_hook_registered_twice_is_called_once(listener: Listener) -> None:
    hooks.on_signed_in(listener.signed_in)
    come(factories.performer())
    assert len(listener.came) == 1


def test_ending_an_unknown_sign_in_is_no_error() -> None:
    assert not services.end_sign_in(by=SYSTEM, sign_in_id=UUID(int=0))


def test_performers_idle_for_half_an_hour_and_stay_half_a_day() -> None:
    sign_in = come(factories.performer())
    assert sign_in.idle_until - sign_in.started_at == timedelta(minutes=30)
    assert sign_in.ends_at - sign_in.started_at == timedelta(hours=12)


def test_viewers_stay_longer_but_a_viewer_on_the_staff_does_not() -> None:
    viewer = factories.viewer()
    longer = services.open_sign_in(user=viewer.user, kind=SignInKind.TOKEN)
    assert longer.ends_at - longer.started_at == timedelta(seconds=settings.SIGN_IN_LIMITS["viewer"][1])
    services.make_staff(by=SYSTEM, user=viewer.user)
    shorter = services.open_sign_in(user=viewer.user, kind=SignInKind.TOKEN)
    assert shorter.ends_at - shorter.started_at == timedelta(hours=12)


@pytest.mark.parametrize("client_of", [factories.signed_in, factories.bearer])
def test_who_was_idle_too_long_signs_in_again(client_of: object) -> None:
    assert callable(client_of)
    client = client_of(factories.performer())
    assert client.get("/api/v1/me").status_code == 200
    SignIn.objects.update(idle_until=Now())
    assert client.get("/api/v1/me").status_code == 401


def test_being_seen_moves_the_idle_deadline_but_never_past_the_end() -> None:
    sign_in = come(factories.performer())
    move(sign_in, last_seen_at=-timedelta(minutes=2), idle_until=timedelta(seconds=5), ends_at=timedelta(seconds=90))
    assert services.touch_sign_ins([sign_in.pk]) == {sign_in.pk}
    sign_in.refresh_from_db()
    assert sign_in.idle_until == sign_in.ends_at
    assert not sign_in.touch_due


def test_a_request_counts_as_being_seen() -> None:
    client = factories.signed_in(factories.performer())
    SignIn.objects.update(last_seen_at=Now() - timedelta(minutes=5), idle_until=Now() + timedelta(seconds=5))
    client.get("/api/v1/me")
    assert SignIn.objects.get().idle_until - SignIn.objects.get().last_seen_at == timedelta(minutes=30)


def test_a_request_counts_as_being_seen_also_where_this_clock_has_gone_back() -> None:
    client = factories.signed_in(factories.performer())
    SignIn.objects.update(last_seen_at=Now() + timedelta(hours=2), idle_until=Now() + timedelta(seconds=5))
    client.get("/api/v1/me")
    sign_in = SignIn.objects.get()
    assert sign_in.last_seen_at < timezone.now()
    assert sign_in.idle_until - sign_in.last_seen_at == timedelta(minutes=30)


def test_who_is_out_cannot_be_seen_back_in() -> None:
    idle, ended = come(factories.performer()), come(factories.performer())
    move(idle, idle_until=-timedelta(seconds=1))
    leave(ended)
    assert services.touch_sign_ins([idle.pk, ended.pk]) == frozenset()


def test_the_sweeper_ends_what_ran_out_and_nothing_else(listener: Listener) -> None:
    performer = factories.performer()
    over, open_one = come(performer), come(factories.performer())
    move(over, idle_until=-timedelta(seconds=1))
    listener.refuses = True
    assert services.end_overdue_sign_ins() == 1
    assert SignIn.objects.get(pk=over.pk).end_reason == EndReason.TIMED_OUT
    assert SignIn.objects.get(pk=open_one.pk).ended_at is None
    assert listener.left == [(performer.pk, True)]
    assert services.end_overdue_sign_ins() == 0


def test_closing_an_account_ends_its_sign_ins_and_its_sessions() -> None:
    performer = factories.performer(password=factories.PASSWORD)
    browser, api = factories.signed_in(performer), factories.bearer(performer)
    services.set_active(by=SYSTEM, user_id=performer.pk, active=False, reason="asked for it")
    assert browser.get("/api/v1/me").status_code == api.get("/api/v1/me").status_code == 401
    assert not Session.objects.exists()
    services.set_active(by=SYSTEM, user_id=performer.pk, active=True, reason="came back")
    assert browser.get("/api/v1/me").status_code == api.get("/api/v1/me").status_code == 401


def test_a_new_password_ends_sign_ins_made_with_the_old_one() -> None:
    viewer = factories.viewer()
    browser, api = factories.signed_in(viewer), factories.bearer(viewer)
    services.set_password(by=SYSTEM, user=viewer.user, password="a longer one than before", reason="lost")
    assert browser.get("/api/v1/me").status_code == api.get("/api/v1/me").status_code == 401


def test_a_session_from_before_a_changed_password_is_worth_nothing_even_without_the_service() -> None:
    viewer = factories.viewer()
    browser = factories.signed_in(viewer)
    viewer.user.set_password("changed elsewhere")
    viewer.user.save()
    assert browser.get("/api/v1/me").status_code == 401


def test_comings_and_goings_are_audited_without_names() -> None:
    performer = factories.performer("wanda")
    leave(come(performer))
    opened, ended = AuditEntry.objects.filter(target_type="sign_in").order_by("id")
    assert (opened.action, ended.action) == ("sign_in.opened", "sign_in.ended")
    assert opened.actor_id == ended.actor_id == str(performer.pk)
    assert ended.after == {"outcome": "signed_out"}
    assert "wanda" not in str([vars(opened), vars(ended)])


def test_expired_things_are_swept() -> None:
    factories.signed_in(factories.viewer())
    factories.tokens(factories.viewer())
    services.sweep_expired()
    assert Session.objects.exists()
    assert OutstandingToken.objects.exists()
    Session.objects.update(expire_date=Now())
    OutstandingToken.objects.update(expires_at=Now())
    SocketTicket.objects.create(digest=b"x", sign_in=SignIn.objects.latest("id"), expires_at=Now())
    services.sweep_expired()
    assert not Session.objects.exists()
    assert not OutstandingToken.objects.exists()
    assert not SocketTicket.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"session_key": "x"}, "accounts_signin_session_has_key"),
        ({"ended_at": Now()}, "accounts_signin_end_has_reason"),
        ({"end_reason": "revoked"}, "accounts_signin_end_has_reason"),
        ({"idle_until": Now() + timedelta(days=400)}, "accounts_signin_idle_within_end"),
    ],
)
def test_the_database_refuses_a_sign_in_that_contradicts_itself(change: dict[str, object], constraint: str) -> None:
    sign_in = come(factories.performer())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SignIn.objects.filter(pk=sign_in.pk).update(**change)


def test_names_that_differ_in_case_alone_are_the_same_name() -> None:
    factories.account("vera")
    with pytest.raises(IntegrityError, match="accounts_user_name_ignores_case"), transaction.atomic():
        factories.account("Vera")
    assert User.objects.get_by_natural_key("VERA").username == "vera"
