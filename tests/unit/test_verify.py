"""`verify` passes a sound index and names the part that is not."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sealing import seal_again

from index.config import IndexConfig
from index.documents import Document
from index.encoders.protocol import EncoderInfo, Vectors
from index.errors import IndexMissingError
from index.operations.build import rebuild_from
from index.operations.verify import VerifyReport, verify
from index.store.generations import writer_lock
from index.store.layout import MANIFEST
from index.store.manifest import current

DOCUMENTS = [
    Document(
        id="ur/بارش",
        title="کراچی میں تیز بارش، سڑکیں زیرِ آب",
        body="شہر میں صبح سے بارش جاری ہے۔ محکمہ موسمیات نے مزید بارش کی پیش گوئی کی ہے۔ " * 4,
        lang="ur",
        date=date(2026, 7, 2),
        source="روزنامہ",
    ),
    Document(
        id="en/rain",
        title="Heavy rain floods roads in Karachi",
        body="Rain has fallen since the morning. More is forecast for the weekend. " * 4,
        lang="en",
    ),
    Document(id="ur/سرخی", title="صرف ایک سرخی", body="", lang="ur"),
]


class TinyEncoder:
    """Unit vectors made of a checksum of the text: deterministic, meaningless, fast."""

    info = EncoderInfo(id="tiny", dimension=8, max_tokens=100)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        rows = [
            np.random.default_rng(zlib.crc32(t.encode())).standard_normal(8, np.float32)
            for t in texts
        ]
        vectors = np.array(rows, np.float32).reshape(-1, 8)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_queries = encode_passages


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("index")
    rebuild_from(DOCUMENTS, IndexConfig(data_dir=data), encoder=TinyEncoder())
    return data


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def failed(report: VerifyReport) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks if not check.ok}


def change_catalogue(path: Path, *statements: str) -> None:
    with sqlite3.connect(path / "catalogue.sqlite") as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    seal_again(path)


def test_a_sound_index(data: Path) -> None:
    report = verify(data)
    assert failed(report) == {}
    assert report.ok
    assert report.generation == current(data).name
    names = [check.name for check in report.checks]
    parts = ("manifest", "catalogue", "passages", "exact vectors", "keyword index", "lexicon")
    for part in (*parts, "story links"):
        assert part in names
    assert {"file catalogue.sqlite", "file vectors.npy", "file faiss/ur.faiss"} < set(names)
    assert any(name.startswith("file keyword/") for name in names)
    assert report.ok


def test_it_changes_nothing_and_needs_no_lock(data: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in data.rglob("*")}
    with writer_lock(data):
        assert verify(data).ok
    assert {p: p.stat().st_mtime_ns for p in current(data).rglob("*")} == {
        p: t for p, t in before.items() if current(data) in p.parents
    }


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        verify(tmp_path)


def test_current_names_nothing(data: Path) -> None:
    (data / "CURRENT").write_text("../elsewhere")
    assert list(failed(verify(data))) == ["current generation"]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 4
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.long
@pytest.mark.parametrize("damage", [flip, cut_short, empty, Path.unlink])
@pytest.mark.parametrize(
    "part",
    [
        "catalogue.sqlite",
        "vectors.npy",
        "faiss",
        "lexicon.npz",
        "words.npy",
        "keyword",
        "stories.npz",
    ],
)
def test_every_damage_to_every_file(data: Path, part: str, damage: Callable[[Path], None]) -> None:
    path = current(data)
    files = [path / part] if (path / part).is_file() else sorted((path / part).iterdir())
    for file in files:
        kept = file.read_bytes()
        if not kept:
            continue
        damage(file)
        report = verify(data)
        assert not report.ok
        assert f"file {file.relative_to(path).as_posix()}" in failed(report)
        file.write_bytes(kept)
    assert verify(data).ok


@pytest.mark.parametrize("damage", [flip, cut_short, empty, Path.unlink])
def test_a_damaged_manifest(data: Path, damage: Callable[[Path], None]) -> None:
    damage(current(data) / MANIFEST)
    assert list(failed(verify(data))) == ["manifest"]


def test_another_format(data: Path) -> None:
    seal_again(current(data), format_version=99)
    assert "format 99" in failed(verify(data))["manifest"]


def test_a_file_that_does_not_belong(data: Path) -> None:
    (current(data) / "keyword" / "_MAIN_99.toc").write_bytes(b"\x80\x04.")
    assert "_MAIN_99.toc" in failed(verify(data))["no other files"]


def test_damage_below_right_checksums(data: Path) -> None:
    path = current(data)
    content = bytearray((path / "catalogue.sqlite").read_bytes())
    content[8_192:16_384] = bytes(8_192)  # the page where the documents begin
    (path / "catalogue.sqlite").write_bytes(content)
    seal_again(path)
    assert not verify(data).ok


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ('UPDATE passages SET "end"=99999 WHERE pid=0', "passages"),
        ("UPDATE passages SET start=-1 WHERE pid=1", "passages"),
        ("UPDATE passages SET docid=1 WHERE pid=0", "passages"),
        ("UPDATE passages SET docid=77 WHERE pid=0", "passages"),
        ("UPDATE documents SET passages=passages-1 WHERE docid=0", "passages"),
        ("UPDATE bodies SET body='مختصر' WHERE docid=0", "passages"),
        ("DELETE FROM bodies WHERE docid=0", "passages"),
        ("DELETE FROM passages WHERE pid=0", "catalogue counts"),
        ("UPDATE documents SET lang='en'", "catalogue counts"),
        ("UPDATE documents SET content_hash='x'", "catalogue counts"),
        ("UPDATE meta SET value=value+1 WHERE key='next_pid'", "exact vectors"),
    ],
)
def test_parts_of_the_catalogue_that_disagree(data: Path, statement: str, check: str) -> None:
    change_catalogue(current(data), statement)
    assert check in failed(verify(data))


def test_a_document_that_is_gone_is_missed_by_every_other_part(data: Path) -> None:
    change_catalogue(current(data), "DELETE FROM documents WHERE docid=0")
    assert {"catalogue counts", "passages"} <= set(failed(verify(data)))


def test_vectors_of_another_shape(data: Path) -> None:
    path = current(data)
    rows = np.load(path / "vectors.npy")
    for other in (rows[:-1], rows[:, :4], rows.astype(np.float32)):
        np.save(path / "vectors.npy", other)
        seal_again(path)
        assert "exact vectors" in failed(verify(data))


def test_vectors_that_are_a_pickle(data: Path) -> None:
    path = current(data)
    np.save(path / "vectors.npy", np.array([{"a": 1}], object), allow_pickle=True)
    seal_again(path)
    assert "exact vectors" in failed(verify(data))


@pytest.mark.parametrize("part", ["keyword", "faiss"])
def test_a_part_of_another_index(data: Path, tmp_path: Path, part: str) -> None:
    other = tmp_path / "other"
    rebuild_from(DOCUMENTS[:1], IndexConfig(data_dir=other), encoder=TinyEncoder())
    target, source = current(data) / part, current(other) / part
    if target.is_dir():
        shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
    check = "keyword index" if part == "keyword" else "vector index"
    assert check in failed(verify(data))


def change_lexicon(path: Path, **arrays: Callable[[np.ndarray], np.ndarray]) -> None:
    """Change arrays of the lexicon, by their names in it, and seal the generation again."""
    with np.load(path / "lexicon.npz") as stored:
        parts = dict(stored)
    for name, change in arrays.items():
        parts[name] = change(parts[name])
    np.savez(path / "lexicon.npz", **parts)
    seal_again(path)


def other_word(words: np.ndarray) -> np.ndarray:
    return np.frombuffer(bytes(words).replace("بارش".encode(), "بارات".encode()), np.uint8)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("words", other_word, "words or their frequencies"),
        ("frequencies", lambda counts: counts + 1, "words or their frequencies"),
        ("frequencies", lambda counts: counts[:-1], "parts disagree"),
        ("head_vectors", lambda rows: rows[:-1], "vectors are of other words"),
        ("spelling", lambda stamp: stamp[::-1].copy(), "other spelling rules"),
    ],
)
def test_a_lexicon_that_is_not_of_this_index(
    data: Path, name: str, change: Callable[[np.ndarray], np.ndarray], told: str
) -> None:
    change_lexicon(current(data), **{name: change})
    assert list(failed(verify(data))) == ["lexicon"]
    assert told in failed(verify(data))["lexicon"]


def test_a_lexicon_without_one_of_its_parts(data: Path) -> None:
    path = current(data)
    with np.load(path / "lexicon.npz") as stored:
        parts = {name: array for name, array in stored.items() if name != "bigram_keys"}
    np.savez(path / "lexicon.npz", **parts)
    seal_again(path)
    assert "bigram_keys" in failed(verify(data))["lexicon"]


def test_word_vectors_that_are_none(data: Path) -> None:
    path = current(data)
    rows = np.load(path / "words.npy")
    broken = rows.copy()
    broken[1, 2] = np.nan
    for other, told in (
        (broken, "not finite"),
        (rows[:, :4], "instead of float16"),
        (rows.astype(np.float32), "instead of float16"),
    ):
        np.save(path / "words.npy", other)
        seal_again(path)
        assert told in failed(verify(data))["lexicon"]
