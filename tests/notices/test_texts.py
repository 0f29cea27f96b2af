"""Every key has its words in both languages; variables are put in once and never read as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exceptions import ValidationFailed
from notices import policies, queries
from notices.models import MessageVersion
from notices.registry import ALIASES, LANGUAGES, MESSAGES, Kind, Message
from notices.rendering import MISSING, render, used_in
from notices.words import WORDS
from queue_app.states import RefundReason

PRODUCT_KEYS = {
    *("slot.spin.started", "slot.spin.winner", "slot.spin.no_win"),
    *("queue.item.created", "queue.item.third_position_notice", "queue.item.completed", "queue.item.refunded"),
    *("queue.item.started", "queue.item.finished", "queue.item.abandoned", "queue.position.updated"),
    *("queue.item.paused", "queue.item.partial", "queue.item.cancelled"),
    *("wallet.escrow.held", "wallet.points.credited", "wallet.payout.requested", "wallet.payout.updated"),
    *("mood.gratitude.public", "mood.reply.private", "system.maintenance"),
    *("queue.item.reversed", "queue.line.left"),  # ADR 21
    *("queue.item.start_due", "queue.intake.paused", "queue.intake.resumed"),
}
SAMPLES = {Kind.TITLE: "Sample", Kind.NUMBER: 12345, Kind.WORD: "timeout"}


def sample(message: Message) -> dict[str, object]:
    return {name: SAMPLES[kind] for name, kind in message.variables.items()}


def test_the_registry_has_the_product_s_keys() -> None:
    assert MESSAGES.keys() | ALIASES.keys() == PRODUCT_KEYS


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(PRODUCT_KEYS))
def test_every_key_is_said_in_every_language_with_all_its_variables(key: str, language: str) -> None:
    message = MESSAGES[ALIASES.get(key, key)]
    words = queries.say(key, sample(message), language).text
    assert MISSING not in words
    assert "{" not in words
    for name, kind in message.variables.items():
        assert {Kind.TITLE: "Sample", Kind.NUMBER: "12", Kind.WORD: WORDS[language]["timeout"]}[kind] in words, name


@pytest.mark.django_db
def test_every_text_that_is_shown_would_be_accepted_today() -> None:
    shown = MessageVersion.objects.filter(active=True)
    assert {(row.key, row.language) for row in shown} == {(key, name) for key in MESSAGES for name in LANGUAGES}
    for row in shown:
        assert policies.check_text(key=row.key, language=row.language, text=row.text) == row.text


@pytest.mark.django_db
def test_the_languages_differ() -> None:
    said = {language: queries.say("queue.item.started", {"title": "X"}, language).text for language in LANGUAGES}
    assert said["en"] != said["es"]


@pytest.mark.django_db
def test_a_key_that_is_not_there_has_no_words() -> None:
    with pytest.raises(KeyError):
        queries.say("queue.item.nothing", {}, "en")


def test_numbers_are_written_as_the_language_does() -> None:
    kinds = {"tokens": Kind.NUMBER}
    assert [render("{tokens}", kinds, {"tokens": 1234567}, name) for name in ("en", "es")] == ["1,234,567", "1.234.567"]


def test_every_reason_of_a_refund_has_words() -> None:
    for language in LANGUAGES:
        assert set(RefundReason.values) <= WORDS[language].keys()


def test_a_code_without_words_is_shown_as_it_reads() -> None:
    assert render("{reason}", {"reason": Kind.WORD}, {"reason": "sun_storm"}, "es") == "sun storm"


@pytest.mark.parametrize("hostile", ["{tokens}", "{title}", "{0.__class__}", "%(x)s", "$x", "{{x}}"])
def test_a_variable_is_never_read_as_text(hostile: str) -> None:
    words = render("<{title}>", {"title": Kind.TITLE, "tokens": Kind.NUMBER}, {"title": hostile, "tokens": 9}, "en")
    assert words == f"<{hostile}>"


def test_a_title_stays_on_its_line_and_turns_nothing_round() -> None:
    words = render("{title}!", {"title": Kind.TITLE}, {"title": "a\r\nb\u202e\u0000c"}, "en")
    assert words == "a b c!"


def test_what_is_missing_shows_as_missing() -> None:
    assert render("{title} {other}", {"title": Kind.TITLE}, {"other": "no"}, "en") == f"{MISSING} {MISSING}"


@given(st.text(max_size=200), st.text(max_size=50))
def test_no_text_and_no_title_break_rendering(text: str, title: str) -> None:
    words = render(text, {"title": Kind.TITLE}, {"title": title}, "en")
    if not used_in(text):
        assert words == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        ("   ", "blank"),
        ("“{title}” " + "x" * 300, "max_length"),
        ("Hello", "missing_variable"),
        ("{title} {tokens}", "unknown_variable"),
        ("{title} {title.__class__}", "markup"),
        ("{title} {", "markup"),
        ("{title} {0}", "markup"),
        ("<b>{title}</b>", "markup"),
        ("{title} [x](y)", "markup"),
        ("{title}\nline", "markup"),
        ("{title}\u202e", "markup"),
    ],
)
def test_texts_that_do_not_fit_are_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        policies.check_text(key="queue.item.started", language="en", text=text)
    assert code in {error.code for error in refused.value.errors}


@pytest.mark.parametrize(
    ("key", "language", "attr"),
    [
        ("no.such.key", "en", "key"),
        ("queue.item.completed", "en", "key"),  # an alias has no text of its own
        ("queue.item.started", "fr", "language"),
    ],
)
def test_texts_for_nothing_are_refused(key: str, language: str, attr: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        policies.check_text(key=key, language=language, text="{title}")
    assert [error.attr for error in refused.value.errors] == [attr]
