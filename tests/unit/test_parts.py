"""What an index is made of stands in one list: whoever adds a part adds a line there, and no more."""

from __future__ import annotations

import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import archives
import newsroom
import pytest

from index.documents import Document
from index.errors import BackupError, IndexDamagedError
from index.operations.backup import backup, restore
from index.operations.build import rebuild_from
from index.operations.change import add, delete
from index.operations.repair import repair
from index.operations.verify import VerifyReport, verify
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.keyword import part as keyword
from index.parts.keyword.writer import KeywordWriter
from index.parts.part import Building, Checking, Opening, Part, Question, Reader
from index.store.layout import KEYWORD_DIR
from index.store.manifest import current, read_manifest

NEW = Document(id="en/new", title="A new bridge", body="It was opened today.", lang="en")


def write_titles(building: Building) -> None:
    titles = (document.title for _, document in building.catalogue.iter_documents())
    (building.directory / "titles.txt").write_text("\n".join(titles), "utf-8")


def read_titles(checking: Checking) -> Reader:
    titles = []
    while (article := (yield)) is not None:
        titles.append(article.document.title)
    if (checking.directory / "titles.txt").read_text("utf-8").split("\n") != titles:
        raise IndexDamagedError("they are those of other articles")
    return f"{len(titles)} are those of the articles"


def write_marks(building: Building) -> None:
    (building.directory / "marks.txt").write_text(f"made by {building.encoder.info.id}", "utf-8")


DERIVED = Part(
    "titles",
    ("titles.txt",),
    needs=("catalogue",),
    build=write_titles,
    check=lambda checking: [Question("titles", read_titles(checking))],
    rules=lambda: "titles 1",
)
TRUTH = Part("marks", ("marks.txt",), build=write_marks)


def with_parts(monkeypatch: pytest.MonkeyPatch, *parts: Part) -> None:
    monkeypatch.setattr(all_parts, "PARTS", (*all_parts.PARTS, *parts))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with_parts(monkeypatch, TRUTH, DERIVED)
    newsroom.build(tmp_path / "data").close()
    return tmp_path / "data"


def found(report: VerifyReport, *, ok: bool) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks if check.ok is ok}


def deep(data: Path) -> VerifyReport:
    return verify(data, deep=True, sample=5, encoder=lambda _: newsroom.Bilingual())


def damage(data: Path, name: str) -> None:
    (current(data) / name).write_bytes(b"x" * (current(data) / name).stat().st_size)


def test_each_part_stands_after_those_it_needs() -> None:
    names = [part.name for part in all_parts.PARTS]
    assert len(set(names)) == len(names)
    for at, part in enumerate(all_parts.PARTS):
        assert set(part.needs) <= set(names[:at]), part.name


def test_every_file_of_an_index_is_of_one_part(tmp_path: Path) -> None:
    newsroom.build(tmp_path).close()
    listed = [name for part in all_parts.PARTS for name in part.files]
    assert len(set(listed)) == len(listed)
    files = {name.split("/")[0] for name in read_manifest(current(tmp_path)).files}
    assert KEYWORD_DIR in files
    assert files <= set(listed)


def test_texts_are_read_once_in_a_deep_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.build(tmp_path).close()
    read: list[int] = []
    real = Catalogue.iter_documents

    def counted(catalogue: Catalogue):
        for docid, document in real(catalogue):
            read.append(docid)
            yield docid, document

    monkeypatch.setattr(Catalogue, "iter_documents", counted)
    assert deep(tmp_path).ok
    assert read == list(range(len(newsroom.ARTICLES)))


def test_a_part_is_built_and_checked(data: Path) -> None:
    manifest = read_manifest(current(data))
    assert {"titles.txt", "marks.txt"} <= set(manifest.files)
    assert manifest.build["derived"].endswith(" titles 1")
    for report in (verify(data), deep(data)):
        assert report.ok
        assert found(report, ok=True)["titles"] == "12 are those of the articles"


@pytest.mark.parametrize("part", [DERIVED, TRUTH])
def test_a_damaged_part_is_found(data: Path, part: Part) -> None:
    damage(data, part.files[0])
    assert f"file {part.files[0]}" in found(verify(data), ok=False)


def test_a_part_that_lies_below_its_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_parts(monkeypatch, replace(DERIVED, build=lambda building: write_lie(building.directory)))
    newsroom.build(tmp_path).close()
    assert found(verify(tmp_path), ok=False) == {"titles": "they are those of other articles"}
    assert found(deep(tmp_path), ok=False) == {"titles": "they are those of other articles"}


def write_lie(directory: Path) -> None:
    (directory / "titles.txt").write_text("no such title", "utf-8")


def test_a_derived_part_is_repaired(data: Path) -> None:
    wanted = (current(data) / "titles.txt").read_bytes()
    damage(data, "titles.txt")
    done = repair(archives.config(data), encoder=newsroom.OnlyWords())
    assert done.damaged == ("titles.txt",)
    assert (current(data) / "titles.txt").read_bytes() == wanted
    assert deep(data).ok


def test_a_part_of_the_truth_is_not(data: Path) -> None:
    damage(data, "marks.txt")
    with pytest.raises(IndexDamagedError, match=r"marks\.txt"):
        repair(archives.config(data), encoder=newsroom.OnlyWords())


def test_the_truth_is_backed_up_and_the_rest_built_again(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as archive:
        names = archive.getnames()
    assert "marks.txt" in names
    assert "titles.txt" not in names
    restore(tmp_path / "b.tar", archives.config(tmp_path / "other"), encoder=newsroom.OnlyWords())
    for name in ("titles.txt", "marks.txt"):
        there = (current(tmp_path / "other") / name).read_bytes()
        assert there == (current(data) / name).read_bytes()
    assert deep(tmp_path / "other").ok


def test_a_backup_without_a_part_of_the_truth_is_none(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(data, tmp_path / "b.tar")
    with_parts(monkeypatch, Part("more", ("more.txt",)))
    with pytest.raises(BackupError, match=r"lacks more\.txt"):
        restore(tmp_path / "b.tar", archives.config(tmp_path / "other"))


def test_a_derived_part_in_a_backup_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = replace(DERIVED, spares_encoding=True)
    with monkeypatch.context() as patch:
        with_parts(patch, replace(saved, build=lambda building: write_lie(building.directory)))
        newsroom.build(tmp_path / "data").close()
    with_parts(monkeypatch, saved)
    backup(tmp_path / "data", tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as archive:
        assert "titles.txt" in archive.getnames()
    restore(tmp_path / "b.tar", archives.config(tmp_path / "other"), encoder=newsroom.OnlyWords())
    assert deep(tmp_path / "other").ok


def test_a_part_follows_a_change(data: Path) -> None:
    encoder = newsroom.Bilingual()
    config = archives.config(data)
    delete([newsroom.ARTICLES[0].id], config, encoder=encoder)
    add([NEW], config, encoder=encoder)
    titles = (current(data) / "titles.txt").read_text("utf-8").split("\n")
    assert titles == [*(each.title for each in newsroom.ARTICLES[1:]), NEW.title]
    assert deep(data).ok


def test_an_index_of_other_parts_is_not_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, encoder = archives.config(tmp_path), newsroom.Bilingual()
    rebuild_from(newsroom.ARTICLES, config, encoder=encoder)
    assert rebuild_from(newsroom.ARTICLES, config, encoder=encoder).unchanged
    with_parts(monkeypatch, DERIVED)
    assert not rebuild_from(newsroom.ARTICLES, config, encoder=encoder).unchanged
    assert (current(tmp_path) / "titles.txt").exists()


def test_a_keyword_index_of_other_documents_is_damage(tmp_path: Path) -> None:
    """As many documents under other docids: a search would score what is not there."""
    data = tmp_path / "data"
    newsroom.build(data).close()
    generation = current(data)
    shutil.rmtree(generation / KEYWORD_DIR)
    writer = KeywordWriter(generation / KEYWORD_DIR)
    for docid, article in enumerate(newsroom.ARTICLES, 1):
        writer.add(docid, article)
    writer.finish()
    with Catalogue.open(generation) as catalogue:
        opening = Opening(generation, read_manifest(generation), catalogue)
        with pytest.raises(IndexDamagedError, match="other documents"):
            keyword.PART.open(opening)
