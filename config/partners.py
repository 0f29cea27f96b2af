"""The loyalty service in the environment: off unless LOYALTY_URL is set, and then whole, or refused with a hint."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import Env

DIALECTS = ("live", "openapi", "contract_v1")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def loyalty(env: Env) -> dict[str, Any] | None:
    """What `loyalty.config.Loyalty` is made of; None where the service is not used."""
    url = env.text("LOYALTY_URL", "").rstrip("/")
    if not url:
        return None
    return {
        "url": url,
        "hosts": _hosts(env, url),
        "dialect": _dialect(env),
        "tenant": env.text("LOYALTY_TENANT", hint="The name under which the loyalty service knows this platform."),
        "client_id": env.text("LOYALTY_CLIENT_ID", "model-menus"),
        "token_secret": env.secret("LOYALTY_TOKEN_SECRET"),
        "queue_secret": _optional_secret(env, "LOYALTY_QUEUE_SECRET"),
        "webhook_secrets": _webhook_secrets(env),
        "points_per_100_tokens": env.number("LOYALTY_POINTS_PER_100_TOKENS", 100, least=1, most=10_000),
    }


def _hosts(env: Env, url: str) -> frozenset[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or not host or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured("LOYALTY_URL is not an address. Use https://points.example or with a path.")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ImproperlyConfigured("LOYALTY_URL must begin with https://; http:// is for this machine only.")
    hosts = frozenset(env.words("LOYALTY_ALLOWED_HOSTS", [host]))
    if host not in hosts:
        raise ImproperlyConfigured(f"LOYALTY_URL's host {host} is not among LOYALTY_ALLOWED_HOSTS.")
    return hosts


def _dialect(env: Env) -> str:
    dialect = env.text("LOYALTY_DIALECT", DIALECTS[0])
    if dialect not in DIALECTS:
        raise ImproperlyConfigured(f"LOYALTY_DIALECT={dialect!r} is not one of {', '.join(DIALECTS)}.")
    return dialect


def _optional_secret(env: Env, name: str) -> str:
    return env.secret(name) if env.text(name, "") else ""


def _webhook_secrets(env: Env) -> tuple[str, ...]:
    # Two at a time while a key is rotated; none: every webhook is refused.
    secrets = tuple(env.words("LOYALTY_WEBHOOK_SECRETS", []))
    if any(len(secret) < 32 for secret in secrets):
        raise ImproperlyConfigured("LOYALTY_WEBHOOK_SECRETS holds one that is too short: 32 characters at least.")
    return secrets
