"""An index written by each format opens and answers, or is refused with the mending command."""

from __future__ import annotations

import shutil
from pathlib import Path

import formats
import newsroom
import pytest

from index.errors import IndexMismatchError
from index.reader import OpenIndex
from index.status import FORMAT_VERSION
from index.verify import verify
from index.verify_deep import verify_deep
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


def test_they_are_small() -> None:
    for number in KEPT:
        files = [path for path in (formats.FORMATS / str(number)).rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) < 300_000
