"""Writers killed without warning in the middle of what they do: nothing lost, all parts agree.

`benchmarks/crash.py` does the same some hundred times over.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from crash_plan import KINDS
from crashing import crash
from inputs import some

pytestmark = [
    pytest.mark.server,
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]
KILLS = some(15)


def test_killed_at_any_moment_a_writer_loses_nothing(tmp_path: Path, seed: int) -> None:
    tally = crash(tmp_path, seed, KILLS)
    assert tally.losses == []
    assert tally.disagreements == []
    assert tally.kills >= KILLS
    outcomes = {outcome for _, outcome in tally.by_kind}
    assert {"old", "left"} <= outcomes
    assert len({kind for kind, _ in tally.by_kind} & set(KINDS)) >= 3
