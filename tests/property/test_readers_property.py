"""Whatever the bytes, reading ends, yields documents and reports, and gives each an id of its own."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path

import promises
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inputs import some

from index.documents import Skipped
from index.readers import read_paths
from index.readers.dates import parse_date
from index.readers.detection.registry import FORMATS
from index.readers.noise.cleaning import clean
from index.text.language import detect
from search.query.filters import language_of

PIECES = [
    b"title", b"body", b"text", b"id", b"date", b"2026-01-17", b'"', b"{", b"}", b"[", b"]", b":", b",", b";", b"\t",
    b"\n", b"\r\n", b"---\n", b"# ", b"<p>", b"</p>", b"<html>", b"<script>", b"&amp;", b"\x00", b"\xff", b"\xfe",
    b"\xef\xbb\xbf", b"\\ud800", b"NaN", b"null", b"1e999", "سڑک کھل گئی۔ ".encode(), "پڑھیں:\n".encode(),
    "متعلقہ مضامین\n".encode(), "• الف\n".encode(), "ي".encode("cp1256"), b"%PDF-", b"\x1f\x8b", b" date 2026-01-07 ",
]  # fmt: skip
BYTES = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join),
)
EACH = [
    *(each.extensions[0] for each in FORMATS if each.extensions),
    ".tsv",
    ".txt.bz2",
    ".txt.zst",
]
"""One name for each way to be read: whatever its extensions, a format has one reader."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "title", "body", "text", "date", "tags", "url", "x", ""]), inner
        )
    ),
    max_leaves=20,
)
RELAXED = settings(
    max_examples=some(60), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def check(name: str, content: bytes) -> None:
    """Read a file twice, and hold what callers rely on."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        items = list(read_paths([Path(folder)]))
        assert items == list(read_paths([Path(folder)]))
    promises.of_items(items)
    for item in items:
        if isinstance(item, Skipped):
            assert item.path.partition("!")[0].endswith(name)


@pytest.mark.parametrize("extension", EACH)
@RELAXED
@given(content=BYTES)
def test_any_bytes_under_any_extension(extension: str, content: bytes) -> None:
    check(f"file{extension}", content)


@RELAXED
@given(
    content=BYTES, damage=st.integers(0, 60), extension=st.sampled_from([".txt.gz", ".jsonl.gz"])
)
def test_any_gzip(content: bytes, damage: int, extension: str) -> None:
    check(f"file{extension}", gzip.compress(content)[damage:])


@pytest.mark.parametrize("extension", [".json", ".jsonl"])
@RELAXED
@given(value=JSON)
def test_any_json(extension: str, value: object) -> None:
    check(f"file{extension}", json.dumps(value).encode())


@RELAXED
@given(
    lines=st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(PIECES).map(lambda b: b.decode("utf-8", "replace")),
        )
    )
)
def test_noise_only_removes_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    cleaned = clean(text)
    assert bool(cleaned.text) == bool(text.strip())
    kept = iter(line.strip() for line in text.split("\n"))
    assert all(any(line.strip() == other for other in kept) for line in cleaned.text.split("\n"))


@RELAXED
@given(st.text())
def test_detection_and_dates_never_fail(text: str) -> None:
    assert language_of(detect(text)) == detect(text)
    parse_date(text)
