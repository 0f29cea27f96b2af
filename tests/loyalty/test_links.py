"""Links: one viewer, one member, while they last; made and ended by staff, with a reason."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import AuditEntry
from core import outbox
from core.actors import SYSTEM
from core.exceptions import AlreadyDecided, NotFound, ValidationFailed
from core.ids import uuid7
from core.models import DeadLetter, OutboxMessage
from core.outbox import Message, Undeliverable
from loyalty.exceptions import AlreadyLinked
from loyalty.models import AccountLink
from loyalty.services import link_account, revoke_link
from tests import factories
from tests.audit.test_admin import choose, confirm
from tests.loyalty.conftest import Use
from tests.loyalty.fake_server import FakeServer, Fault
from tests.loyalty.support import breaker_state, deaths, linked_viewer, settle, the_link

pytestmark = pytest.mark.django_db


def link(viewer: object, member: str = "m-1") -> AccountLink:
    return link_account(by=SYSTEM, viewer_id=viewer.pk, member_id=member, reason="test")  # type: ignore[attr-defined]


def test_a_viewer_has_one_member_and_a_member_one_viewer() -> None:
    viewer = factories.viewer()
    link(viewer)
    with pytest.raises(AlreadyLinked):
        link(viewer, "m-2")
    with pytest.raises(AlreadyLinked):
        link(factories.viewer())


def test_what_was_revoked_can_be_linked_again() -> None:
    viewer = factories.viewer()
    revoke_link(by=SYSTEM, link_id=link(viewer).pk, reason="test")
    link(viewer)
    assert AccountLink.objects.filter(viewer=viewer).count() == 2


def test_a_link_is_revoked_once() -> None:
    made = link(factories.viewer())
    revoke_link(by=SYSTEM, link_id=made.pk, reason="test")
    with pytest.raises(AlreadyDecided):
        revoke_link(by=SYSTEM, link_id=made.pk, reason="test")


def test_nobody_and_nothing_are_refused() -> None:
    with pytest.raises(NotFound):
        link_account(by=SYSTEM, viewer_id=uuid7(), member_id="m", reason="test")
    with pytest.raises(NotFound):
        revoke_link(by=SYSTEM, link_id=uuid7(), reason="test")


@pytest.mark.parametrize("member", ["", " ", "a/b", "m@example.com", "x" * 65, "a\n", "-a"])
def test_a_member_id_is_plain(member: str) -> None:
    with pytest.raises(ValidationFailed):
        link(factories.viewer(), member)


def test_links_are_audited_without_the_members_id() -> None:
    made = link(factories.viewer(), "member-77")
    entry = AuditEntry.objects.get(action="loyalty.linked")
    assert (entry.target_id, entry.reason) == (str(made.pk), "test")
    assert "member-77" not in str(entry.after)


def test_the_database_refuses_a_half_revoked_link() -> None:
    made = link(factories.viewer())
    with pytest.raises(IntegrityError, match="loyalty_link_revoked_has_time"), transaction.atomic():
        AccountLink.objects.filter(pk=made.pk).update(active=False)


# --- the staff's pages


def test_staff_make_a_link_with_a_reason() -> None:
    client, viewer = factories.signed_in(factories.staff()), factories.viewer()
    sent = {"viewer": str(viewer.pk), "member_id": "m-9", "audit_reason": "he asked for it"}
    assert client.post(reverse("admin:loyalty_accountlink_add"), sent).status_code == 302
    assert (the_link().viewer_id, the_link().member_id) == (viewer.pk, "m-9")
    assert AuditEntry.objects.get(action="loyalty.linked").reason == "he asked for it"


@pytest.mark.parametrize(
    "wrong", [{"audit_reason": ""}, {"member_id": "a/b"}, {"member_id": "taken"}, {"viewer": str(uuid7())}]
)
def test_a_link_that_is_not_right_shows_the_form_again(wrong: dict[str, str]) -> None:
    link(factories.viewer(), "taken")
    client, viewer = factories.signed_in(factories.staff()), factories.viewer()
    sent = {"viewer": str(viewer.pk), "member_id": "m-9", "audit_reason": "why not"} | wrong
    assert client.post(reverse("admin:loyalty_accountlink_add"), sent).status_code == 200
    assert AccountLink.objects.count() == 1


def test_staff_revoke_a_link_with_a_reason() -> None:
    linked_viewer()
    client = factories.signed_in(factories.staff())
    fields = choose(client, "loyalty_accountlink", "revoke", the_link().pk)
    assert confirm(client, "loyalty_accountlink", fields, reason="") == 422
    assert the_link().active
    assert confirm(client, "loyalty_accountlink", fields, reason="account closed") == 302
    assert not the_link().active


def dead_letter(monkeypatch: pytest.MonkeyPatch) -> DeadLetter:
    def refuse(_message: Message) -> str:
        raise Undeliverable("VALIDATION_FAILED")

    monkeypatch.setattr(outbox, "_channels", {"t": outbox.Channel("t", refuse, lambda: True)})
    outbox.mirror_kinds()
    outbox.put("t", "k1", {})
    outbox.deliver_due()
    return DeadLetter.objects.get()


@pytest.mark.parametrize(("action", "word", "state"), [("retry", "", "waiting"), ("discard", "DISCARD", "discarded")])
def test_staff_decide_about_dead_letters(monkeypatch: pytest.MonkeyPatch, action: str, word: str, state: str) -> None:
    letter, member = dead_letter(monkeypatch), factories.staff()
    client = factories.signed_in(member)
    fields = choose(client, "core_deadletter", action, letter.pk)
    answers = {"reason": "talked to them"} | ({"typed": word} if word else {})
    assert confirm(client, "core_deadletter", fields, **answers) == 302
    letter.refresh_from_db()
    assert (letter.decided_by, letter.reason) == (member.pk, "talked to them")
    assert OutboxMessage.objects.get().state == state
    assert AuditEntry.objects.get(action=f"admin.{action}").reason == "talked to them"


def test_giving_up_wants_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = dead_letter(monkeypatch)
    client = factories.signed_in(factories.staff())
    fields = choose(client, "core_deadletter", "discard", letter.pk)
    assert confirm(client, "core_deadletter", fields, reason="gone", typed="yes") == 422
    assert OutboxMessage.objects.get().state == "dead"


def test_staff_see_the_breaker_and_close_it(strict_server: FakeServer, use: Use) -> None:
    use(strict_server)
    settle(linked_viewer())
    strict_server.inject(Fault("500", status=500, body=b"{}"), times=3)
    outbox.deliver_due()
    client = factories.signed_in(factories.staff())
    assert b"closed" in client.get(reverse("admin:loyalty_breaker_changelist")).content
    fields = choose(client, "loyalty_breaker", "close", "loyalty")
    assert confirm(client, "loyalty_breaker", fields, reason="their outage is over") == 302
    assert (breaker_state(), deaths()) == ("closed", [])
    assert AuditEntry.objects.filter(action="loyalty.breaker_closed").count() == 1


@pytest.mark.parametrize("model", ["core_outboxmessage", "core_deadletter", "loyalty_webhookevent", "loyalty_breaker"])
def test_nobody_edits_what_happened(model: str) -> None:
    client = factories.signed_in(factories.staff(is_superuser=True))
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403
