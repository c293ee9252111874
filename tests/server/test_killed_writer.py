"""Writers killed without warning in the middle of what they do: nothing lost, all parts agree.

`benchmarks/crash.py` does the same some hundred times over.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from crash_plan import KINDS
from crashing import crash

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]
KILLS = 15


def test_killed_at_any_moment_a_writer_loses_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("TALASH_TEST_SEED", random.SystemRandom().randrange(1_000_000)))
    print(f"TALASH_TEST_SEED={seed}")
    tally = crash(tmp_path, seed, KILLS)
    assert tally.losses == []
    assert tally.disagreements == []
    assert tally.kills >= KILLS
    outcomes = {outcome for _, outcome in tally.by_kind}
    assert {"old", "left"} <= outcomes
    assert len({kind for kind, _ in tally.by_kind} & set(KINDS)) >= 3
