"""How many inputs a property is tried with, and how often a long test does what it does."""

from __future__ import annotations

from hypothesis import settings


def some(count: int) -> int:
    """As many in CI as are worth their time (100 is usual), a quarter in `make test`, more in the profiles
    `long` and `many`."""
    return max(1, count * settings.default.max_examples // 100)
