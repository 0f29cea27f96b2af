"""Takes the README's picture of the desk: `python -m tests.support.picture [address]`, beside `make run`."""

import json
import sys
from pathlib import Path
from uuid import uuid4

import httpx
from playwright.sync_api import sync_playwright

from config.env import data_dir
from tests.support.browser import FLAGS, environment_for, find_browser
from tests.support.servers import ROOT

PICTURE = ROOT / "docs" / "images" / "desk.png"
Account = dict[str, str]


def signed_in(address: str, account: Account) -> httpx.Client:
    """An API client that is signed in as a demo account."""
    client = httpx.Client(base_url=f"{address}/api/v1", timeout=30)
    access = client.post("/auth/token", json=account).raise_for_status().json()["access"]
    client.headers["Authorization"] = f"Bearer {access}"
    return client


def fill_the_desk(address: str, accounts: dict[str, Account]) -> None:
    """She streams and waits in the line; three viewers have bought; the first item runs."""
    performer = signed_in(address, accounts["performer"])
    own = performer.get("/me").raise_for_status().json()["performerId"]
    for path in ("/model/stream/start", "/queue/join"):
        performer.post(path, headers={"Idempotency-Key": str(uuid4())}).raise_for_status()
    for place, key in enumerate(("viewer", "viewer2", "viewer3")):
        viewer = signed_in(address, accounts[key])
        items = viewer.get(f"/public/performers/{own}/menu").raise_for_status().json()["items"]
        item = items[(place + 1) % len(items)]["id"]
        viewer.post(f"/public/menu-items/{item}/purchase", json={}, headers={"Idempotency-Key": str(uuid4())})
    waiting = performer.get("/queue").raise_for_status().json()
    head = (waiting["results"] if isinstance(waiting, dict) else waiting)[0]["id"]
    performer.post(f"/queue/items/{head}/start", headers={"Idempotency-Key": str(uuid4())}).raise_for_status()


def take(address: str, account: Account, target: Path) -> None:
    """The desk as she sees it, once it is live."""
    target.parent.mkdir(parents=True, exist_ok=True)
    browser = find_browser()
    environment: dict[str, str | float | bool] = {**environment_for(browser)}
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=list(FLAGS), env=environment)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/login/")
        page.fill("input[name=username]", account["username"])
        page.fill("input[name=password]", account["password"])
        page.get_by_test_id("sign-in").click()
        page.get_by_test_id("performance-timer").wait_for()
        page.locator("[data-testid=connection][data-mode=live]").wait_for()
        page.screenshot(path=target)
        chromium.close()


def main() -> None:
    """Fill, then take."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    accounts: dict[str, Account] = json.loads((data_dir() / "demo-credentials.json").read_text())
    fill_the_desk(address, accounts)
    take(address, accounts["performer"], PICTURE)


if __name__ == "__main__":
    main()
