"""A viewer's limits in the browser: what holds, what waits, and a word to be typed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Viewer
from compliance.queries import limits_of
from tests.dashboard.support import parts, press, test_ids, text, told

pytestmark = pytest.mark.django_db


def test_limits_are_set_and_a_raise_is_shown_waiting(viewer: Viewer, his: Client) -> None:
    assert parts(press(his, "save-limits", daily="500", weekly="")) == {"limits"}
    answer = press(his, "save-limits", daily="800", weekly="")
    assert "pending-daily" in test_ids(answer)
    assert "on: 800 tokens." in text(answer)
    assert (limits_of(viewer.pk).daily.tokens, limits_of(viewer.pk).weekly.tokens) == (500, None)
    assert 'value="500"' in his.get("/my/limits/").content.decode()


@pytest.mark.parametrize(
    ("name", "value"), [("daily", "-1"), ("weekly", "1.5"), ("daily", "many"), ("daily", "9" * 12)]
)
def test_what_is_no_limit_is_refused_by_field(viewer: Viewer, his: Client, name: str, value: str) -> None:
    answer = press(his, "save-limits", **{"daily": "", "weekly": "", name: value})
    assert told(answer) == (400, "VALIDATION_ERROR")
    assert f'data-field="{name}"' in answer.content.decode()


def test_an_exclusion_needs_its_word(viewer: Viewer, his: Client) -> None:
    assert told(press(his, "exclude-self", days="3", typed="exclude")) == (400, "VALIDATION_ERROR")
    assert limits_of(viewer.pk).excluded_until is None
    assert "excluded-until" in test_ids(press(his, "exclude-self", days="3", typed="EXCLUDE"))
    assert told(press(his, "exclude-self", days="1", typed="EXCLUDE")) == (409, "CANNOT_SHORTEN_SELF_EXCLUSION")


def test_a_press_that_comes_twice_excludes_once(viewer: Viewer, his: Client) -> None:
    key = str(uuid4())
    press(his, "exclude-self", days="3", typed="EXCLUDE", key=key)
    until = limits_of(viewer.pk).excluded_until
    press(his, "exclude-self", days="3", typed="EXCLUDE", key=key)
    assert limits_of(viewer.pk).excluded_until == until
