"""How many inputs a property is tried with."""

from __future__ import annotations

from hypothesis import settings


def some(count: int) -> int:
    """As many as are worth their time in every run (100 is usual), more in the profile `many`."""
    return max(1, count * settings.default.max_examples // 100)
