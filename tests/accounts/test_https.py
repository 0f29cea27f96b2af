"""Where HTTPS is: cookies bound to the host, HTTPS enforced, and Django's own deployment checks in peace."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys

READ = """
import json, django
from django.conf import settings
names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY \
CSRF_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE SESSION_COOKIE_DOMAIN SESSION_COOKIE_PATH SECURE_SSL_REDIRECT \
SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS DEBUG".split()
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def production(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the settings of a production site."""
    keys = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "AUDIT_KEY", "REPORT_KEY")}
    environment = {**os.environ, **keys, "HTTPS": "1", "ALLOWED_HOSTS": "menus.example"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    environment.pop("DEBUG", None)
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_cookies_are_bound_to_this_host_and_to_https() -> None:
    done = production("-c", READ)
    found = json.loads(done.stdout)
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert (found["SESSION_COOKIE_PATH"], found["SESSION_COOKIE_DOMAIN"]) == ("/", None), "else browsers refuse __Host-"
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY"):
        assert found[name]
    assert found["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_https_is_enforced_for_a_year_and_debug_is_off() -> None:
    found = json.loads(production("-c", READ).stdout)
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert not found["DEBUG"]


def test_djangos_deployment_checks_find_nothing() -> None:
    done = production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
