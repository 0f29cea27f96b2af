"""Is `docs/openapi.yaml` what the code says? `--write` makes it so (`make openapi`)."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from checks.environment import ENVIRONMENT

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "openapi.yaml"


def main() -> int:
    """0 where the committed document is valid and today's; the exit code is 1 otherwise."""
    parser = argparse.ArgumentParser(description="Compares the committed API document with the code.")
    parser.add_argument("--write", action="store_true", help="write the document instead")
    write = parser.parse_args().write
    os.environ.update({"DJANGO_SETTINGS_MODULE": "config.settings", **ENVIRONMENT})
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yaml"
        call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
        text = fresh.read_text(encoding="utf-8")
    if write:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        sys.stdout.write("docs/openapi.yaml is not what the code says: run `make openapi` and commit it.\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
