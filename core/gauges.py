"""Figures for /metrics: each room registers how its own are read."""

from __future__ import annotations

from collections.abc import Callable

PREFIX = "model_menus_"
_readers: list[Callable[[], dict[str, float]]] = []


def register(reader: Callable[[], dict[str, float]]) -> None:
    """Add a room's figures, names without the product's prefix; call it from `apps.ready`."""
    if reader not in _readers:
        _readers.append(reader)


def read() -> dict[str, float]:
    """All figures that need the database, by their full names."""
    return {PREFIX + name: value for reader in _readers for name, value in reader().items()}
