"""How much memory adding one article takes, step by step (Linux).

    python benchmarks/change_memory.py DATA

works on a copy of the index in DATA. Figures are megabytes of the process's own memory (mapped files
are not in them: the system takes their pages back when it needs them) beyond what it held with the
encoder loaded; the peak of each step is seen by looking every two milliseconds.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from pathlib import Path

from index.config import IndexConfig
from index.documents import Document
from index.encoders.registry import open_encoder
from index.operations.change import add
from index.store.manifest import current, open_manifest

ARTICLE = Document(
    "change-memory/1",
    "لاہور میں نئی سڑک",
    "لاہور میں نئی سڑک کا افتتاح ہوا۔ وزیر اعلیٰ نے کہا کہ شہریوں کو سہولت ملے گی۔",
    "ur",
)


def own_megabytes() -> float:
    """Memory that is this process's alone."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))


def main() -> None:
    """Copy, load, add and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copytree(parser.parse_args().data, Path(folder) / "data"))
        counts = open_manifest(current(data)).counts
        encoder = open_encoder(open_manifest(current(data)).encoder.spec)
        encoder.encode_passages([ARTICLE.body])
        before, step, peaks, done = own_megabytes(), ["starting"], {}, threading.Event()

        def look() -> None:
            while not done.wait(0.002):
                peaks[step[0]] = max(peaks.get(step[0], 0.0), own_megabytes() - before)

        def report(what: str, _done: int, _total: int) -> None:
            step[0] = what

        looking = threading.Thread(target=look)
        looking.start()
        started = time.perf_counter()
        try:
            add([ARTICLE], IndexConfig(data_dir=data), progress=report, encoder=encoder)
        finally:
            took = time.perf_counter() - started
            done.set()
            looking.join()
    print(f"{counts.documents:,} documents, {counts.passages:,} passages; {took:.1f} s")
    for what, megabytes in peaks.items():
        print(f"{megabytes:6.0f} MB  while {what}")
    print(f"{max(peaks.values()):6.0f} MB  at most")


if __name__ == "__main__":
    main()
