"""Copies the pinned browser libraries into static/vendor, and checks that nobody changed the copies.

`python frontend/vendor.py` (after `npm ci` in this folder) rebuilds the folder; `--check` needs no network
and no npm: it fails when a vendored file differs from `vendor.lock.json`, is missing, or was never listed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
TARGET = HERE.parent / "static" / "vendor"
LOCK = "vendor.lock.json"
LICENSES = "THIRD_PARTY_LICENSES.txt"
SPRITE = "icons.svg"

# package → files copied from it: source inside the package → name in static/vendor
FILES: dict[str, dict[str, str]] = {
    "htmx.org": {"dist/htmx.min.js": "htmx.min.js", "dist/ext/hx-csp.min.js": "hx-csp.min.js"},
    "tinykeys": {"dist/tinykeys.mjs": "tinykeys.js"},
    "lucide-static": {},
}
SOURCE_MAP = re.compile(r"^\s*//[#@] sourceMappingURL=.*$", re.MULTILINE)
SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@dataclass(frozen=True)
class Package:
    """What package-lock.json pins."""

    name: str
    version: str
    integrity: str
    license: str


def pinned_packages() -> list[Package]:
    """The exact versions of package-lock.json, in name order."""
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    found = {path.removeprefix("node_modules/"): entry for path, entry in lock.items() if path}
    return [
        Package(name, entry["version"], entry["integrity"], entry["license"]) for name, entry in sorted(found.items())
    ]


def without_source_map(text: str) -> str:
    """The map is not shipped, and the manifest storage refuses a reference to a missing file."""
    return SOURCE_MAP.sub("", text).rstrip() + "\n"


def build_sprite() -> str:
    """One SVG of <symbol>s: our icon names, lucide's shapes. Stroke and size come from the page's CSS."""
    names: dict[str, str] = json.loads((HERE / "icons.json").read_text())
    symbols = []
    for name, source in sorted(names.items()):
        svg = (MODULES / "lucide-static" / "icons" / f"{source}.svg").read_text()
        shapes = SHAPES.search(svg)
        if shapes is None:
            raise SystemExit(f"{source}.svg has no shapes")
        body = re.sub(r"\s*\n\s*", "", shapes.group(1))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def license_texts(packages: list[Package]) -> str:
    """Every vendored package's own licence, in full."""
    parts = []
    for package in packages:
        text = (MODULES / package.name / "LICENSE").read_text().strip()
        parts.append(f"{package.name} {package.version} ({package.license})\n{'=' * 72}\n{text}\n")
    return "\n\n".join(parts)


def sha256(path: Path) -> str:
    """The file's checksum in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def vendored_files() -> list[Path]:
    """Every file of static/vendor but the lock itself."""
    return sorted(path for path in TARGET.rglob("*") if path.is_file() and path.name != LOCK)


def update() -> None:
    """Rebuilds static/vendor from node_modules and writes its lock."""
    packages = pinned_packages()
    TARGET.mkdir(parents=True, exist_ok=True)
    for stale in vendored_files():
        stale.unlink()
    for package, files in FILES.items():
        for source, name in files.items():
            text = (MODULES / package / source).read_text()
            (TARGET / name).write_text(without_source_map(text))
    (TARGET / SPRITE).write_text(build_sprite())
    (TARGET / LICENSES).write_text(license_texts(packages))
    lock = {
        "packages": [vars(package) for package in packages],
        "files": {path.relative_to(TARGET).as_posix(): sha256(path) for path in vendored_files()},
    }
    (TARGET / LOCK).write_text(json.dumps(lock, indent=2) + "\n")


def problems() -> list[str]:
    """What differs between static/vendor, its lock and package-lock.json; empty when all is as recorded."""
    lock = json.loads((TARGET / LOCK).read_text())
    expected: dict[str, str] = lock["files"]
    actual = {path.relative_to(TARGET).as_posix(): sha256(path) for path in vendored_files()}
    found = [f"missing: {name}" for name in sorted(expected.keys() - actual.keys())]
    found += [f"not in the lock: {name}" for name in sorted(actual.keys() - expected.keys())]
    found += [f"changed: {name}" for name in sorted(expected) if actual.get(name, "") not in ("", expected[name])]
    if lock["packages"] != [vars(package) for package in pinned_packages()]:
        found.append("package-lock.json pins other versions than the vendored ones: run make vendor")
    return found


def main() -> int:
    """Command line: rebuild, or --check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; no network, no npm")
    if not parser.parse_args().check:
        update()
    found = problems()
    sys.stderr.write("".join(f"static/vendor: {line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
