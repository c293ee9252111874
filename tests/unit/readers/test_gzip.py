"""Compressed files: every format, damage, and bombs."""

from __future__ import annotations

import gzip

import pytest

from index.documents import Document, Skipped
from index.readers import READABLE, ReaderConfig

CONTENT = {
    ".txt": "A headline\n\nA body.",
    ".jsonl": '{"title": "A headline", "body": "A body."}\n',
    ".json": '[{"title": "A headline", "body": "A body."}]',
    ".csv": "title,body\nA headline,A body.\n",
    ".html": "<html><body><h1>A headline</h1><p>A body.</p></body></html>",
    ".md": "# A headline\n\nA body.",
}


@pytest.mark.parametrize("extension", CONTENT)
def test_formats(read, extension: str) -> None:
    (doc,) = read(f"a{extension}.gz", gzip.compress(CONTENT[extension].encode()))
    assert isinstance(doc, Document)
    assert (doc.title, doc.body) == ("A headline", "A body.")
    assert doc.id.startswith(f"a{extension}.gz")


def test_readable_names_them_all() -> None:
    assert {*CONTENT, *(f"{extension}.gz" for extension in CONTENT)} <= set(READABLE)


def test_several_members_are_one_file(one) -> None:
    assert (
        one("a.txt.gz", gzip.compress(b"Head") + gzip.compress(b"line\n\nBody.")).title
        == "Headline"
    )


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-12], lambda b: b[:30] + b"\0" * 20 + b[50:], lambda b: b"no gzip"]
)
def test_damage_is_reported(read, damage) -> None:
    (skipped,) = read("a.txt.gz", damage(gzip.compress(bytes(range(32, 127)) * 40)))
    assert "gzip" in skipped.reason


def test_bomb_is_stopped_by_its_ratio(read) -> None:
    (skipped,) = read(
        "a.txt.gz", gzip.compress(b"word " * 5_000_000), ReaderConfig(gzip_ratio_from=1_000_000)
    )
    assert isinstance(skipped, Skipped)
    assert "200 times" in skipped.reason


def test_bomb_is_stopped_by_its_size(read) -> None:
    (skipped,) = read(
        "a.txt.gz", gzip.compress(b"word " * 100_000), ReaderConfig(max_file_bytes=100_000)
    )
    assert "max_file_mb" in skipped.reason


def test_gzip_in_gzip_is_not_text(read) -> None:
    (skipped,) = read("a.txt.gz", gzip.compress(gzip.compress(b"A headline")))
    assert "gzip" in skipped.reason
