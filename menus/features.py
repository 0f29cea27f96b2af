"""Features that are announced on the menu and open by flag: one policy, one code, honest words."""

from __future__ import annotations

from collections.abc import Mapping, Set

from core.exceptions import FeatureDisabled

#: What a closed feature says; the flag of that name opens it.
CLOSED: Mapping[str, str] = {
    "engagement": "Engagement tools are not open yet.",
    "mood": "Moods and quick responses are not open yet.",
    "notices": "The notification center is not open yet.",
    "payouts": "Payouts are not open yet.",
    "promotions": "Promotions are not open yet.",
    "schedule": "Schedules are not open yet.",
}


def check_feature_open(feature: str, flags: Set[str]) -> None:
    """Pass, or raise FeatureDisabled with the words for this feature."""
    if feature not in flags:
        raise FeatureDisabled(CLOSED[feature])
