"""The README names every setting there is, and none that is not."""

import re

from tests.support.servers import ROOT

README = (ROOT / "README.md").read_text()
READS = re.compile(r"env\.(?:text|flag|number|words|secret|database)\(\s*\"([A-Z_]+)\"")


def test_every_setting_is_in_the_readme() -> None:
    read = {name for path in (ROOT / "config").glob("*.py") for name in READS.findall(path.read_text())}

    assert len(read) > 20
    assert sorted(name for name in read if f"`{name}`" not in README) == []


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_app_is_on_the_map() -> None:
    apps = [path.parent.name for path in ROOT.glob("*/apps.py")]

    assert [app for app in apps if f"`{app}/`" not in README] == []
