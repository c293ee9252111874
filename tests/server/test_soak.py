"""Eight clients and every command that changes an index: no request fails, no answer is mixed.

`benchmarks/soak.py` does the same for minutes, with the bundled model, and measures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from soaking import COMMANDS, soak

pytestmark = [
    pytest.mark.server,
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


def test_every_answer_is_of_one_generation(tmp_path: Path) -> None:
    done = soak(tmp_path, tmp_path / "data", "test", beside=(), quiet=1, seconds=5, pause=0.1)
    assert done.errors == []
    assert done.mixed == []
    assert {kind for kind, _ in done.writer.ran} == set(COMMANDS)
    # Most generations were answered from, or nothing of this was put to the test.
    assert len(done.generations) > len(done.writer.states) // 2
    assert sum(len(seen.held) for seen in done.seen) > len(done.generations)
