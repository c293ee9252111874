"""How a long operation tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done and how much there is; 0 of 0 where nobody can know."""


def no_report(what: str, done: int, total: int) -> None:
    """For who wants to know nothing."""
