"""Limits hold when an index is extended; and the checks of an extended index notice what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import growing
import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.operations.verify import verify
from index.parts import bigrams
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon import changes as lexicon_changes
from index.parts.lexicon.lexicon import Lexicon
from index.parts.lexicon.translations import mine_pairs
from index.parts.relevance import Relevance
from index.parts.suggestions import build as phrases_build
from index.parts.suggestions import changes as suggestions_changes
from index.parts.suggestions.part import open_suggestions
from index.parts.vectors import rows_of
from index.store.layout import LEXICON_FILE, MANIFEST, RELEVANCE_FILE
from index.store.manifest import FileEntry, Manifest, current, read_manifest

BASE = [each for each in newsroom.ARTICLES if each.id != "en/rain"]
RAIN = next(each for each in newsroom.ARTICLES if each.id == "en/rain")


def docid_of(data: Path, name: str) -> int:
    with Catalogue.open(current(data)) as catalogue:
        found = catalogue.docid_of(name)
    assert found is not None
    return found


def test_a_form_that_becomes_the_head_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    newsroom.build(tmp_path, BASE).close()
    before = Lexicon.open(current(tmp_path))
    old = before.head("meeting")
    assert before.has_vector(old)
    assert before.words[old] != "meetings"
    more = [
        Document(id=f"en/{n}", title="Meetings", body=f"Meetings {n}.", lang="en") for n in range(9)
    ]
    encoder = newsroom.Bilingual()
    later = Lexicon.open(growing.commit(tmp_path, [], more, encoder))
    head = later.head("meeting")
    assert later.words[head] == "meetings"
    assert later.has_vector(head)
    assert not later.has_vector(later.row(before.words[old]))
    assert encoder.queries == []
    known = {before.words[row] for row, _ in before.neighbours.of(old)}
    assert {later.words[row] for row, _ in later.neighbours.of(head)} == known


def test_pairs_of_words_beyond_the_limit_go_the_rarest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bigrams, lexicon_changes):
        monkeypatch.setattr(module, "MOST_PAIRS", 30)
    newsroom.build(tmp_path, BASE).close()
    urdu = replace(newsroom.ARTICLES[0], id="ur/more")
    directory = growing.commit(tmp_path, [docid_of(tmp_path, "ur/عدالت")], [urdu])
    lexicon = Lexicon.open(directory)
    assert 0 < len(vars(lexicon)["_bigram_keys"]) <= 30
    assert lexicon.bigram_least > 1
    pair = np.array([lexicon.row("وزیر")]), np.array([lexicon.row("داخلہ")])
    assert lexicon.pair_counts(*pair)[0, 0] == 6
    report = verify(tmp_path, deep=True)
    assert report.ok, [check for check in report.checks if not check.ok]
    told = {check.name: check.detail for check in report.checks}
    assert "not held against them" in told["deep: word pairs"]


def test_of_too_many_titles_the_newest_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (phrases_build, suggestions_changes):
        monkeypatch.setattr(module, "MOST_TITLES", 5)
    days = [replace(each, date=date(2026, 1, 1 + n)) for n, each in enumerate(BASE)]
    newsroom.build(tmp_path, days).close()
    last = replace(RAIN, date=date(2026, 2, 1))
    undated = replace(RAIN, id="en/undated", title="Undated rain")
    directory = growing.commit(tmp_path, [docid_of(tmp_path, "en/hockey")], [undated, last])
    with Catalogue.open(directory) as catalogue:
        phrases = open_suggestions(directory, Lexicon.open(directory), catalogue.columns())
    size = len(BASE)
    wanted = [size + 1, *range(size - 2, size - 6, -1)]
    assert phrases.docids[phrases.titles_from :].tolist() == wanted
    assert verify(tmp_path).ok


# -- holes -------------------------------------------------------------------------------------------


def test_vectors_of_documents_that_are_gone_count_for_nothing(tmp_path: Path) -> None:
    """Fitting the relevance and mining sentence pairs skip their rows, whatever is in them."""
    newsroom.build(tmp_path, newsroom.ARTICLES).close()
    gone = [docid_of(tmp_path, "en/minister"), docid_of(tmp_path, "ur/کرکٹ")]
    directory = growing.commit(tmp_path, gone, [RAIN_AGAIN])
    with Catalogue.open(directory) as catalogue:
        columns = catalogue.columns()
    holes = columns.passage_doc < 0
    assert holes.any()
    rows = np.array(rows_of(directory)[:])
    fitted, pairs = Relevance.fit(newsroom.Bilingual(), rows, columns), mine_pairs(rows, columns)
    assert not holes[pairs.urdu].any()
    assert not holes[pairs.english].any()
    rows[holes] = 9.0
    again, pairs_again = (
        Relevance.fit(newsroom.Bilingual(), rows, columns),
        mine_pairs(rows, columns),
    )
    assert again.floor == fitted.floor
    np.testing.assert_array_equal(again.means, fitted.means)
    np.testing.assert_array_equal(pairs_again.margins, pairs.margins)


RAIN_AGAIN = replace(RAIN, id="en/again")


# -- checks ------------------------------------------------------------------------------------------


def resealed(data: Path, name: str, change: Callable[[Path], None]) -> None:
    """Change a file and let the manifest have its checksum, so that only its content is wrong."""
    import hashlib

    path = current(data) / name
    change(path)
    manifest = read_manifest(current(data))
    content = path.read_bytes()
    entry = FileEntry(len(content), hashlib.sha256(content).hexdigest())
    changed = replace(manifest, files={**manifest.files, name: entry})
    assert isinstance(changed, Manifest)
    (current(data) / MANIFEST).write_text(json.dumps(changed.to_json()), encoding="utf-8")


def failed(data: Path) -> dict[str, str]:
    report = verify(data, deep=True, sample=3, encoder=lambda _: newsroom.Bilingual())
    return {check.name: check.detail for check in report.checks if not check.ok}


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("extended") / "data"
    newsroom.build(data, BASE).close()
    growing.commit(data, [docid_of(data, "en/wheat")], [RAIN])
    return data


@pytest.fixture
def data(extended: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(extended, tmp_path / "data"))


def test_an_extended_index_passes_every_check(data: Path) -> None:
    assert failed(data) == {}


def test_an_old_floor_passes_and_other_means_do_not(data: Path) -> None:
    def measure(floor: float, means: float) -> Callable[[Path], None]:
        def change(path: Path) -> None:
            stored = Relevance.load(path.parent)
            replace(stored, floor=stored.floor + floor, means=stored.means + means).save(
                path.parent
            )

        return change

    resealed(data, RELEVANCE_FILE, measure(0.2, 0))
    assert failed(data) == {}
    resealed(data, RELEVANCE_FILE, measure(0, 0.1))
    assert "other mean passages" in failed(data)["deep: relevance"]
    resealed(data, RELEVANCE_FILE, measure(np.nan, -0.1))
    assert "deep: relevance" in failed(data)


@pytest.mark.parametrize(
    ("name", "check"), [("field_frequencies", "lexicon"), ("bigram_counts", "deep: word pairs")]
)
def test_wrong_counts_are_noticed(data: Path, name: str, check: str) -> None:
    def change(path: Path) -> None:
        with np.load(path) as stored:
            arrays = dict(stored)
        arrays[name] = arrays[name].copy()
        arrays[name].flat[np.argmin(arrays[name])] += 1
        np.savez(path, **arrays)

    resealed(data, LEXICON_FILE, change)
    assert check in failed(data)
