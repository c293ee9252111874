"""A million tiny lines in one file: read to the end, in memory that is a small multiple of the file's size.

Each file is read in a process of its own, which cuts every document into passages as a rebuild does
and says how much memory it ever held (`getrusage`), whatever else runs meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from inputs import some

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

LINES, ROWS = 1_000_000, some(50_000)
"""Each row is an article, and making one takes 0.1 ms: a million were read once (docs/faults.md)."""
READ = """
import json, resource, sys
from pathlib import Path
from index.documents import Document
from index.passages import PassageParams, cut
from index.readers import read_paths

def peak():
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024

def read(path):
    documents = passages = skipped = 0
    for item in read_paths([Path(path)]):
        if isinstance(item, Document):
            documents += 1
            passages += len(cut(item, PassageParams()))
        else:
            skipped += 1
    return documents, passages, skipped

read(sys.argv[1])
before = peak()
print(json.dumps([*read(sys.argv[2]), peak() - before]))
"""
FILES = {
    "txt": ("", "سیل\n", 1),
    "html": ("<html><body>", "سیل\n", 1),
    "xhtml": ("<html><body>", "سیل<br>\n", 0),  # more tags than any page has: refused unparsed
    "md": ("# سیل\n\n", "سیل\n", 1),
    "csv": ("title,body\n", "سیل,پل\n", ROWS),
    "jsonl": ("", '{"title":"سیل"}\n', ROWS),
}
"""What a file begins with, its line, and how many articles it holds."""
MOST, MOST_OF_A_ROW = 256 * 1024 * 1024, 600
"""Bytes beside what reading one small file of the kind takes, for one article and for each of many, of which one
that is held on to takes 700. Measured: see docs/faults.md."""


@pytest.mark.parametrize("kind", FILES)
def test_a_million_lines(tmp_path: Path, kind: str) -> None:
    begin, line, articles = FILES[kind]
    small, large = tmp_path / f"small.{kind}", tmp_path / f"large.{kind}"
    small.write_text(begin + line * 1_000, "utf-8")
    large.write_text(begin + line * (articles if articles > 1 else LINES), "utf-8")
    program = [sys.executable, "-c", READ, str(small), str(large)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    documents, passages, skipped, held = json.loads(done.stdout)
    print(f"{kind}: {large.stat().st_size:,} bytes, {passages:,} passages, {held / 2**20:.0f} MB")
    assert (documents, skipped) == (articles, 0 if articles else 1)
    assert passages >= documents
    assert held < (MOST if articles < ROWS else ROWS * MOST_OF_A_ROW)
