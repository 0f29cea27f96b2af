"""System checks: what sign-in stands on must be there before the product starts."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

BLACKLIST_MISSING = Error(
    "The app of used-up refresh tokens is not installed, so a stolen refresh token would work for ever.",
    hint="Add 'rest_framework_simplejwt.token_blacklist' to INSTALLED_APPS.",
    id="accounts.E001",
)
KEY_SHARED = Error(
    "Bearer tokens are signed with SECRET_KEY.", hint="Give JWT_SIGNING_KEY a key of its own.", id="accounts.E002"
)
CLAIMS_UNCHECKED = Error(
    "Bearer tokens are checked for no audience, no issuer, or with an algorithm other than HS256.",
    hint="Set ALGORITHM, AUDIENCE and ISSUER in SIMPLE_JWT.",
    id="accounts.E003",
)


@register(Tags.security)
def check_tokens(app_configs: Sequence[AppConfig] | None, **_kwargs: object) -> list[CheckMessage]:
    """Bearer tokens are only as good as these settings."""
    jwt = settings.SIMPLE_JWT
    found: list[CheckMessage] = []
    if not apps.is_installed("rest_framework_simplejwt.token_blacklist"):
        found.append(BLACKLIST_MISSING)
    if jwt.get("SIGNING_KEY") in (None, settings.SECRET_KEY):
        found.append(KEY_SHARED)
    if jwt.get("ALGORITHM") != "HS256" or not jwt.get("AUDIENCE") or not jwt.get("ISSUER"):
        found.append(CLAIMS_UNCHECKED)
    return found
