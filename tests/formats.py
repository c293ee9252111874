"""Keeps a tiny index of the present format in tests/data/formats, for the releases to come.

python tests/formats.py      writes tests/data/formats/N; run it once for each new format
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORMATS = ROOT / "tests" / "data" / "formats"


def write(folder: Path) -> None:
    """Build an index of a few articles with the test encoder, in a folder that is not there."""
    import newsroom

    newsroom.build(folder).close()
    for lock in ("writer.lock", "writer.json"):
        (folder / lock).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from index.store.manifest import FORMAT_VERSION

    target = FORMATS / str(FORMAT_VERSION)
    shutil.rmtree(target, ignore_errors=True)
    write(target)
    print(target.relative_to(ROOT))
