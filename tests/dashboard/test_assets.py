"""Vendored files, template rules, and that everything on the menu leads somewhere."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from dashboard.actions import ROUTES
from frontend import lint_templates, vendor
from menus.registry import ACTIONS, ITEMS, SECTIONS
from tests.menus.support import FEATURES_OPEN

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (vendor.TARGET / vendor.SPRITE).read_text()))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of static/vendor that a test may spoil."""
    folder = tmp_path / "vendor"
    shutil.copytree(vendor.TARGET, folder)
    monkeypatch.setattr(vendor, "TARGET", folder)
    return folder


def test_vendored_files_are_the_recorded_ones() -> None:
    assert vendor.problems() == []


def test_one_changed_byte_is_found(copy: Path) -> None:
    file = copy / "htmx.min.js"
    file.write_bytes(file.read_bytes()[:-1] + b" ")
    assert vendor.problems() == ["changed: htmx.min.js"]


def test_a_stray_file_is_found(copy: Path) -> None:
    (copy / "extra.js").write_text("1")
    assert vendor.problems() == ["not in the lock: extra.js"]


def test_a_missing_file_is_found(copy: Path) -> None:
    (copy / "tinykeys.js").unlink()
    assert vendor.problems() == ["missing: tinykeys.js"]


def test_a_version_that_was_not_vendored_is_found(copy: Path) -> None:
    lock = json.loads((copy / vendor.LOCK).read_text())
    lock["packages"][0]["version"] = "0.0.1"
    (copy / vendor.LOCK).write_text(json.dumps(lock))
    assert len(vendor.problems()) == 1


def test_no_vendored_script_names_a_source_map() -> None:
    assert not [path.name for path in vendor.TARGET.glob("*.js") if "sourceMappingURL" in path.read_text()]


def test_lock_files_name_no_address() -> None:
    assert "http" not in (vendor.HERE / "package-lock.json").read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_template_keeps_the_content_policy(path: Path) -> None:
    assert list(lint_templates.problems(path.read_text())) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<p style="color:red">', "inline style"),
        ("<style>p {}</style>", "inline style"),
        ('<a onclick="go()">', "inline handler"),
        ('<a hx-on:click="go()">', "hx-on"),
        ('<a href="javascript:go()">', "script value"),
        ("<a hx-vals='js:{a: 1}'>", "script value"),
        ('<a hx-trigger="click[ctrlKey]">', "trigger filter"),
        ('<script src="https://elsewhere/x.js" nonce="n"></script>', "foreign address"),
        ("<script nonce='n'>go()</script>", "inline script"),
        ('<script src="x.js"></script>', "script without source or nonce"),
        ("{{ name|safe }}", "unescaped output"),
    ],
)
def test_lint_finds(text: str, problem: str) -> None:
    assert problem in [name for _line, name in lint_templates.problems(f"<p>\n{text}")]


def test_lint_tells_the_line() -> None:
    assert list(lint_templates.problems('<p>\n\n<p style="x">')) == [(3, "inline style")]


def test_lint_passes_over_comments() -> None:
    assert list(lint_templates.problems('{# <p style="x"> #}{% comment %}<style>{% endcomment %}')) == []


def test_every_action_leads_somewhere_or_is_announced_only() -> None:
    """What has no page here is behind a feature flag that is off until its room is built."""
    nowhere = {item.id for item in ITEMS if item.action in ACTIONS - ROUTES.keys()}
    assert nowhere == {item.id for item in ITEMS if item.feature and item.action not in ROUTES}
    assert {item.feature for item in ITEMS if item.id in nowhere} <= FEATURES_OPEN


def test_every_route_belongs_to_an_action() -> None:
    assert ROUTES.keys() <= ACTIONS


@pytest.mark.parametrize("action", sorted(ROUTES))
def test_route_has_an_address(action: str) -> None:
    assert ROUTES[action].address.startswith("/")


def test_every_icon_of_the_menu_is_in_the_sprite() -> None:
    assert {item.icon for item in ITEMS} | {section.icon for section in SECTIONS} <= SPRITE


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    assert named <= SPRITE
