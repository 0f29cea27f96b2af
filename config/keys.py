"""Secrets that are made once, and the file that hands them to every command run in this checkout."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from config.place import CannotStart
from core.files import write_private

# What config.settings reads; made once, so that sessions, tokens and hashed addresses survive a restart.
SIGNING_KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY", "AUDIT_KEY", "REPORT_KEY")
PASSWORDS = ("superuser", "owner", "app", "auditor", "valkey")


def load_or_make(data: Path) -> dict[str, str]:
    """Return the secrets of this data folder, making what is missing; kept in `secrets.json`, mode 0600."""
    path = data / "secrets.json"
    try:
        known: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        known = {}
    except ValueError as error:
        raise CannotStart(f"{path} is damaged: bring it back from a backup, or remove {data} to begin anew.") from error
    missing = [name for name in (*SIGNING_KEYS, *PASSWORDS) if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(48 if name in SIGNING_KEYS else 24) for name in missing}
        write_private(path, json.dumps(known, indent=1) + "\n")
    return known


def write_local_env(data: Path, values: Mapping[str, str]) -> Path:
    """Write `local.env`: the defaults `manage.py` uses beside a running product, mode 0600."""
    path = data / "local.env"
    lines = ["# Written by `make run`. What the environment says wins over these lines."]
    write_private(path, "\n".join(lines + [f"{key}={value}" for key, value in values.items()]) + "\n")
    return path
