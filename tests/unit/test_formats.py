"""An index written by each format opens and answers, or is refused with the mending command."""

from __future__ import annotations

import shutil
from pathlib import Path

import archives
import formats
import newsroom
import pytest

from index.errors import IndexMismatchError
from index.opened import OpenIndex
from index.operations import change
from index.operations.build import previous_spec, rebuild_from
from index.operations.verify import verify, verify_deep
from index.store.manifest import FORMAT_VERSION, REUSED
from search.models import SearchRequest

KEPT = sorted(int(folder.name) for folder in formats.FORMATS.iterdir())


def test_every_format_is_kept() -> None:
    assert list(range(1, FORMAT_VERSION + 1)) == KEPT


@pytest.mark.parametrize("number", [n for n in KEPT if n < FORMAT_VERSION])
def test_an_older_format_is_refused_with_the_mending_command(number: int) -> None:
    with pytest.raises(IndexMismatchError) as caught:
        OpenIndex.open_current(formats.FORMATS / str(number))
    assert f"format {number}" in caught.value.message
    assert "talash index rebuild" in caught.value.hint


def test_the_present_format_opens_and_answers(tmp_path: Path) -> None:
    data = Path(shutil.copytree(formats.FORMATS / str(FORMAT_VERSION), tmp_path / "data"))
    assert verify(data).ok
    assert verify_deep(data, sample=5, encoder=lambda _: newsroom.Bilingual()).ok
    engine = newsroom.engine(OpenIndex.open_current(data))
    try:
        for query in ("کراچی میں بارش", "heavy rain"):
            found = [hit.id for hit in engine.search(SearchRequest(query)).hits]
            assert {"ur/بارش", "en/rain"} <= set(found[:3])
    finally:
        engine.close()


@pytest.mark.parametrize("number", [n for n in REUSED if n < FORMAT_VERSION])
def test_a_rebuild_takes_the_vectors_of_an_older_format(tmp_path: Path, number: int) -> None:
    """The encoder's work of hours is not done again because of a column more."""
    data = Path(shutil.copytree(formats.FORMATS / str(number), tmp_path / "data"))
    with pytest.raises(IndexMismatchError, match=f"format {number}"):
        change.delete(["ur/بارش"], archives.config(data))
    report = rebuild_from(newsroom.ARTICLES, archives.config(data), encoder=newsroom.Bilingual())
    assert report.reused > 0
    assert (report.encoded, report.reused) == (0, report.passages)
    assert verify(data).ok


def test_an_older_format_does_not_change_the_encoder(tmp_path: Path) -> None:
    data = Path(shutil.copytree(formats.FORMATS / str(REUSED[0]), tmp_path / "data"))
    assert previous_spec(data) == "test"


def test_they_are_small() -> None:
    for number in KEPT:
        files = [path for path in (formats.FORMATS / str(number)).rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) < 300_000
