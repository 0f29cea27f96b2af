"""OpenAPI: what every operation has in common (errors, keys) is said once, here."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema


class HouseSchema(AutoSchema):
    """drf-spectacular's schema; the shared answers are added by the postprocessing hook."""
