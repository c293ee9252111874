"""The time as the product sees it; it passes when a test says so."""

from __future__ import annotations

from types import ModuleType

import pytest


class Clock:
    """Stands where a module of the product has `time`."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def set_in(self, patch: pytest.MonkeyPatch, *modules: ModuleType) -> Clock:
        """Let these modules ask this clock."""
        for module in modules:
            patch.setattr(module, "time", self)
        return self
