"""Links that staff put on the menu: a tree without loops, ordered without conflicts, shown in their section."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from core.exceptions import NotFound, PermissionDenied, ValidationFailed
from menus.exceptions import LinkLoops
from menus.models import StaffLink
from menus.queries.menu import menu_for
from menus.services.links import remove_link, save_link
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return factories.staff()


def save(staff: User, link: StaffLink | None = None, **changes: Any) -> StaffLink:  # noqa: ANN401 - fields of a link
    """Staff add a link or change one."""
    fields = {"title": "News", "path": "/help/", "section": "support"} | changes if link is None else changes
    return save_link(by=factories.actor(staff), link_id=link.pk if link else None, fields=fields, reason="Asked for")


def titles(*, section: str = "support", parent: StaffLink | None = None) -> list[str]:
    """The titles of siblings in order."""
    rows = StaffLink.objects.filter(section=section, parent=parent).order_by("ordering")
    return list(rows.values_list("title", flat=True))


def shown_to(user: User, section: str = "support") -> list[str]:
    """The labels of the links in a section of her menu."""
    sections = {found.id: found.items for found in menu_for(user).sections}
    return [view.label for view in sections.get(section, ()) if view.action == "openLink"]


def test_a_link_stands_in_its_section_beside_the_registrys_items(staff: User) -> None:
    link = save(staff, title="Rules", path="https://example.org/rules", internal=False, is_open_new_tab=True)
    menu = menu_for(factories.performer().user)
    view = menu.item(f"link-{link.pk}")
    assert view is not None
    assert (view.label, view.href, view.new_tab, view.action) == (
        "Rules", "https://example.org/rules", True, "openLink",
    )  # fmt: skip
    assert [section.items[-1] for section in menu.sections if section.id == "support"] == [view]
    assert menu.item("help") is not None


def test_without_a_place_a_link_goes_behind_its_siblings(staff: User) -> None:
    for title in "ABC":
        save(staff, title=title)
    assert titles() == ["A", "B", "C"]


def test_a_place_in_between_moves_the_others_on(staff: User) -> None:
    for title in "ABC":
        save(staff, title=title)
    save(staff, title="X", ordering=2)
    assert titles() == ["A", "X", "B", "C"]


def test_a_link_can_be_moved(staff: User) -> None:
    links = [save(staff, title=title) for title in "ABC"]
    save(staff, links[2], ordering=1)
    assert titles() == ["C", "A", "B"]


def test_each_parent_and_section_counts_for_itself(staff: User) -> None:
    parent = save(staff, title="Parent")
    child = save(staff, title="Child", parent=parent)
    other = save(staff, title="Elsewhere", section="queue")
    assert {parent.ordering, child.ordering, other.ordering} == {1}


def test_the_menu_shows_parents_before_their_children(staff: User) -> None:
    first, second = save(staff, title="1"), save(staff, title="2")
    save(staff, title="2.1", parent=second)
    one = save(staff, title="1.1", parent=first)
    save(staff, title="1.1.1", parent=one)
    assert shown_to(factories.performer().user) == ["1", "1.1", "1.1.1", "2", "2.1"]


def test_a_link_cannot_be_above_itself(staff: User) -> None:
    top = save(staff, title="1")
    middle = save(staff, title="1.1", parent=top)
    low = save(staff, title="1.1.1", parent=middle)
    for parent in (top, middle, low):
        with pytest.raises(LinkLoops) as caught:
            save(staff, top, parent=parent)
        assert caught.value.errors[0].attr == "parent"
    assert titles(parent=top) == ["1.1"]


def test_a_link_that_is_not_public_is_for_staff(staff: User) -> None:
    save(staff, title="Secret", public=False)
    assert shown_to(factories.performer().user) == []
    both = factories.performer(is_staff=True)
    assert shown_to(both.user) == ["Secret"]


def test_a_child_of_a_hidden_link_is_hidden(staff: User) -> None:
    parent = save(staff, title="Secret", public=False)
    save(staff, title="Child", parent=parent)
    assert shown_to(factories.performer().user) == []


def test_a_link_does_not_open_a_section_that_is_shut(staff: User) -> None:
    save(staff, title="Money", section="financial")
    save(staff, title="Internals", section="admin")
    performer = factories.performer()
    factories.shut_flag(performer.user, "section.financial")
    assert shown_to(performer.user, "financial") == shown_to(performer.user, "admin") == []


def test_removing_a_link_moves_its_children_up(staff: User) -> None:
    top = save(staff, title="1")
    middle = save(staff, title="1.1", parent=top)
    save(staff, title="1.1.1", parent=middle)
    remove_link(by=factories.actor(staff), link_id=middle.pk, reason="Old")
    assert titles(parent=top) == ["1.1.1"]


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"path": "javascript:alert(1)"}, "path"),
        ({"path": "//evil.example"}, "path"),
        ({"path": "/\\evil.example"}, "path"),
        ({"path": "help"}, "path"),
        ({"path": "/with space"}, "path"),
        ({"path": "https://example.org"}, "path"),
        ({"path": "/help/", "internal": False}, "path"),
        ({"path": "ftp://example.org", "internal": False}, "path"),
        ({"path": "https://", "internal": False}, "path"),
        ({"section": "moon"}, "section"),
        ({"title": "  "}, "title"),
    ],
)
def test_what_a_menu_cannot_show_is_refused(staff: User, changes: dict[str, Any], attr: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        save(staff, **changes)
    assert caught.value.errors[0].attr == attr
    assert not StaffLink.objects.exists()


def test_a_parent_stands_in_the_same_section(staff: User) -> None:
    parent = save(staff, section="queue")
    with pytest.raises(ValidationFailed) as caught:
        save(staff, section="support", parent=parent)
    assert caught.value.errors[0].code == "other_section"


def test_the_database_refuses_it_first(staff: User) -> None:
    link = save(staff)
    broken: list[dict[str, Any]] = [
        {"parent": link.pk},
        {"path": "javascript:alert(1)"},
        {"path": "//evil.example"},
        {"section": "moon"},
    ]
    for change in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffLink.objects.filter(pk=link.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffLink.objects.create(title="Twin", path="/", section="support", ordering=link.ordering)


def test_only_staff_with_a_reason(staff: User) -> None:
    performer = factories.actor(factories.performer())
    fields = {"title": "Mine", "path": "/", "section": "support"}
    with pytest.raises(PermissionDenied):
        save_link(by=performer, link_id=None, fields=fields, reason="Mine")
    with pytest.raises(ValidationFailed):
        save_link(by=factories.actor(staff), link_id=None, fields=fields, reason=" ")
    with pytest.raises(NotFound):
        save_link(by=factories.actor(staff), link_id=uuid4(), fields=fields, reason="Lost")


def test_changes_leave_a_trace(staff: User) -> None:
    link = save(staff)
    save(staff, link, public=False)
    remove_link(by=factories.actor(staff), link_id=link.pk, reason="Old")
    entries = AuditEntry.objects.filter(target_id=str(link.pk)).order_by("id")
    assert [entry.action for entry in entries] == ["menus.link.saved", "menus.link.saved", "menus.link.removed"]
    assert entries[1].before == {"section": "support", "public": True, "ordering": 1}
