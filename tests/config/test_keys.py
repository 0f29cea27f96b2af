"""Secrets are made once, kept private, and handed to the commands beside a running product."""

import stat
from pathlib import Path

import pytest

from config import keys
from config.env import read_env_file
from config.place import CannotStart
from core.files import write_private


def test_secrets_are_long_different_and_kept(tmp_path: Path) -> None:
    made = keys.load_or_make(tmp_path)

    assert keys.load_or_make(tmp_path) == made
    assert len(set(made.values())) == len(made)
    assert all(len(made[name]) >= 32 for name in made)


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    keys.load_or_make(tmp_path)
    keys.write_local_env(tmp_path, {"SECRET_KEY": "x"})

    for name in ("secrets.json", "local.env"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_secret_that_is_new_joins_the_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = keys.load_or_make(tmp_path)
    monkeypatch.setattr(keys, "PASSWORDS", (*keys.PASSWORDS, "newcomer"))

    new = keys.load_or_make(tmp_path)

    assert new.keys() - old.keys() == {"newcomer"}
    assert {name: new[name] for name in old} == old


def test_damaged_secrets_are_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{half")

    with pytest.raises(CannotStart, match="damaged"):
        keys.load_or_make(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{half"


def test_local_env_reads_back_as_it_was_written(tmp_path: Path) -> None:
    values = {"DATABASE_URL": "postgres://app:p%40ss@/menus?host=/a b", "SECRET_KEY": "a=b=c"}

    path = keys.write_local_env(tmp_path, values)

    assert read_env_file(path) == values


def test_an_interrupted_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    write_private(path, "old")
    (tmp_path / "secrets.json.new").write_text("half of the n")

    write_private(path, "new")

    assert path.read_text() == "new"
    assert [found.name for found in tmp_path.iterdir()] == ["secrets.json"]
