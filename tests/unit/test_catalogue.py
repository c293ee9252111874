"""The catalogue gives back what was put in, knows exact copies, and says so when its file is damaged."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.documents import Document, Passage
from index.errors import IndexDamagedError, IndexMismatchError, IndexWriteError
from index.parts.catalogue.catalogue import NO_DATE, Catalogue
from index.parts.catalogue.writer import SCHEMA_VERSION, CatalogueWriter, clean
from index.store.layout import CATALOGUE_FILE, REMOVED_FILE, SEGMENTS_DIR

POLICE = Document(
    id="ur/پولیس.txt",
    title="پاک چین پولیس ٹریننگ پر اتفاق",
    body="وفاقی وزیر داخلہ نے بیجنگ میں ملاقات کی۔ دونوں ممالک نے پولیس کی تربیت بڑھانے پر اتفاق کیا۔",
    lang="ur",
    date=date(2026, 1, 7),
    source="روزنامہ",
    url="https://example.org/پولیس?id=1",
    tags=("سفارت", "پولیس"),
    extra={"مصنف": "نامہ نگار", "words": 17, "nested": {"a": [1, None]}},
)
UNIT = Document(
    id="en/unit.txt",
    title="Special unit to protect Chinese citizens",
    body="Islamabad announced a special protection unit. It starts in March.",
    lang="en",
    date=date(2026, 3, 1),
    source="Daily",
    tags=("police", "پولیس"),
)
BARE = Document(id="bare", title="", body="بغیر تاریخ")


def cut(document: Document, size: int = 40) -> list[tuple[Passage, bytes]]:
    """Passages of a few words, with hashes."""
    starts = range(0, len(document.body), size)
    passages = [
        Passage(i, start, min(start + size, len(document.body)), document.lang)
        for i, start in enumerate(starts)
    ]
    return [
        (
            p,
            hashlib.blake2b(
                document.body[p.start : p.end].encode("utf-8", "replace"), digest_size=16
            ).digest(),
        )
        for p in passages
    ]


def write(path: Path, documents: Sequence[Document]) -> Path:
    with CatalogueWriter(path) as writer:
        for document in documents:
            writer.add(document, cut(document))
        writer.finish()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "catalogue.sqlite", [POLICE, UNIT, BARE])


def test_documents_come_back_as_they_were(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        assert catalogue.documents([2, 0, 1, 0]) == [BARE, POLICE, UNIT, POLICE]
        assert catalogue.document(np.int32(1)) == UNIT
        assert list(catalogue.iter_documents()) == [(0, POLICE), (1, UNIT), (2, BARE)]


def test_ids_find_docids(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        assert [catalogue.docid_of(d.id) for d in (POLICE, UNIT, BARE)] == [0, 1, 2]
        assert catalogue.docid_of("نہیں") is None
        assert catalogue.docid_of("ur/%") is None


def test_pids_are_dense_and_belong_to_their_documents(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        passages = catalogue.passages_of(range(3))
        assert [pid for docid in range(3) for pid, _ in passages[docid]] == list(range(6))
        assert passages[0] == list(enumerate(p for p, _ in cut(POLICE)))
        assert catalogue.passages(np.int32(1)) == passages[1]
        assert catalogue.passages_at(np.array([4, 0])) == {
            4: (1, cut(UNIT)[1][0]),
            0: (0, cut(POLICE)[0][0]),
        }
        hashes = [h for document in (POLICE, UNIT, BARE) for _, h in cut(document)]
        assert list(catalogue.text_hashes()) == list(enumerate(hashes))


def test_what_is_not_there(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        assert catalogue.passages(99) == catalogue.passages(-1) == []
        assert catalogue.passages_at([99]) == {}
        with pytest.raises(IndexDamagedError, match="no document 99"):
            catalogue.documents([0, 99])


def test_columns_are_stored_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that opens the catalogue while they are written reads its rows, or all of them."""
    with Catalogue.open(path.parent) as catalogue:
        columns = catalogue.files[0].columns
    seen: list[int] = []
    whole = np.savez

    def slowly(file: Path, **arrays: Any) -> None:
        file.write_bytes(b"PK\x03\x04 the first bytes")
        with Catalogue.open(path.parent) as catalogue:
            seen.append(len(catalogue.columns()))
        whole(file, **arrays)

    monkeypatch.setattr(np, "savez", slowly)
    columns.save(path.parent)
    with Catalogue.open(path.parent) as catalogue:
        assert [*seen, len(catalogue.columns())] == [3, 3]


def test_columns(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        columns = catalogue.columns()
    assert len(columns) == 3
    assert columns.live.tolist() == [True] * 3
    assert [columns.lang_names[code] for code in columns.lang] == ["ur", "en", "und"]
    assert columns.date.tolist() == [
        date(2026, 1, 7).toordinal(),
        date(2026, 3, 1).toordinal(),
        NO_DATE,
    ]
    assert [columns.source_names[code] for code in columns.source[:2]] == ["روزنامہ", "Daily"]
    assert columns.source[2] == -1
    tags = [
        [columns.tag_names[code] for code in columns.tag_codes[start:end]]
        for start, end in zip(columns.tag_indptr, columns.tag_indptr[1:], strict=False)
    ]
    assert tags == [["سفارت", "پولیس"], ["police", "پولیس"], []]
    assert columns.doc_first_pid.tolist() == [0, 3, 5]
    assert columns.doc_passages.tolist() == [3, 2, 1]
    assert columns.passage_doc.tolist() == [0, 0, 0, 1, 1, 2]
    kinds = {name: str(a.dtype) for name, a in vars(columns).items() if isinstance(a, np.ndarray)}
    assert kinds.pop("live") == "bool"
    assert kinds.pop("lang") == "int8"
    assert kinds.pop("tag_indptr") == "int64"
    assert set(kinds.values()) == {"int32"}
    with pytest.raises(ValueError, match="read-only"):
        columns.lang[0] = 1


def test_an_empty_catalogue(tmp_path: Path) -> None:
    with Catalogue.open(write(tmp_path / "c.sqlite", [])) as catalogue:
        columns = catalogue.columns()
        assert len(columns) == len(columns.passage_doc) == len(columns.tag_codes) == 0
        assert columns.tag_indptr.tolist() == [0]
        assert list(catalogue.iter_documents()) == []
        assert catalogue.counts().documents == 0


def test_holes_of_later_deletions_are_masked(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM documents WHERE docid=1")
        db.execute("DELETE FROM bodies WHERE docid=1")
        db.execute("DELETE FROM passages WHERE docid=1")
    db.close()
    with Catalogue.open(path) as catalogue:
        columns = catalogue.columns()
        assert columns.live.tolist() == [True, False, True]
        assert columns.lang[1] == columns.date[1] == columns.source[1] == -1
        assert columns.passage_doc.tolist() == [0, 0, 0, -1, -1, 2]
        assert columns.tag_indptr.tolist() == [0, 2, 2, 2]
        assert catalogue.passages(1) == []
        assert catalogue.documents([2, 0]) == [BARE, POLICE]
        assert catalogue.counts().documents == 2


def test_exact_copies_and_taken_ids(tmp_path: Path) -> None:
    copy = replace(POLICE, id="copy.txt", lang="en", source="ڈان", date=None)
    with CatalogueWriter(tmp_path / "c.sqlite") as writer:
        assert writer.add(POLICE, cut(POLICE)) == 0
        assert writer.add(UNIT, cut(UNIT)) == 1
        assert writer.add(copy, cut(copy)) == 2
        assert writer.has_id(copy.id)
        assert not writer.has_id("gone")
        with pytest.raises(ValueError, match="taken"):
            writer.add(copy, [])
        counts = writer.finish()
    assert (counts.documents, counts.copies) == (3, 1)
    with Catalogue.open(tmp_path / "c.sqlite") as catalogue:
        assert catalogue.counts() == counts
        assert catalogue.docid_of(copy.id) == 2
        assert list(catalogue.records()) == [POLICE, UNIT, copy]
        assert catalogue.columns().copy_of.tolist() == [0, 1, 0]
        assert catalogue.columns().firsts.tolist() == [True, True, False]
        assert catalogue.repeated_texts() == {digest for _, digest in cut(POLICE)}


def test_several_segments_are_one_catalogue(tmp_path: Path) -> None:
    """Numbers go on where those of the segment before end; what is gone leaves a hole."""
    later = tmp_path / SEGMENTS_DIR / "00000001"
    later.mkdir(parents=True)
    write(tmp_path / CATALOGUE_FILE, [POLICE, UNIT])
    copy = replace(POLICE, id="copy.txt", lang="en", source="ڈان", tags=("نقل",))
    again = replace(UNIT, title="Special unit")
    pids = len(cut(POLICE)) + len(cut(UNIT))
    with CatalogueWriter(later / CATALOGUE_FILE, 2, pids) as writer:
        assert [writer.add(each, cut(each)) for each in (copy, again)] == [2, 3]
        writer.finish()
    np.save(later / REMOVED_FILE, np.array([1], np.int32))
    with Catalogue.open(tmp_path) as catalogue:
        columns = catalogue.columns()
        assert columns.live.tolist() == [True, False, True, True]
        assert columns.copy_of.tolist() == [0, 1, 0, 3]
        assert columns.lang_names == ("en", "ur")
        assert columns.lang.tolist() == [1, -1, 0, 0]
        assert columns.source_names == ("Daily", "روزنامہ", "ڈان")
        assert columns.tag_names == ("police", "سفارت", "نقل", "پولیس")
        tags = [columns.tag_codes[slice(*columns.tag_indptr[n : n + 2])] for n in range(4)]
        assert [{columns.tag_names[code] for code in each} for each in tags] == [
            {"سفارت", "پولیس"}, set(), {"نقل"}, {"police", "پولیس"}
        ]  # fmt: skip
        assert list(catalogue.records()) == [POLICE, copy, again]
        assert catalogue.docid_of(UNIT.id) == 3
        assert catalogue.documents([3, 0, 2]) == [again, POLICE, copy]
        with pytest.raises(IndexDamagedError, match="no document 1"):
            catalogue.document(1)
        assert catalogue.passages(1) == []
        first = int(columns.doc_first_pid[2])
        assert [pid for pid, _ in catalogue.passages(2)] == list(
            range(first, first + len(cut(copy)))
        )
        assert first == pids
        assert list(catalogue.passages_at([pids, 0, pids - 1])) == [pids, 0]
        assert len(dict(catalogue.text_hashes())) == len(cut(POLICE)) * 2 + len(cut(again))
        counts = catalogue.counts()
        assert (counts.documents, counts.copies, counts.languages) == (3, 1, {"en": 2, "ur": 1})
    with CatalogueWriter(later / "c.sqlite", 5, pids) as writer:
        writer.finish()
    (later / "c.sqlite").replace(later / CATALOGUE_FILE)
    with pytest.raises(IndexDamagedError, match="follow one another"):
        Catalogue.open(tmp_path)


def test_text_that_is_no_text(tmp_path: Path) -> None:
    odd = Document(
        id="a\ud800",
        title="نل \x00 بائٹ",
        body="پہلا \udc80 حصہ \U0001f600 آخر",
        tags=("\udfff",),
        source="\ud834",
        extra={"\ud800": float("nan"), "n": [float("inf"), 1.5], "d": date(2026, 1, 1)},
    )
    with Catalogue.open(write(tmp_path / "c.sqlite", [odd])) as catalogue:
        kept = catalogue.document(0)
        assert catalogue.docid_of("a\ud800") == catalogue.docid_of("a\ufffd") == 0
    assert kept.title == odd.title
    assert kept.body == "پہلا \ufffd حصہ \U0001f600 آخر"
    assert len(kept.body) == len(odd.body)
    assert (kept.tags, kept.source) == (("\ufffd",), "\ufffd")
    assert kept.extra == {"\ufffd": None, "n": [None, 1.5], "d": "2026-01-01"}
    assert clean("صاف") == "صاف"


def test_a_time_of_day_is_dropped(tmp_path: Path) -> None:
    document = Document(id="a", title="t", body="b", date=datetime(2026, 1, 7, 13, 30))
    with Catalogue.open(write(tmp_path / "c.sqlite", [document])) as catalogue:
        assert catalogue.document(0).date == date(2026, 1, 7)


def test_more_than_a_batch(tmp_path: Path) -> None:
    many = [Document(id=f"خبر/{i}", title=f"خبر {i}", body=f"متن {i}") for i in range(4_100)]
    with Catalogue.open(write(tmp_path / "c.sqlite", many)) as catalogue:
        assert [document for _, document in catalogue.iter_documents()] == many
        wanted = list(range(4_099, -1, -3))
        assert catalogue.documents(wanted) == [many[i] for i in wanted]
        assert catalogue.counts().passages == 4_100


def test_one_plain_file_remains(path: Path) -> None:
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_there_is_one_file_each(path: Path) -> None:
    with pytest.raises(FileExistsError):
        CatalogueWriter(path)


def test_an_unlinked_file_is_read_on_by_many_threads(tmp_path: Path) -> None:
    documents = [Document(id=f"{i}", title=f"سرخی {i}", body="متن " * 500) for i in range(300)]
    path = write(tmp_path / "c.sqlite", documents)
    wrong: list[object] = []

    def read(catalogue: Catalogue, seed: int) -> None:
        for i in range(100):
            docid = (i * 37 + seed * 101) % 300
            document = catalogue.document(docid)
            if document != documents[docid] or catalogue.docid_of(document.id) != docid:
                wrong.append(docid)

    with Catalogue.open(path) as catalogue:
        path.unlink()
        threads = [threading.Thread(target=read, args=(catalogue, i)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_path_that_looks_like_a_uri(tmp_path: Path) -> None:
    folder = tmp_path / "خبریں ?mode=rw#1 %20"
    folder.mkdir()
    with Catalogue.open(write(folder / "c.sqlite", [POLICE])) as catalogue:
        assert catalogue.document(0) == POLICE


def test_a_missing_file_is_damage_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match=r"none\.sqlite"):
        Catalogue.open(tmp_path / "none.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_another_file_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.sqlite").write_bytes(content)
    with pytest.raises(IndexDamagedError):
        Catalogue.open(tmp_path / "c.sqlite")


def test_another_version_is_a_mismatch(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(IndexMismatchError, match="user_version") as caught:
        Catalogue.open(path)
    assert "talash index rebuild" in caught.value.hint


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET date='yesterday'",
        "UPDATE documents SET tags='{'",
        "UPDATE documents SET tags='[[1]]'",
        "UPDATE documents SET first_pid='x'",
        "UPDATE documents SET first_pid=99999999999",
        "UPDATE documents SET docid=docid+10",
        "UPDATE documents SET docid=-docid",
        "UPDATE meta SET value='999999999999'",
        "UPDATE meta SET value='viel'",
        "DELETE FROM meta",
        "DROP TABLE documents",
    ],
)
def test_a_tampered_catalogue_is_damage(path: Path, change: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(change)
    db.close()
    with pytest.raises(IndexDamagedError):
        Catalogue.open(path)


@pytest.mark.parametrize("change", ["body=x'ff'", "body=CAST(x'ff' AS TEXT)"])
def test_a_tampered_body_is_damage(path: Path, change: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"UPDATE bodies SET {change}")
    db.close()
    with Catalogue.open(path) as catalogue, pytest.raises(IndexDamagedError):
        catalogue.document(0)


def test_a_truncated_file_is_damage(tmp_path: Path) -> None:
    documents = [Document(id=f"{i}", title="سرخی", body="متن " * 900) for i in range(100)]
    path = write(tmp_path / "c.sqlite", documents)
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.truncate(size // 3)

    def read_all() -> list[str]:
        with Catalogue.open(path) as catalogue:
            return [d.id for _, d in catalogue.iter_documents()] + catalogue.check()

    with pytest.raises(IndexDamagedError):
        read_all()


def test_use_after_close_is_the_callers_mistake(path: Path) -> None:
    catalogue = Catalogue.open(path)
    catalogue.close()
    assert len(catalogue.columns()) == 3
    with pytest.raises(sqlite3.ProgrammingError):
        catalogue.document(0)


def test_a_directory_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(IndexWriteError):
        CatalogueWriter(tmp_path / "gone" / "c.sqlite")


def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect

    def small(*args: Any, **options: Any) -> sqlite3.Connection:
        connection = real(*args, **options)
        connection.execute("PRAGMA max_page_count=40")  # what SQLite answers to ENOSPC
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    writer = CatalogueWriter(tmp_path / "c.sqlite")

    def fill() -> None:
        for i in range(1_000):
            document = Document(id=f"{i}", title="سرخی", body="متن " * 900)
            writer.add(document, cut(document))

    with pytest.raises(IndexWriteError, match="full") as caught:
        fill()
    assert "Free some space" in caught.value.hint
    writer.close()
