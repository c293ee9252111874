"""Where documents come from, asked of hashes: the root of a file, the pages of an article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.errors import IndexDamagedError
from index.operations.change import add, delete
from index.operations.verify import verify
from index.parts.catalogue.catalogue import Catalogue
from index.readers.pages.amp_twins import AMP, without_amp
from index.store.layout import ADDRESSES_FILE
from index.store.manifest import current

ARTICLE = "https://misal.example/news/{}"


def article(number: int, *, amp: bool | None = False, **more: str) -> Document:
    extra = {} if amp is None else {AMP: amp}
    url = ARTICLE.format(number)
    text = f"Rain fell on {number} villages."
    return Document(f"en/{number}", f"Rain {number}", text, "en", url=url, extra=extra, **more)


PAGES = (
    article(1, origin="/news/1.html", root="/news"),
    article(2, origin="/news/2.html", root="/other"),
    article(3, amp=None, origin="/news/2.html", root="/news"),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    newsroom.build(tmp_path / "data", [*newsroom.ARTICLES, *PAGES]).close()
    return tmp_path / "data"


def pages_of(catalogue: Catalogue, number: int) -> list[str]:
    return [page.id for page in catalogue.pages_of(without_amp(ARTICLE.format(number))[0])]


def test_the_root_of_a_file_is_that_of_the_last_document_read_from_it(data: Path) -> None:
    with Catalogue.open(current(data)) as catalogue:
        assert catalogue.root_of("/news/1.html") == "/news"
        assert catalogue.root_of("/news/2.html") == "/news"
        assert catalogue.root_of("/news/3.html") == ""
        assert catalogue.root_of("") == ""
    delete(["en/3"], archives.config(data), encoder=newsroom.Bilingual())
    with Catalogue.open(current(data)) as catalogue:
        assert catalogue.root_of("/news/2.html") == "/other"
    add(
        [article(4, origin="/news/2.html", root="/new")],
        archives.config(data),
        encoder=newsroom.Bilingual(),
    )
    with Catalogue.open(current(data)) as catalogue:
        assert catalogue.root_of("/news/2.html") == "/new"


def test_the_pages_of_an_article_are_found_and_no_others(data: Path) -> None:
    with Catalogue.open(current(data)) as catalogue:
        assert [pages_of(catalogue, number) for number in (1, 2, 3, 4)] == [
            ["en/1"],
            ["en/2"],
            [],
            [],
        ]
    delete(["en/1"], archives.config(data), encoder=newsroom.Bilingual())
    with Catalogue.open(current(data)) as catalogue:
        assert pages_of(catalogue, 1) == []


def test_a_segment_of_an_earlier_version_is_read(data: Path) -> None:
    (current(data) / ADDRESSES_FILE).unlink()
    with Catalogue.open(current(data)) as catalogue:
        assert catalogue.root_of("/news/1.html") == "/news"
        assert pages_of(catalogue, 1) == ["en/1"]


def test_a_change_reads_no_documents_but_those_it_is_about(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = Catalogue.documents

    def counted(catalogue: Catalogue, docids: Iterable[int]) -> list[Document]:
        found = real(catalogue, docids)
        if not reading_segment(catalogue):
            read.extend(each.id for each in found)
        return found

    def reading_segment(catalogue: Catalogue) -> bool:
        return len(catalogue.files) > 1 or catalogue.files[0].path.parent != current(data)

    monkeypatch.setattr(Catalogue, "documents", counted)
    twin = replace(article(1, amp=True), id="en/1-amp", origin="/news/1-amp.html", root="/news")
    done = add([twin], archives.config(data), encoder=newsroom.Bilingual())
    assert (done.added, read) == (0, ["en/1"])


@pytest.mark.parametrize(
    "stored", [np.zeros((3, 3), np.uint64), np.zeros((12, 2), np.float32), b"", None]
)
def test_damage_is_told(data: Path, stored: np.ndarray | bytes | None) -> None:
    path = current(data) / ADDRESSES_FILE
    if stored is None:
        path.write_bytes(path.read_bytes()[:-1])
    elif isinstance(stored, bytes):
        path.write_bytes(stored)
    else:
        np.save(path, stored)
    with (
        Catalogue.open(current(data)) as catalogue,
        pytest.raises(IndexDamagedError, match=ADDRESSES_FILE),
    ):
        catalogue.root_of("/news/1.html")


def test_others_than_those_of_the_catalogue_are_found(data: Path) -> None:
    path = current(data) / ADDRESSES_FILE
    np.save(path, np.load(path)[::-1])
    report = verify(data, deep=True, sample=1, encoder=lambda _: newsroom.Bilingual())
    assert "deep: columns" in {check.name for check in report.checks if not check.ok}
