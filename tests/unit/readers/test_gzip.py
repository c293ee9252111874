"""Compressed files: every format, damage, and bombs."""

from __future__ import annotations

import bz2
import gzip
import random

import pytest
import zstandard

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
        "a.txt.gz", gzip.compress(b"word " * 500_000), ReaderConfig(gzip_ratio_from=1_000_000)
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


def _zstd(raw: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(raw)


PACKED = {".gz": gzip.compress, ".bz2": bz2.compress, ".zst": _zstd}


@pytest.mark.parametrize("packer", PACKED)
@pytest.mark.parametrize("extension", CONTENT)
def test_every_packer(read, extension: str, packer: str) -> None:
    pack = PACKED[packer]
    (doc,) = read(f"a{extension}{packer}", pack(CONTENT[extension].encode()))
    assert (doc.title, doc.body) == ("A headline", "A body.")
    assert f"{extension}{packer}" in READABLE


@pytest.mark.parametrize("packer", PACKED)
def test_packed_lines_that_were_cut_cost_what_is_missing(read, packer: str) -> None:
    dice = random.Random(4)
    rows = [f'{{"title": "خبر {n}", "body": "{dice.random()}"}}\n' for n in range(10_000)]
    packed = PACKED[packer]("".join(rows).encode())
    *docs, skipped = read(f"a.jsonl{packer}", packed[: len(packed) // 2])
    assert all(isinstance(doc, Document) for doc in docs)
    assert 0 < len(docs) < 10_000 or packer == ".bz2"
    assert "damaged" in skipped.reason


@pytest.mark.parametrize("packer", PACKED)
@pytest.mark.parametrize("name", ["a.jsonl", "a.txt"])
def test_bombs_of_every_packer(read, packer: str, name: str) -> None:
    bomb = PACKED[packer](b"word word\n" * 150_000)
    *_, skipped = read(f"{name}{packer}", bomb, ReaderConfig(gzip_ratio_from=1_000_000))
    assert "bomb" in skipped.reason


def test_lines_have_no_limit_of_size(read) -> None:
    rows = '{"title": "خبر", "body": "متن"}\n' * 5_000
    config = ReaderConfig(max_file_bytes=10_000)
    assert len(read("a.jsonl", rows, config)) == 5_000
    assert len(read("a.csv", "title,body\n" + "خبر,متن\n" * 5_000, config)) == 5_000
    (skipped,) = read("a.json", f"[{rows.strip().replace(chr(10), ',')}]", config)
    assert "max_file_mb" in skipped.reason
