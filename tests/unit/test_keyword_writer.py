"""Postings are what a plain count of the words says, however many runs they were gathered in."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from index.documents import Document
from index.parts.bigrams import BigramCounter
from index.parts.keyword import writer
from index.parts.keyword.keyword_index import EXACT, RANKING, KeywordIndex
from index.parts.keyword.writer import KeywordWriter
from index.text.analysis import is_stop, stem, terms
from index.text.compounds import additions

WORDS = [
    "کراچی",
    "لاہور",
    "میں",
    "بارش",
    "وزیر",
    "اعظم",
    "وزراء",
    "سڑک",
    "the",
    "Rain",
    "in",
    "PTI",
    "ex-minister",
    "T20",
    "2,500",
    "ملاقاتیں",
    "شہریوں",
]
DOCIDS = range(3, 120, 3)


@pytest.fixture(scope="module")
def documents() -> dict[int, Document]:
    dice = random.Random(14)
    found = {
        docid: Document(
            str(docid),
            " ".join(dice.choices(WORDS, k=dice.randrange(6))),
            " ".join(dice.choices(WORDS, k=dice.choice((0, 1, 7, 40)))),
        )
        for docid in DOCIDS
    }
    found[9] = Document("long", "بارش", "سڑک " * 70_000)
    return found


def counted(documents: dict[int, Document]) -> dict[str, dict[str, dict[int, int]]]:
    """By field and word, how often each document has it."""
    found: dict[str, dict[str, dict[int, int]]] = {}
    for place, name in enumerate(RANKING):
        ranked: dict[str, dict[int, int]] = defaultdict(dict)
        exact: dict[str, dict[int, int]] = defaultdict(dict)
        for docid, document in documents.items():
            text = (document.title, document.body)[place]
            words = terms(text)
            ranking = [stem(word) for word in words if not is_stop(word)] + additions(text)
            for of, posted in ((ranked, ranking), (exact, words)):
                for word, count in Counter(posted).items():
                    of[word][docid] = count
        found[name], found[EXACT[place]] = ranked, exact
    return found


@pytest.mark.parametrize("run", [1, 500, 1_000_000], ids="{} words a run".format)
def test_postings(
    documents: dict[int, Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    monkeypatch.setattr(writer, "RUN", run)
    with KeywordWriter(tmp_path / "keyword") as postings:
        for docid, document in documents.items():
            postings.add(docid, document)
        postings.finish()
    counter = BigramCounter()
    texts = [terms(text) for each in documents.values() for text in (each.title, each.body)]
    for own in texts:
        counter.add(own)
    words = sorted({word for own in texts for word in own})
    for found, counted_one_by_one in zip(
        postings.pairs.counts(words), counter.counts(words), strict=True
    ):
        assert found.tolist() == counted_one_by_one.tolist()
    assert len(counter.counts(words)[0])
    index = KeywordIndex.open(tmp_path / "keyword")
    wanted = counted(documents)
    for name, words in wanted.items():
        held = {
            word: dict(zip(docids.tolist(), map(int, frequencies), strict=True))
            for word, docids, frequencies in index.every_posting(name)
        }
        assert held == words
    for place, name in enumerate(EXACT):
        texts = [terms((each.title, each.body)[place]) for each in documents.values()]
        for word in wanted[name]:
            stands = [at for words in texts for at, own in enumerate(words) if own == word]
            assert index.places(name, word).tolist() == stands
    assert index.docids.tolist() == list(DOCIDS)
    assert [path.name for path in tmp_path.rglob("*") if path.is_dir()] == ["keyword"]


def test_lists_and_lengths_are_those_of_one_run(
    documents: dict[int, Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    for run in (1, 1_000_000):
        monkeypatch.setattr(writer, "RUN", run)
        with KeywordWriter(tmp_path / str(run)) as postings:
            for docid, document in documents.items():
                postings.add(docid, document)
            postings.finish()
        opened.append(KeywordIndex.open(tmp_path / str(run)))
    one, many = opened
    assert list(one.vocabulary()) == list(many.vocabulary())
    for word in ("بارش", "سڑک", "وزیر", "PTI", "exminister"):
        assert one.posting(word).tf.tolist() == many.posting(word).tf.tolist()
