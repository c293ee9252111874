"""The kinds of numpy arrays that functions take and give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
"""Places in a tuple of names; -1 for none."""
Longs = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
