"""Is requirements.lock what pyproject.toml asks for? Needs no network: names, versions, hashes, nothing else."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:[^\n]*\\\n)*[^\n]*)", re.M)


def asked_for(project: Mapping[str, Any]) -> list[Requirement]:
    """Every direct dependency, those of the groups too."""
    texts = list(project["project"]["dependencies"])
    for group in project.get("dependency-groups", {}).values():
        texts += group
    return [Requirement(text) for text in texts]


def pins(lock: str) -> dict[str, list[tuple[str, int]]]:
    """The locked versions by name, each with the number of its hashes; one name may have several, by marker."""
    found: dict[str, list[tuple[str, int]]] = {}
    for match in PIN.finditer(lock):
        entry = (match["version"], match["rest"].count("--hash=sha256:"))
        found.setdefault(canonicalize_name(match["name"]), []).append(entry)
    return found


def problems(project: Mapping[str, Any], lock: str) -> Iterator[str]:
    """What does not fit, in words."""
    locked = pins(lock)
    for requirement in asked_for(project):
        versions = locked.get(canonicalize_name(requirement.name), [])
        if not versions:
            yield f"{requirement.name} is not locked: run make lock"
        for version, _hashes in versions:
            if not requirement.specifier.contains(version, prereleases=True):
                yield f"{requirement} is asked for, {version} is locked: run make lock"
    for name, versions in locked.items():
        if any(not hashes for _version, hashes in versions):
            yield f"{name} has no hash"
    if "://" in lock or "--index" in lock:
        yield "the lock file names an address"


def main() -> int:
    """Tell every problem; 1 where there is one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = list(problems(project, (ROOT / "requirements.lock").read_text()))
    sys.stderr.write("".join(f"requirements.lock: {line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
