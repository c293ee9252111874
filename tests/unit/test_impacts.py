"""BM25F: the arithmetic by hand, a plain reference over many documents, and Whoosh's own searcher.

The formula under test (`index.parts.keyword.bm25`), with n_f = 1 - b_f + b_f * len_f / avglen_f:

    tf     = sum over fields of  weight_f * count_f / n_f
    score  = sum over concepts of  ln(1 + (N - df + 1/2) / (df + 1/2)) * tf * (k1 + 1) / (k1 + tf)

Where ours differs from Whoosh's own `BM25F`, which is the only reason scores are not equal:

*   Rarity. Whoosh's idf is ``ln(N / (df + 1)) + 1``, from Lucene's old TF-IDF; ours is Robertson's
    with the 1 that keeps it positive. The two agree on which word is rarer, not by how much.
*   Fields. Whoosh scores each field as a word of its own and adds the saturated scores; ours adds
    the frequencies and saturates once, so a word in title and body is one word.
*   Lengths. Both read the byte-sized length that Whoosh stores (exact to 10 words, then 3 % up);
    Whoosh's average length is that of the true lengths, ours that of the stored ones.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import archives
import numpy as np
import pytest
import whooshs
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as whoosh_query
from whoosh.index import open_dir
from whoosh.scoring import BM25F
from whoosh.util.numeric import byte_to_length, length_to_byte

from index.documents import Document
from index.parts.keyword import bm25
from index.parts.keyword.bm25 import Bm25fParams, Concept, Posting, combine, explain, idf, score
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.keyword.writer import KeywordWriter
from index.text.analysis import is_stop, stem, tokenize

PARAMS = Bm25fParams(k1=1.2, b_title=0.3, b_body=0.75, title_weight=2.0)
NONE = Posting(np.empty(0, np.int32), np.empty(0, np.float32))


class Table(dict[str, Posting]):
    """Postings by term, nothing for a term that is not there."""

    def __call__(self, term: str) -> Posting:
        return self.get(term, NONE)


def posting(frequencies: dict[int, float]) -> Posting:
    return Posting(
        np.array(list(frequencies), np.int32), np.array(list(frequencies.values()), np.float32)
    )


def word(term: str, boost: float = 1.0) -> Concept:
    return Concept(term, ((term, 1.0),), boost)


def build(directory: Path, documents: Sequence[Document]) -> KeywordIndex:
    writer = KeywordWriter(directory)
    for docid, document in enumerate(documents):
        writer.add(docid, document)
    writer.finish()
    return KeywordIndex.open(directory, params=PARAMS)


def terms(text: str) -> list[str]:
    return [stem(token.term) for token in tokenize(text) if not is_stop(token.term)]


def test_one_word_by_hand() -> None:
    """Four documents, بارش twice in document 2: idf = ln(1 + 3.5/1.5), gain = 2 * 2.2 / (1.2 + 2)."""
    found = score([word("بارش")], Table({"بارش": posting({2: 2.0})}), 4, PARAMS)
    assert found.scores.tolist() == pytest.approx(
        [0, 0, math.log(1 + 3.5 / 1.5) * 2 * 2.2 / 3.2, 0], abs=1e-6
    )
    assert found.ceiling == pytest.approx(math.log(1 + 3.5 / 1.5) * 2.2)
    assert found.weighted_coverage.tolist() == [0, 0, 1, 0]


def test_two_words_by_hand() -> None:
    """Words add up; the weighted coverage of a document is the rarity it matched over that of the query."""
    table = Table({"بارش": posting({0: 1.0, 1: 3.0}), "لاہور": posting({1: 1.0})})
    rain, city = math.log(1 + 1.5 / 2.5), math.log(1 + 2.5 / 1.5)
    found = score([word("بارش"), word("لاہور")], table, 3, PARAMS)
    assert found.scores[0] == pytest.approx(rain * 1 * 2.2 / 2.2, abs=1e-6)
    assert found.scores[1] == pytest.approx(rain * 3 * 2.2 / 4.2 + city * 1 * 2.2 / 2.2, abs=1e-6)
    assert found.scores[2] == 0
    assert found.weighted_coverage.tolist() == pytest.approx([rain / (rain + city), 1, 0])


def test_a_boost_scales_a_concept() -> None:
    table = Table({"بارش": posting({0: 1.0})})
    plain, boosted = (score([word("بارش", boost)], table, 2, PARAMS) for boost in (1.0, 0.5))
    assert boosted.scores[0] == pytest.approx(plain.scores[0] / 2)
    assert boosted.ceiling == pytest.approx(plain.ceiling / 2)


def test_fields_are_joined_before_saturation(tmp_path: Path) -> None:
    """Title of 2 words, body of 4 and 2, average 2 and 3: tf = 2/n_title + 1/n_body, then the curve.

    The first document's title: n = 1 - .3 + .3 * 2/2 = 1, so 2 * 1/1; its body: n = .25 + .75 * 4/3.
    """
    index = build(
        tmp_path / "keyword",
        [
            Document("a", "بارش لاہور", "بارش پانی سڑک بجلی"),
            Document("b", "گندم منڈی", "کسان فصل"),
        ],
    )
    tf = 2 * 1 / 1 + 1 / (0.25 + 0.75 * 4 / 3)
    assert index.posting("بارش").tf.tolist() == pytest.approx([tf])
    found = score([word("بارش")], index.posting, 2, PARAMS)
    assert found.scores[0] == pytest.approx(
        math.log(1 + 1.5 / 1.5) * tf * 2.2 / (1.2 + tf), rel=1e-6
    )
    separate = sum(part * 2.2 / (1.2 + part) for part in (2, 1 / (0.25 + 0.75 * 4 / 3)))
    assert found.scores[0] < math.log(2) * separate


def test_synonyms_count_once() -> None:
    """Their frequencies are added by weight, then saturated; their document frequency is joined."""
    table = Table({"زلزلہ": posting({0: 1.0, 1: 1.0}), "بھونچال": posting({0: 2.0})})
    one = Concept("زلزلہ", (("زلزلہ", 1.0), ("بھونچال", 0.5)))
    joined, df = combine(one, table)
    assert (joined.docids.tolist(), joined.tf.tolist()) == ([0, 1], [2.0, 1.0])
    assert df == 2  # 2 * 1.0 + 1 * 0.5 = 2.5, but only two documents hold any of them
    found = score([one], table, 10, PARAMS)
    apart = score([word("زلزلہ"), word("بھونچال")], table, 10, PARAMS)
    assert found.scores[0] == pytest.approx(math.log(1 + 8.5 / 2.5) * 2 * 2.2 / 3.2, abs=1e-6)
    assert found.scores[0] < apart.scores[0]
    ten = Concept("زلزلہ", tuple((f"زلزلہ{n}", 1.0) for n in range(10)))
    same = Table({f"زلزلہ{n}": posting({0: 1.0}) for n in range(10)})
    assert score([ten], same, 10, PARAMS).scores[0] < idf(1, 10) * 2.2


def test_an_unknown_word_raises_the_ceiling_and_nothing_else() -> None:
    """So an English query against Urdu articles gets small keyword shares by itself."""
    table = Table({"بارش": posting({0: 1.0})})
    alone = score([word("بارش")], table, 5, PARAMS)
    beside = score([word("بارش"), word("monsoon")], table, 5, PARAMS)
    assert beside.scores.tolist() == alone.scores.tolist()
    assert beside.ceiling == pytest.approx(alone.ceiling + 2.2 * math.log(1 + 5.5 / 0.5))
    assert beside.weighted_coverage[0] == pytest.approx(idf(1, 5) / (idf(1, 5) + idf(0, 5)))


def test_nothing_asked_and_nothing_there() -> None:
    assert score([], Table(), 3, PARAMS).scores.tolist() == [0, 0, 0]
    assert score([], Table(), 3, PARAMS).ceiling == 0
    assert score([word("بارش")], Table(), 0, PARAMS).scores.shape == (0,)


def test_a_word_in_every_document_still_counts() -> None:
    assert idf(10, 10) > 0
    assert idf(1, 10) > idf(5, 10) > idf(10, 10)


# -- against a plain reference -----------------------------------------------------------------------


def stored_length(words: int) -> int:
    """The length Whoosh keeps of a field: one byte, exact to 10 words, at most 5 % more beyond."""
    return byte_to_length(length_to_byte(words)) if words else 0


class Reference:
    """BM25F as the module's docstring says it, with no array in it."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.fields = [(terms(each.title), terms(each.body)) for each in documents]
        lengths = [[stored_length(len(field)) for field in each] for each in self.fields]
        self.norms = []
        averages = [
            sum(column) / max(1, sum(length > 0 for length in column))
            for column in zip(*lengths, strict=True)
        ]
        for each in lengths:
            pairs = zip((PARAMS.b_title, PARAMS.b_body), each, averages, strict=True)
            self.norms.append([1 - b + b * length / average for b, length, average in pairs])

    def tf(self, term: str, docid: int) -> float:
        title, body = (Counter(field)[term] for field in self.fields[docid])
        of_title, of_body = self.norms[docid]
        return PARAMS.title_weight * title / of_title + body / of_body

    def scores(self, query: Sequence[str]) -> dict[int, float]:
        found: dict[int, float] = {}
        size = len(self.fields)
        for term in query:
            holding = [docid for docid in range(size) if self.tf(term, docid)]
            rarity = math.log(1 + (size - len(holding) + 0.5) / (len(holding) + 0.5))
            for docid in holding:
                tf = self.tf(term, docid)
                gain = rarity * tf * (PARAMS.k1 + 1) / (PARAMS.k1 + tf)
                found[docid] = found.get(docid, 0.0) + gain
        return found


@pytest.fixture(scope="module")
def several_hundred(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[KeywordIndex, Reference]:
    documents = archives.articles(400, seed=3)
    documents[7] = Document("untitled", "", documents[7].body)
    documents[8] = Document("headline", documents[8].title, "")
    index = build(tmp_path_factory.mktemp("bm25f") / "keyword", documents)
    return index, Reference(documents)


def test_scores_and_order_are_the_references(
    several_hundred: tuple[KeywordIndex, Reference],
) -> None:
    index, reference = several_hundred
    dice = random.Random(5)
    vocabulary = sorted({term for each in reference.fields for field in each for term in field})
    for _ in range(40):
        query = dice.sample(vocabulary, dice.randint(1, 5))
        wanted = reference.scores(query)
        found = score([word(term) for term in query], index.posting, 400, PARAMS)
        assert set(np.flatnonzero(found.scores).tolist()) == set(wanted)
        for docid, value in wanted.items():
            assert found.scores[docid] == pytest.approx(value, abs=1e-4)
        order = np.lexsort((np.arange(400), -found.scores))[: len(wanted)].tolist()
        inverted = [
            (better, worse)
            for better, worse in pairwise(order)
            if wanted[better] < wanted[worse] - 1e-4
        ]
        assert inverted == []


def test_the_parts_add_up_to_the_score(several_hundred: tuple[KeywordIndex, Reference]) -> None:
    """`explain` says what each concept added, and by which of its terms."""
    index, _ = several_hundred
    concepts = [word("بارش"), Concept("شہر", (("شہر", 1.0), ("citi", 0.5))), word("نہیں-ہے")]
    found = score(concepts, index.posting, 400, PARAMS)
    docids = np.arange(0, 400, 7, dtype=np.int32)
    parts = [explain(each, docids, index.posting, 400, PARAMS) for each in concepts]
    np.testing.assert_allclose(sum(value for value, _ in parts), found.scores[docids], atol=1e-5)
    for concept, (values, held) in zip(concepts, parts, strict=True):
        assert [bool(each) for each in held] == (values > 0).tolist()
        assert {term for each in held for term in each} <= {term for term, _ in concept.terms}


# -- against Whoosh's own searcher -------------------------------------------------------------------


def test_one_field_is_whooshs_own_ranking_once_its_idf_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bodies of at most 10 words, whose lengths Whoosh stores exactly; no titles.

    With Whoosh's idf in place of ours every score is Whoosh's to float32, so the order is the same
    up to ties. With our own idf the order of single words stays the same: idf is one factor.
    """
    dice = random.Random(11)
    documents = [
        Document(str(n), "", archives.text(dice, "ur" if n % 2 else "en", dice.randint(3, 10)))
        for n in range(300)
    ]
    documents = [each for each in documents if terms(each.body)]
    size = len(documents)
    index = build(tmp_path / "keyword", documents)
    queries = [["بارش"], ["rain"], ["بارش", "سیلاب"], ["flood", "river", "rain"], ["road", "سڑک"]]

    weighting = BM25F(B=PARAMS.b_body, K1=PARAMS.k1)

    def theirs(query: Sequence[str]) -> dict[int, float]:
        wanted = whoosh_query.Or([whoosh_query.Term("body", term) for term in query])
        written = open_dir(str(tmp_path / "keyword"))
        with whooshs.reading(), written.searcher(weighting=weighting) as searcher:
            return {hit.docnum: hit.score for hit in searcher.search(wanted, limit=None)}

    def ours(query: Sequence[str]) -> dict[int, float]:
        scores = score([word(term) for term in query], index.posting, size, PARAMS).scores
        return {int(docid): float(scores[docid]) for docid in np.flatnonzero(scores)}

    for query in queries[:2]:
        factors = {round(theirs(query)[docid] / ours(query)[docid], 4) for docid in ours(query)}
        assert len(factors) == 1
    assert theirs(queries[0])[min(ours(queries[0]))] != pytest.approx(
        ours(queries[0])[min(ours(queries[0]))], rel=1e-3
    )
    monkeypatch.setattr(bm25, "idf", lambda df, size: math.log(size / (df + 1)) + 1)
    for query in queries:
        found = ours(query)
        assert len(found) > 10
        assert found == pytest.approx(theirs(query), rel=1e-5)


# -- for all postings --------------------------------------------------------------------------------

FREQUENCY = st.floats(0.015625, 10_000, width=32)
TERMS = ("بارش", "سیلاب", "rain", "flood", "نہیں")


@st.composite
def searches(draw: st.DrawFn) -> tuple[list[Concept], Table, int]:
    size = draw(st.integers(1, 12))
    table = Table()
    for term in TERMS[:-1]:  # the last is in no document
        docids = sorted(draw(st.sets(st.integers(0, size - 1))))
        table[term] = posting({docid: draw(FREQUENCY) for docid in docids})
    weights = st.sampled_from([1.0, 0.5, 0.1])
    alternatives = st.lists(st.tuples(st.sampled_from(TERMS), weights), min_size=1, max_size=4)
    concepts = draw(
        st.lists(
            st.builds(
                Concept,
                st.just("لفظ"),
                alternatives.map(lambda pairs: tuple(dict(pairs).items())),
                st.floats(0.0625, 4, width=32),
            ),
            max_size=5,
        )
    )
    return concepts, table, size


@given(searches())
def test_no_document_passes_the_ceiling(search: tuple[list[Concept], Table, int]) -> None:
    concepts, table, size = search
    found = score(concepts, table, size, PARAMS)
    assert (found.scores >= 0).all()
    assert (found.scores <= found.ceiling * (1 + 1e-5)).all()
    assert (found.weighted_coverage >= 0).all()
    assert (found.weighted_coverage <= 1 + 1e-5).all()
    holding = {d for c in concepts for term, _ in c.terms for d in table(term).docids.tolist()}
    assert set(np.flatnonzero(found.scores).tolist()) == holding


@given(searches())
def test_the_order_of_the_concepts_does_not_matter(
    search: tuple[list[Concept], Table, int],
) -> None:
    concepts, table, size = search
    there, back = (score(each, table, size, PARAMS) for each in (concepts, concepts[::-1]))
    np.testing.assert_allclose(there.scores, back.scores, rtol=1e-4)
    assert there.ceiling == pytest.approx(back.ceiling)
