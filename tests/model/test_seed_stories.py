"""The story view through the real encoder: the thirty events of the sample archive, each told in both
languages, and articles that are easily taken for one story and are not (`tests/data/near_miss`: the
same minister in another town, the next match of the same teams, tomorrow's gold price).
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import archives
import pytest

from index.config import IndexConfig
from index.encoders.onnx import LocalEncoder
from index.opened import OpenIndex
from index.operations.build import rebuild
from index.parts.stories.stories import COPY, STORY
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import SearchRequest

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(900)]

DATA = Path(__file__).resolve().parents[1] / "data"
NEAR_MISS = DATA / "near_miss"
Pair = frozenset[str]


def known(relation: str) -> set[Pair]:
    with (DATA / "near_miss_pairs.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {frozenset((r["first"], r["second"])) for r in rows if r["relation"] == relation}


def found(index: OpenIndex, relation: str) -> set[Pair]:
    """The linked pairs of an archive; ids are the last two parts of a path."""
    names = {
        docid: "/".join(document.id.split("/")[-2:])
        for docid, document in index.catalogue.iter_documents()
    }
    pairs = index.stories.pairs()
    chosen = pairs.kinds == (COPY if relation == "copy" else STORY)
    linked = zip(pairs.first[chosen].tolist(), pairs.second[chosen].tolist(), strict=True)
    return {frozenset((names[a], names[b])) for a, b in linked}


SAME_NAME = {
    frozenset((f"ur/{path.name}", f"en/{path.name}")) for path in (archives.SEEDS / "ur").iterdir()
}


@pytest.fixture(scope="module", params=["alone", "among others"])
def near_miss(
    request: pytest.FixtureRequest,
    encoder: LocalEncoder,
    encoded: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OpenIndex]:
    """The near-miss articles by themselves, and in one archive with the sample articles."""
    config = IndexConfig(data_dir=tmp_path_factory.mktemp("near") / "data")
    shutil.copytree(encoded, config.data_dir)  # whose vectors are not computed again
    others = [archives.SEEDS] if request.param == "among others" else []
    rebuild([NEAR_MISS, *others], config, encoder=encoder)
    opened = OpenIndex.open_current(config.data_dir)
    yield opened
    opened.close()


def test_the_articles_that_are_known() -> None:
    files = {path.relative_to(NEAR_MISS).as_posix() for path in NEAR_MISS.glob("*/*.md")}
    stories, copies = known("story"), known("copy")
    assert {name for pair in stories | copies for name in pair} < files
    assert (len(files), len(stories), len(copies), len(SAME_NAME)) == (31, 15, 4, 30)


def test_the_sample_archive(index: OpenIndex) -> None:
    """All 30 and none wrong when written."""
    stories = found(index, "story")
    assert len(stories & SAME_NAME) >= 28
    assert len(stories - SAME_NAME) <= 1
    assert found(index, "copy") == set()


def test_near_misses(near_miss: OpenIndex) -> None:
    """All 15 when written; 1 wrong alone (a match without a date), none among others."""
    stories, right = found(near_miss, "story"), known("story") | SAME_NAME
    assert len(stories & known("story")) >= 14
    assert len(stories - right) <= 1


def test_every_copy_is_found_and_nothing_else(near_miss: OpenIndex) -> None:
    assert found(near_miss, "copy") == known("copy")


def test_a_result_list_shows_the_story_in_both_languages(
    near_miss: OpenIndex, encoder: LocalEncoder
) -> None:
    engine = SearchEngine(near_miss, encoder, SearchConfig())
    answer = engine.search(SearchRequest("Thal Express derailment Kundian"))
    hits = {hit.id[-24:]: hit for hit in answer.hits}
    english = [hit for hit in answer.hits if "thal" in hit.id and hit.lang == "en"]
    urdu = [hit for hit in answer.hits if "thal" in hit.id and hit.lang == "ur"]
    assert (len(english), len(urdu)) == (1, 1), hits
    assert (english[0].folded, urdu[0].folded) == (2, 1)
    assert [story.lang for story in english[0].stories] == ["ur"]
    assert [story.lang for story in urdu[0].stories] == ["en"]
    related = engine.related(urdu[0].id)
    assert {story.lang for story in related.stories} == {"en"}
    assert [copy.lang for copy in related.copies] == ["ur"]


def test_the_like_is_on_a_like_subject(engine: SearchEngine) -> None:
    likes = engine.related("ur/03-t20-final-multan.md").likes
    assert likes
    assert {like.id[3:5] for like in likes} <= {"04", "24", "25"}, "cricket and hockey"
    assert engine.related("ur/18-snow-leopard.md").likes == ()
