"""Lighthouse looks at the pages that people use, as a desktop and as a phone: fast, accessible, and as browsers wish.

`python -m tests.drills.lighthouse`: the real product with demo data in it, signed in as a performer at work, a viewer
and staff. Needs Node.js; Lighthouse itself comes from npm, as `tests/drills/node/package-lock.json` pins it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.drills.house import open_house
from tests.drills.report import Figures, tell
from tests.e2e.house import House as People
from tests.support.browser import FLAGS, environment_for, find_browser
from tests.support.picture import fill_the_desk
from tests.support.product import Product, free_port
from tests.support.servers import ROOT

PINNED = Path(__file__).parent / "node"
CACHE = ROOT / ".cache" / "lighthouse"
FILES = ("package.json", "package-lock.json", ".npmrc")
FORMS: dict[str, tuple[str, ...]] = {"desktop": ("--preset=desktop",), "mobile": ()}
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100}
#: The greatest thing on the page is there by then, as Lighthouse reckons it for a slow phone; nothing jumps about.
LCP_SECONDS, SHIFT = 1.5, 0.02
# What else a machine does only ever slows a page: the best of so many looks counts.
LOOKS = 3
LOOK_SECONDS = 120
#: Who uses which pages; `{room}` is the performer's own.
PAGES = {
    "": ("/login/",),
    "performer": (
        "/",
        "/queue/",
        "/queue/history/",
        "/wallet/",
        "/wallet/transactions/",
        "/stream/",
        "/settings/menu/",
        "/settings/notifications/",
        "/notifications/",
    ),
    "viewer": ("/rooms/", "/rooms/{room}/", "/my/queue/", "/my/history/", "/my/limits/", "/notifications/"),
    "staff": ("/staff/", "/staff/past/", "/help/", "/status/"),
}
# She works from the API: nobody who looks at another page is to make her absent.
SETTINGS = {"DEMO_DATA": "1", "STATIC_FROM_SOURCE": "0", "PRESENCE_BEARER_SECONDS": "3600"}


class NoLighthouse(RuntimeError):
    """It could not be installed or run; the message says why."""


@dataclass(frozen=True)
class Look:
    """What one look at a page found."""

    scores: dict[str, int]
    lcp_seconds: float
    shift: float
    blocked_ms: int
    faults: tuple[str, ...]

    @property
    def short(self) -> bool:
        """Whether a goal is missed."""
        if self.lcp_seconds > LCP_SECONDS or self.shift > SHIFT:
            return True
        return any(self.scores[name] < goal for name, goal in GOALS.items())

    def told(self) -> dict[str, Any]:
        """As figures; the faults only where a goal is missed."""
        found = {**self.scores, "lcpSeconds": self.lcp_seconds, "cls": self.shift, "tbtMs": self.blocked_ms}
        return found | ({"faults": self.faults} if self.short else {})


def main() -> int:
    """Run it; 1 where a page falls short of a goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pages whose address has this in it")
    asked = parser.parse_args()
    command = install()
    with open_house("lighthouse", **SETTINGS) as house:
        assert house.process is not None
        figures = look_at_pages(Product(house.url, house.data, "", house.process), command, asked.only)
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def install() -> list[str]:
    """The pinned Lighthouse, out of npm where it is not in the cache yet; how to call it. Raises NoLighthouse."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise NoLighthouse("Lighthouse needs Node.js 18 or newer with npm (on Debian: apt-get install nodejs npm).")
    stamp, wanted = CACHE / "installed", (PINNED / "package-lock.json").read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        CACHE.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(PINNED / name, CACHE / name)
        done = subprocess.run([npm, "ci", "--silent"], cwd=CACHE, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoLighthouse(f"npm ci failed:\n{done.stdout}\n{done.stderr}")
        stamp.write_text(wanted)
    return [node, str(CACHE / "node_modules" / "lighthouse" / "cli" / "index.js")]


def look_at_pages(product: Product, command: list[str], only: str) -> Figures:
    """Every page in each form, by whoever uses it."""
    people = People(product)
    people.clear()
    fill_the_desk(product.url, json.loads((product.data / "demo-credentials.json").read_text()))
    room = people.performer_id()
    pages: dict[str, dict[str, Any]] = {}
    short = 0
    for who, paths in PAGES.items():
        wanted = [path for path in paths if only in path]
        with browser_of(product, who) if wanted else contextlib.nullcontext() as port:
            for path in wanted:
                for form in FORMS:
                    look = best_look([*command, product.url + path.format(room=room), f"--port={port}", *FORMS[form]])
                    name = f"{who or 'nobody'} {path} {form}"
                    pages[name] = look.told()
                    short += look.short
                    sys.stderr.write(f"{name}: {look.scores}\n")
    looks = list(pages.values())
    return {
        "drill": "lighthouse",
        "pages": pages,
        "looks": len(looks),
        "lowest": {name: min(look[name] for look in looks) for name in GOALS},
        "slowest_lcp_seconds": max(look["lcpSeconds"] for look in looks),
        "BELOW": short,
    }


@contextlib.contextmanager
def browser_of(product: Product, who: str) -> Iterator[int]:
    """A browser in which this account is signed in; the port on which Lighthouse finds it."""
    found, port = find_browser(), free_port()
    environment: dict[str, str | float | bool] = {**environment_for(found)}
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as driver:
        flags = [*FLAGS, f"--remote-debugging-port={port}"]
        context = driver.chromium.launch_persistent_context(profile, executable_path=found, args=flags, env=environment)
        if who:
            product.sign_in(context.pages[0], who)
            context.pages[0].goto("about:blank")
        yield port
        context.close()


def best_look(command: list[str]) -> Look:
    """The first look that meets every goal, else the best of some."""
    looks: list[Look] = []
    while len(looks) < LOOKS:
        looks.append(_look(command))
        if not looks[-1].short:
            return looks[-1]
    return max(looks, key=lambda look: sum(look.scores.values()))


def _look(command: list[str]) -> Look:
    words = ["--quiet", "--output=json", "--disable-storage-reset", f"--only-categories={','.join(GOALS)}"]
    done = subprocess.run(
        [*command, *words, "--no-enable-error-reporting"],
        capture_output=True,
        text=True,
        timeout=LOOK_SECONDS,
        check=False,
    )
    if done.returncode:
        raise NoLighthouse(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    report = json.loads(done.stdout)
    # A page that sent us elsewhere is not the page that was asked for.
    asked, shown = report["requestedUrl"], report["finalDisplayedUrl"]
    assert asked == shown, f"{asked} led to {shown}"
    audits = report["audits"]
    return Look(
        scores={name: round(report["categories"][name]["score"] * 100) for name in GOALS},
        lcp_seconds=round(audits["largest-contentful-paint"]["numericValue"] / 1000, 2),
        shift=round(audits["cumulative-layout-shift"]["numericValue"], 3),
        blocked_ms=round(audits["total-blocking-time"]["numericValue"]),
        faults=tuple(_faults(report)),
    )


def _faults(report: dict[str, Any]) -> Iterator[str]:
    """What took points from the page, by the names that Lighthouse has for it, and where."""
    for category in report["categories"].values():
        for part in category["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                where = [_where(found) for found in audit.get("details", {}).get("items", [])[:3]]
                yield " ".join([part["id"], audit.get("displayValue", ""), *where]).strip()


def _where(found: dict[str, Any]) -> str:
    return str(found.get("node", {}).get("snippet") or found.get("description") or found.get("url") or "")[:160]


if __name__ == "__main__":
    raise SystemExit(main())
