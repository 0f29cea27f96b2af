"""The environment: bad values are refused with the variable's name and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env, read_env_file


def test_a_missing_secret_is_refused_with_the_way_to_make_one() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY is not set.*token_urlsafe"):
        Env({}).secret("SECRET_KEY")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is too short"):
        Env({"SECRET_KEY": "short"}).secret("SECRET_KEY")


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("yes", True), ("OFF", False), ("0", False), ("", False)])
def test_a_flag_reads_yes_and_no(raw: str, value: bool) -> None:
    assert Env({"DEBUG": raw}).flag("DEBUG", not value) is value


def test_another_word_is_no_flag() -> None:
    with pytest.raises(ImproperlyConfigured, match="DEBUG='maybe'"):
        Env({"DEBUG": "maybe"}).flag("DEBUG", False)


@pytest.mark.parametrize("raw", ["ten", "1.5", "0", "101"])
def test_a_number_out_of_bounds_is_refused(raw: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="POOL"):
        Env({"POOL": raw}).number("POOL", 8, least=1, most=100)


def test_words_are_split_and_trimmed() -> None:
    assert Env({"HOSTS": " a, b ,,"}).words("HOSTS", []) == ["a", "b"]


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("mysql://a/b", "must begin with postgres://"),
        ("postgres://u:p@h:5432", "names no database"),
        ("", "is not set"),
    ],
)
def test_a_bad_database_address_is_refused(url: str, hint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=hint):
        Env({"DATABASE_URL": url}).database("DATABASE_URL")


def test_a_database_address_may_have_odd_signs_and_a_socket() -> None:
    config = Env({"D": "postgres://us%40er:p%2Fw@/menus?host=/run/pg&port=5433"}).database("D")
    assert (config["USER"], config["PASSWORD"], config["HOST"], config["PORT"]) == ("us@er", "p/w", "/run/pg", "5433")


def test_the_local_file_gives_way_to_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local.env").write_text("# made by make run\nA_NAME=file\nB_NAME=file=1\n")
    monkeypatch.setenv("MODEL_MENUS_DATA", str(tmp_path))
    monkeypatch.setenv("A_NAME", "process")
    env = Env.load()
    assert (env.text("A_NAME"), env.text("B_NAME")) == ("process", "file=1")


def test_an_absent_file_is_empty(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / "none") == {}
