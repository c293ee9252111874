"""A backup from a stranger, or from a bad disk: refused with a clear error, and nothing is left."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import archives
import growing
import newsroom
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inputs import some
from sealing import sealed

from index.digests import file_digest
from index.errors import BackupError, IndexMismatchError, TalashError
from index.operations.backup import backup, restore
from index.operations.verify import verify
from index.operations.versions import generations
from index.parts.catalogue.catalogue import Catalogue
from index.store.layout import segments
from index.store.manifest import current, generation_names

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup, as bytes."""
    root = tmp_path_factory.mktemp("backup")
    newsroom.build(root / "data").close()
    backup(root / "data", root / "b.tar")
    return (root / "b.tar").read_bytes()


def refused(tmp_path: Path, content: bytes, kind: type[TalashError] = BackupError) -> str:
    """The message of the refusal; an index that is not there stays so, and nothing is left behind."""
    (tmp_path / "b.tar").write_bytes(content)
    config = archives.config(tmp_path / "data")
    with pytest.raises(kind) as caught:
        restore(tmp_path / "b.tar", config, encoder=newsroom.Bilingual())
    assert generation_names(config.data_dir) == []
    assert list((config.data_dir / "generations").iterdir()) == []
    assert not (config.data_dir / "CURRENT").exists()
    return caught.value.message


def members(content: bytes) -> Members:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]


def packed(files: Members, *extra: tuple[tarfile.TarInfo, bytes], seal: bool = True) -> bytes:
    """A backup of these files, its manifest made to agree with them."""
    manifest = json.loads(files["manifest.json"])
    if seal:
        manifest["files"] = {
            name: {"size": len(data), "sha256": file_digest(io.BytesIO(data))}
            for name, data in files.items()
            if name != "manifest.json"
        }
    files = {
        "manifest.json": sealed(manifest),
        **{k: v for k, v in files.items() if k != "manifest.json"},
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info, data in extra:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info


def test_packed_again_it_is_sound(tmp_path: Path, sound: bytes) -> None:
    """What follows refuses the change, not the packing."""
    (tmp_path / "b.tar").write_bytes(packed(members(sound)))
    config = archives.config(tmp_path / "data")
    assert restore(tmp_path / "b.tar", config, encoder=newsroom.Bilingual()).documents == 12


@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("zipped", [False, True])
def test_cut_short(tmp_path: Path, sound: bytes, share: float, zipped: bool) -> None:
    content = gzip.compress(sound) if zipped else sound
    refused(tmp_path, content[: int(len(content) * share)])


@settings(
    max_examples=some(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), zipped=st.booleans())
def test_one_bit_flipped(
    tmp_path_factory, sound: bytes, place: float, bit: int, zipped: bool
) -> None:
    """In a member, in its header or in what fills up a block: refused, or of no consequence."""
    content = bytearray(gzip.compress(sound) if zipped else sound)
    at = int(place * len(content))
    content[at] ^= 1 << bit
    folder = tmp_path_factory.mktemp("flip")
    (folder / "b.tar").write_bytes(content)
    try:
        restore(folder / "b.tar", archives.config(folder / "data"), encoder=newsroom.Bilingual())
    except (BackupError, IndexMismatchError):
        assert generation_names(folder / "data") == []
    else:  # in fields that nobody reads: what came out is what went in
        assert [each.documents for each in generations(folder / "data")] == [12]
        assert verify(folder / "data").ok


@pytest.mark.parametrize(
    "name",
    [
        "../CURRENT",
        "/etc/passwd",
        "keyword/_MAIN_1.toc",
        "faiss/ur.faiss",
        "بارش.txt",
        "a\\b",
        "C:x",
    ],
)
def test_a_member_that_does_not_belong(tmp_path: Path, sound: bytes, name: str) -> None:
    files = members(sound)
    assert "does not name" in refused(tmp_path, packed(files, (entry(name, size=4), b"\x80\x04N.")))
    refused(tmp_path, packed(files | {name: b"\x80\x04N."}))
    assert not (tmp_path / "CURRENT").exists()


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
     tarfile.DIRTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, tarfile.XGLTYPE,
     tarfile.GNUTYPE_LONGNAME],
)  # fmt: skip
@pytest.mark.parametrize("name", ["vectors.npy", "خبریں"])
def test_no_links_devices_or_extended_headers(
    tmp_path: Path, sound: bytes, kind: bytes, name: str
) -> None:
    files = members(sound)
    vectors = files.pop("vectors.npy")
    manifest = json.loads(files["manifest.json"])
    content = packed(files, (entry(name, kind, "/etc/passwd", 0), vectors), seal=False)
    assert "vectors.npy" in manifest["files"]
    assert "no ordinary file" in refused(tmp_path, content)


def test_twice_the_same_member(tmp_path: Path, sound: bytes) -> None:
    files = members(sound)
    vectors = files["vectors.npy"]
    content = packed(files, (entry("vectors.npy", size=len(vectors)), vectors))
    assert "does not name" in refused(tmp_path, content)


@pytest.mark.parametrize("name", ["catalogue.sqlite", "vectors.npy", "word_states.bin"])
def test_a_member_missing(tmp_path: Path, sound: bytes, name: str) -> None:
    files = {key: data for key, data in members(sound).items() if key != name}
    assert "lacks" in refused(tmp_path, packed(files, seal=False))
    refused(tmp_path, packed(files))


def test_what_comes_after_the_end(tmp_path: Path, sound: bytes) -> None:
    assert "does not end" in refused(tmp_path, sound + b"more")
    assert "does not end" in refused(tmp_path, sound + bytes(1 << 20))
    assert "does not end" in refused(tmp_path, gzip.compress(sound + bytes(1 << 24)))


def change(manifest: dict[str, Any], **fields: object) -> bytes:
    return sealed(manifest | fields)


@pytest.mark.parametrize("size", [10**15, 2**63, -1, 1.5, True, "7", None], ids=str)
def test_sizes_that_are_none(tmp_path: Path, sound: bytes, size: object) -> None:
    """A terabyte of zeros is a few kilobytes of gzip: refused by its manifest, before unpacking."""
    files = members(sound)
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["vectors.npy"]["size"] = size
    files["manifest.json"] = sealed(manifest)
    content = packed(files, seal=False)
    refused(tmp_path, content)
    refused(tmp_path, gzip.compress(content))


def test_a_manifest_without_end(tmp_path: Path) -> None:
    info = entry("manifest.json", size=1 << 40)
    assert "begin with its manifest" in refused(
        tmp_path, info.tobuf(tarfile.GNU_FORMAT) + bytes(9999)
    )


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"[" * 9999, b'{"format_version": 2}', "خبر".encode(), b"\xff\xfe"],
)
def test_a_manifest_that_is_none(tmp_path: Path, text: bytes) -> None:
    content = entry("manifest.json", size=len(text)).tobuf() + text + bytes(-len(text) % 512)
    assert "manifest" in refused(tmp_path, content + bytes(1024))


def test_another_format(tmp_path: Path, sound: bytes) -> None:
    files = members(sound)
    files["manifest.json"] = change(json.loads(files["manifest.json"]), format_version=77)
    assert "format 77" in refused(tmp_path, packed(files), IndexMismatchError)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"PK\x03\x04" * 400, b"\x80\x04" * 4096])
def test_what_is_no_backup_at_all(tmp_path: Path, content: bytes) -> None:
    refused(tmp_path, content)


def array(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        out = io.BytesIO()
        np.save(out, change(np.load(io.BytesIO(data))), allow_pickle=True)
        return out.getvalue()

    return changed


def claims_more(data: bytes) -> bytes:
    return data.replace(b"(28, 64), }       ", b"(9999999999, 64), }")[: len(data)]


def deflated(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("words.npy", bytes(1 << 24))
    return out.getvalue()


def sql(*statements: str) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "c.sqlite"
            path.write_bytes(data)
            db = sqlite3.connect(path)
            for statement in statements:
                db.execute(statement)
            db.commit()
            db.close()
            return path.read_bytes()

    return changed


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("vectors.npy", array(lambda rows: np.array([{"a": 1}], object))),
        ("vectors.npy", claims_more),
        ("vectors.npy", array(lambda rows: rows[:-1])),
        ("vectors.npy", array(lambda rows: rows * np.float16(np.nan))),
        ("vectors.npy", array(lambda rows: rows * 2)),
        ("vectors.npy", array(lambda rows: rows[0, 0])),
        ("words.npy", array(lambda rows: rows[:-1])),
        ("words.npy", array(lambda rows: rows * np.float16(np.inf))),
        ("lexicon.npz", deflated),
        ("word_states.npz", deflated),
        ("lexicon.npz", lambda data: data[:-30]),
        ("word_states.bin", lambda data: data[:-64]),
        ("catalogue.sqlite", lambda data: b"SQLite format 3\0" + bytes(8192)),
        ("catalogue.sqlite", lambda data: data[:16384] + bytes(8192) + data[24576:]),
        ("catalogue.sqlite", sql("CREATE TABLE more(x)")),
        ("catalogue.sqlite", sql("CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END")),
        (
            "catalogue.sqlite",
            sql("DROP TABLE bodies", "CREATE VIEW bodies AS SELECT 1 docid, 2 body"),
        ),
        ("catalogue.sqlite", sql("UPDATE meta SET value='2147483647'")),
        ("catalogue.sqlite", sql("UPDATE meta SET value='سو'")),
        ("catalogue.sqlite", sql("UPDATE bodies SET body='جھوٹی خبر' WHERE docid=2")),
        ("catalogue.sqlite", sql("UPDATE documents SET title='جھوٹی سرخی' WHERE docid=2")),
        ("catalogue.sqlite", sql("UPDATE passages SET text_hash=x'00' WHERE pid=3")),
        ("catalogue.sqlite", sql('UPDATE passages SET "end"=99999 WHERE pid=3')),
        ("catalogue.sqlite", sql("UPDATE documents SET date='0000-99-99' WHERE docid=1")),
        ("catalogue.sqlite", sql("UPDATE documents SET tags='[[[' WHERE docid=1")),
        ("catalogue.sqlite", sql("DELETE FROM documents WHERE docid=4")),
    ],
)
def test_files_that_are_not_what_they_should_be(
    tmp_path: Path, sound: bytes, name: str, change: Callable[[bytes], bytes]
) -> None:
    """Below right checksums: only what the files say is wrong."""
    files = members(sound)
    changed = change(files[name])
    assert changed != files[name]
    refused(tmp_path, packed(files | {name: changed}))


# -- segments ----------------------------------------------------------------------------------------

LATER = "segments/00000001"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of an index of two segments, the second of which takes documents out of the first."""
    root = tmp_path_factory.mktemp("changed")
    newsroom.build(root / "data", newsroom.ARTICLES[:-1]).close()
    growing.commit(root / "data", [2, 3], [newsroom.ARTICLES[-1]])
    backup(root / "data", root / "b.tar")
    return (root / "b.tar").read_bytes()


def test_segments_are_restored_as_one(changed: bytes, tmp_path: Path) -> None:
    assert {name for name in members(changed) if name.startswith(LATER)} == {
        f"{LATER}/{name}"
        for name in (
            *("catalogue.sqlite", "removed.npy", "vectors.npy"),
            *("word_states.bin", "word_states.npz"),
        )
    }
    (tmp_path / "b.tar").write_bytes(changed)
    config = archives.config(tmp_path / "data")
    restore(tmp_path / "b.tar", config, encoder=newsroom.OnlyWords())
    assert verify(config.data_dir).ok
    generation = current(config.data_dir)
    assert segments(generation) == [generation]
    wanted = [each for n, each in enumerate(newsroom.ARTICLES) if n not in (2, 3)]
    with Catalogue.open(generation) as catalogue:
        assert [each.id for each in catalogue.records()] == [each.id for each in wanted]
        assert catalogue.columns().live.all()


@pytest.mark.parametrize(
    "name",
    [
        *("segments/1/vectors.npy", "segments/00000001/../x", "segments/00000001/words.npy"),
        *("segments/00000001/faiss/ur.faiss", "segments/../catalogue.sqlite", "segments/00000002"),
    ],
)
def test_strange_names_below_segments(changed: bytes, tmp_path: Path, name: str) -> None:
    refused(tmp_path, packed({**members(changed), name: b"x"}))


@pytest.mark.parametrize("lost", ["catalogue.sqlite", "vectors.npy", "word_states.npz"])
def test_a_segment_without_its_truth(changed: bytes, tmp_path: Path, lost: str) -> None:
    files = members(changed)
    del files[f"{LATER}/{lost}"]
    refused(tmp_path, packed(files))


def stored(values: Any, kind: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array(values, kind))
    return out.getvalue()


@pytest.mark.parametrize(
    "removed",
    [
        *([-1], [10_000], [[1, 2]]),
        *(np.array([1.5]), np.array([2**40]), np.array([{}], object)),
    ],
)
def test_removed_documents_that_are_none(changed: bytes, tmp_path: Path, removed: Any) -> None:
    kind = getattr(removed, "dtype", np.int32)
    refused(tmp_path, packed({**members(changed), f"{LATER}/removed.npy": stored(removed, kind)}))


@pytest.mark.parametrize("folder", ["", f"{LATER}/"])
def test_numbers_that_do_not_follow_are_no_bomb(
    changed: bytes, tmp_path: Path, folder: str
) -> None:
    """Columns have a place for each number: of a billion of them there would be none left."""
    files = members(changed)
    database = tmp_path / "c.sqlite"
    database.write_bytes(files[f"{folder}catalogue.sqlite"])
    with closing(sqlite3.connect(database)) as db:
        for key in ("docid", "pid"):
            ((end,),) = db.execute("SELECT value FROM meta WHERE key=?", (f"next_{key}",))
            rows = [(f"first_{key}", str(1 << 30)), (f"next_{key}", str((1 << 30) + int(end)))]
            db.executemany("INSERT OR REPLACE INTO meta VALUES(?,?)", rows)
        db.commit()
    files[f"{folder}catalogue.sqlite"] = database.read_bytes()
    assert "begins with other numbers" in refused(tmp_path, packed(files))
