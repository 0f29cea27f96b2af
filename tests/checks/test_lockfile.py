"""The lock file must be what pyproject.toml asks for."""

import tomllib

import pytest

from checks import lockfile

PROJECT = tomllib.loads(
    '[project]\ndependencies = ["Some_Thing[extra]>=2,<3"]\n[dependency-groups]\ndev = ["helper"]\n'
)
HASH = " \\\n    --hash=sha256:" + "0" * 64 + "\n"
GOOD = f"helper==1.0{HASH}some-thing==2.5 ; python_version >= '3.11'{HASH}"


def test_a_lock_that_fits_is_fine() -> None:
    assert list(lockfile.problems(PROJECT, GOOD)) == []


@pytest.mark.parametrize(
    ("lock", "problem"),
    [
        (GOOD.replace("some-thing", "other-thing"), "Some_Thing is not locked"),
        (GOOD.replace("==2.5", "==3.0"), "3.0 is locked"),
        (GOOD.replace("helper==1.0" + HASH, "helper==1.0\n"), "helper has no hash"),
        (GOOD + "--index-url https://example.org\n", "names an address"),
        ("", "helper is not locked"),
    ],
)
def test_what_does_not_fit_is_told(lock: str, problem: str) -> None:
    assert any(problem in line for line in lockfile.problems(PROJECT, lock))


def test_ours_fits() -> None:
    assert lockfile.main() == 0
