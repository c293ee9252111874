"""The logistic function, by which fitted evidence becomes a chance."""

from __future__ import annotations

import math

_LEAST = -700.0
"""Below it exp(-x) is more than a float holds."""


def logistic(logit: float) -> float:
    """The probability whose log odds are `logit`: 1 / (1 + exp(-logit))."""
    return 1.0 / (1.0 + math.exp(-max(_LEAST, logit)))
