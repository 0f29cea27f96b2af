"""Labels and badges that carry a number of the moment; never stored."""

from __future__ import annotations

from menus.definitions import Facts


def position_caption(facts: Facts) -> str | None:
    """Her place in the line, as S0 writes it; None while she has none."""
    return None if facts.position is None else f"Position: {facts.position}"
