"""A dictionary learned from sentence pairs: which word translates which, and how surely.

IBM Model 1 (Brown, Della Pietra, Della Pietra and Mercer, "The Mathematics of Statistical Machine
Translation", Computational Linguistics 1993), trained by expectation maximization on sets of stems,
once in each direction. A word stands in one sentence as often as in the other only by chance; what
both directions agree on is a translation:

    weight(u, e) = sqrt(t(u | e) * t(e | u))

A word seen in one pair only still gets translations, by what the other words of the pair leave
over; `_DOUBT` is an evidence of nothing that such words have to outweigh. Who calls may know which
words are alike (a prior over word pairs): in few pairs that tells چیتا (leopard) from the camera it is
always seen by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.arrays import Doubles, Floats, Ints, Longs, Mask, Parallel, Rows, distinct
from index.documents import LANGUAGES
from index.parts.catalogue.catalogue import Columns
from index.parts.vectors import nearest_rows, unit
from index.text.analysis import SCRIPTS, Script, is_stop, script, stem, terms

NEIGHBOURS = 4
MIN_MARGIN = 1.08
LEAST_SHARED = 2
"""Pairs that two documents must have in common, if both have as many passages."""

MOST_PAIRS = 40_000
"""The best ones: a word's translations are settled by far fewer."""
MOST_ASKING = 30_000
MOST_ASKED = 100_000
"""Passages compared, of the smaller and the larger language: what bounds the time it takes."""


@dataclass(frozen=True)
class SentencePairs(Parallel):
    """Pids of passages that are translations of each other, best margin first."""

    urdu: Ints
    english: Ints
    margins: Floats


def mine_pairs(rows: Rows | npt.NDArray[np.float16], columns: Columns) -> SentencePairs:
    """Where the archive itself says the same in both languages; `rows` are its exact vectors, row
    number = pid.

    Newsrooms tell the same stories in Urdu and in English, often sentence by sentence. Such pairs are
    found by margin (Artetxe and Schwenk, "Margin-based Parallel Corpus Mining with Multilingual Sentence
    Embeddings", ACL 2019): two passages are a pair when each is the other's nearest in the other
    language, and clearly nearer than the neighbours that come next:

        margin(x, y) = cos(x, y) / mean of the cosines of x and y to their NEIGHBOURS nearest each

    Vectors are centred per language first: what all Urdu passages share is not meaning. And a story in
    both languages shares more than one sentence: a pair counts only if its two documents have another,
    or if it is all there is of one of them. Margin alone takes any nearest neighbour in a small archive;
    with this rule 93 of 100 pairs of the sample archive come from one story, without it 61 (at a margin
    of 1.05).

    A text counts once, however many documents have it: beside its copies no sentence would be
    clearly nearer than the next.
    """
    pids = {
        name: np.flatnonzero(columns.text_languages == code).astype(np.int32)
        for code, name in enumerate(columns.lang_names)
        if name in LANGUAGES
    }
    if len(pids) < len(LANGUAGES) or min(map(len, pids.values())) <= NEIGHBOURS:
        nothing = np.empty(0, np.int32)
        return SentencePairs(nothing, nothing, np.empty(0, np.float32))
    few, many = sorted(LANGUAGES, key=lambda name: len(pids[name]))
    for name, most in ((few, MOST_ASKING), (many, MOST_ASKED)):
        pids[name] = _spread(pids[name], columns, most)
    asking, asked, margins = _mutual(_centred(rows[pids[few]]), _centred(rows[pids[many]]))
    found = {few: pids[few][asking], many: pids[many][asked]}
    paired = margins >= MIN_MARGIN
    paired[paired] = _shared(found["ur"][paired], found["en"][paired], columns)
    best = np.lexsort((asking, -margins))
    best = best[paired[best]][:MOST_PAIRS]
    return SentencePairs(found["ur"][best], found["en"][best], margins[best])


def _shared(urdu: Ints, english: Ints, columns: Columns) -> Mask:
    """Which pairs of passages come from documents that have enough pairs in common."""
    first, second = columns.passage_doc[urdu], columns.passage_doc[english]
    both = first.astype(np.int64) * len(columns) + second
    _, which, counts = np.unique(both, return_inverse=True, return_counts=True)
    passages = np.minimum(columns.doc_passages[first], columns.doc_passages[second])
    enough: Mask = counts[which] >= np.minimum(LEAST_SHARED, passages)
    return enough


def _mutual(few: Floats, many: Floats) -> tuple[Ints, Ints, Floats]:
    """Rows of both sides that are nearest to each other, and their margins."""
    cosines, places = nearest_rows(few, many, NEIGHBOURS)
    liked = distinct(places[:, 0])
    back_cosines, back_places = nearest_rows(many[liked], few, NEIGHBOURS)
    position = np.searchsorted(liked, places[:, 0])
    asking = np.flatnonzero(back_places[position, 0] == np.arange(len(few))).astype(np.int32)
    level = (cosines[asking].mean(axis=1) + back_cosines[position[asking]].mean(axis=1)) / 2
    margins = cosines[asking, 0] / np.maximum(level, np.float32(1e-6))
    related = cosines[asking, 0] > 0
    return asking[related], places[asking, 0][related], margins[related]


def _centred(rows: npt.NDArray[np.float16]) -> Floats:
    """Unit vectors of the rows less their mean."""
    vectors = rows.astype(np.float32)
    return unit(vectors - vectors.mean(axis=0))


def _spread(pids: Ints, columns: Columns, most: int) -> Ints:
    """All of them, or about as many, of whole documents from all over the archive."""
    step = -(-len(pids) // most)
    _, document = np.unique(columns.passage_doc[pids], return_inverse=True)
    kept: Ints = pids[document % step == 0]
    return kept


MIN_WEIGHT = 0.05
_ROUNDS = 6
_DOUBT = 0.5
_NULL = 0.3
"""How likely a word is to translate nothing, as a multiple of a word picked at random."""
_LONGEST = 48
"""Stems of a sentence that are looked at; what is longer is a list or a table."""

Likeness = Callable[[Sequence[str], Sequence[str], Longs, Longs], Doubles]
"""How alike, above 0, pairs of stems are: Urdu stems, English stems, and which of each."""


@dataclass(frozen=True)
class Translation:
    """Two stems that translate each other, with a weight in (0, 1]."""

    urdu: str
    english: str
    weight: float

    def stem(self, script: Script) -> str:
        """The one of the two that is written in a script."""
        return self.urdu if script == "ur" else self.english


@dataclass(frozen=True)
class _Cells:
    """Every (English, Urdu) stem pair that shares a sentence pair, and every time it does.

    `english` and `urdu` number the stems of a pair; `pair[i]` is the pair met at the i-th meeting,
    `by_english[i]` and `by_urdu[i]` the word of that sentence the meeting belongs to.
    """

    english: Longs
    urdu: Longs
    pair: Longs
    by_english: Longs
    by_urdu: Longs


def learn(pairs: Iterable[tuple[str, str]], likeness: Likeness | None = None) -> list[Translation]:
    """The translations that pairs of (Urdu, English) sentences tell, in order of weight."""
    numbers: tuple[dict[str, int], dict[str, int]] = {}, {}
    met: list[Longs] = []
    for number, (urdu_text, english_text) in enumerate(pairs):
        ours, theirs = (
            [known.setdefault(each, len(known)) for each in _stems(text, kind)]
            for known, text, kind in zip(numbers, (urdu_text, english_text), SCRIPTS, strict=True)
        )
        grid = np.meshgrid(number, theirs, ours, indexing="ij")
        met.append(np.stack([axis.ravel() for axis in grid]).astype(np.int64))
    urdu, english = map(list, numbers)
    if not met or not urdu or not english:
        return []
    cells = _cells(np.concatenate(met, axis=1), len(english), len(urdu))
    prior = np.ones(len(cells.urdu))
    if likeness:
        prior = likeness(urdu, english, cells.urdu, cells.english)
    to_urdu = _train(cells, cells.english, cells.by_urdu, len(urdu), prior)
    to_english = _train(cells, cells.urdu, cells.by_english, len(english), prior)
    weights = np.sqrt(to_urdu * to_english)
    order = np.lexsort((cells.urdu, cells.english, -weights))
    return [
        Translation(urdu[cells.urdu[at]], english[cells.english[at]], float(weights[at]))
        for at in order[: int((weights >= MIN_WEIGHT).sum())]
    ]


def _stems(text: str, kind: Script) -> list[str]:
    """The distinct ranking terms of a sentence that are of one script, `_LONGEST` at most."""
    found = {stem(term) for term in terms(text) if not is_stop(term) and script(term) == kind}
    return sorted(found)[:_LONGEST]


def _cells(met: Longs, english: int, urdu: int) -> _Cells:
    number, e, u = met
    codes, pair = np.unique(e * urdu + u, return_inverse=True)
    by_english = np.unique(number * english + e, return_inverse=True)[1]
    by_urdu = np.unique(number * urdu + u, return_inverse=True)[1]
    return _Cells(codes // urdu, codes % urdu, pair, by_english, by_urdu)


def _train(
    cells: _Cells, source: Longs, target_word: Longs, targets: int, prior: Doubles
) -> Doubles:
    """t(target | source) of each stem pair; `target_word` tells for each meeting whose it is."""
    nothing = _NULL / targets
    chances: Doubles = prior / np.bincount(source, prior)[source]
    for _ in range(_ROUNDS):
        shares = (chances * prior)[cells.pair]
        shares /= np.bincount(target_word, shares)[target_word] + nothing
        counts = np.bincount(cells.pair, shares, minlength=len(source))
        chances = counts / (np.bincount(source, counts)[source] + _DOUBT)
    return chances


def best_translations(
    translations: Sequence[Translation], source: Script, most: int
) -> dict[str, list[Translation]]:
    """For each stem of a script, its first `most` translations."""
    found: dict[str, list[Translation]] = {}
    for each in translations:
        own = found.setdefault(each.stem(source), [])
        if len(own) < most:
            own.append(each)
    return found
