"""The environment, read once, typed, refused with a hint where a value is bad.

Values come from the process environment; what is missing there is looked up in the file `local.env` of the
data folder, which `make run` writes, so that `manage.py` beside it reaches the same database.
"""

from __future__ import annotations

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def data_dir() -> Path:
    """Folder of everything the product makes at run time; MODEL_MENUS_DATA moves it."""
    return Path(os.environ.get("MODEL_MENUS_DATA") or BASE_DIR / ".data")


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines of a file; an absent file is an empty environment."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#") and "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


class Env:
    """Typed access to the environment; each reader names the variable it refuses."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    @classmethod
    def load(cls) -> Env:
        """The process environment over the data folder's `local.env`.

        Roles belong together: where the environment names the database, the file's other roles are not used.
        """
        local = read_env_file(data_dir() / "local.env")
        if os.environ.get("DATABASE_URL"):
            local = {key: value for key, value in local.items() if not key.startswith("DATABASE_")}
        return cls({**local, **os.environ})

    def text(self, name: str, default: str | None = None, *, hint: str = "") -> str:
        """A string; without a default it must be set."""
        value = self.values.get(name, "")
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(
                f"{name} is not set. {hint or 'See the README, Settings.'} "
                "`make run` sets everything for a local start."
            )
        return default

    def flag(self, name: str, default: bool) -> bool:
        """A yes/no value."""
        raw = self.values.get(name)
        if raw is None:
            return default
        if raw.lower() in TRUE:
            return True
        if raw.lower() in FALSE:
            return False
        raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no. Use 1 or 0.")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number within bounds."""
        raw = self.values.get(name, "")
        if not raw:
            return default
        try:
            value = int(raw)
        except ValueError:
            raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from None
        if not least <= value <= most:
            raise ImproperlyConfigured(f"{name}={value} must lie between {least} and {most}.")
        return value

    def decimal(self, name: str, default: str, *, most: str) -> Decimal:
        """An exact positive number of at most six places."""
        raw = self.values.get(name) or default
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise ImproperlyConfigured(f"{name}={raw!r} is not a number such as {default}.") from None
        if not (value.is_finite() and 0 < value <= Decimal(most) and value == round(value, 6)):
            raise ImproperlyConfigured(f"{name}={raw} must lie above 0, up to {most}, with at most six places.")
        return value

    def words(self, name: str, default: list[str]) -> list[str]:
        """A comma separated list."""
        raw = self.values.get(name)
        if raw is None:
            return default
        return [word.strip() for word in raw.split(",") if word.strip()]

    def zone(self, name: str, default: str) -> str:
        """The name of a time zone, as the IANA spells it."""
        value = self.text(name, default)
        if value not in available_timezones():
            raise ImproperlyConfigured(f"{name}={value!r} is no time zone. Use a name such as America/Toronto.")
        return value

    def secret(self, name: str) -> str:
        """A secret of at least 32 characters."""
        value = self.text(name, hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
        if len(value) < 32:
            raise ImproperlyConfigured(f"{name} is too short: 32 characters at least.")
        return value

    def database(self, name: str, default: str | None = None) -> dict[str, object]:
        """Django's connection settings from a postgres:// address (a socket folder may stand in `?host=`)."""
        url = self.text(name, default, hint="Use postgres://user:password@host:5432/name")
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"}:
            raise ImproperlyConfigured(f"{name} must begin with postgres://, not {parts.scheme}://")
        if not parts.path.strip("/"):
            raise ImproperlyConfigured(f"{name} names no database: postgres://user:password@host:5432/name")
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", "") or parts.hostname or ""),
            "PORT": str(parts.port or query.get("port", "")),
        }
