"""Which pairs of documents are worth comparing: never all with all.

By their vectors: the nearest documents of each in each language. What is compared is the mean of a
document's passages together with that of its lead, for a report of twenty sentences and a headline with
its standfirst on the same event have the lead in common. In an archive on one subject everything is near;
so what counts is the margin by which a pair is nearer than is usual around both (Artetxe and Schwenk,
"Margin-based Parallel Corpus Mining with Multilingual Sentence Embeddings", ACL 2019).

By their words: of two languages also the documents of like date that hold most of the rare words of a
lead. Among tellings of one event in two newsrooms' own words that finds twice as many as vectors do
(docs/measured.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from index.arrays import Codes, Floats, Ints, Longs, Mask, Parallel, Rows, distinct, ranges, widened
from index.parts.catalogue.catalogue import NO_DATE, Columns
from index.parts.keyword.bm25 import Posting
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.relevance import Relevance
from index.parts.stories.counterparts import Counterparts
from index.parts.stories.texts import LEAD, Texts
from index.parts.vectors import InvertedLists, VectorFile, nearest_rows, nearest_stored, unit
from index.store.array_files import damage_named, load_arrays
from index.store.layout import STORY_USUAL_FILE, holding
from index.text.analysis import stem

USUAL_OF = 8
"""Neighbours whose mean cosine is what is usual around a document."""
USUAL = {True: 0.5, False: 0.38}
"""What is usual at least, for neighbours of the same language and of another: the median of archives of
1,200 to 6,500 articles. A small archive holds too few articles for anything to be as near as is usual
among all that are written."""
OWN_CANDIDATES, CROSS_CANDIDATES, WORD_CANDIDATES = 8, 6, 6
"""Of a document: the nearest of its own language, of another one, and by words."""

WORDS_ASKED = 16
"""The rarest words of a lead, by which documents are looked for."""
MOST_DOCUMENTS = 500
"""A word that more documents hold is not looked for: it tells little, and takes long."""
WINDOW = 10
"""Days between documents that are found by words, if both have a date."""
ASKED_AT_ONCE = 256
"""Documents whose words are looked for together: of like date, so that few others may be found by them."""
MOST_COMPARED = 50_000
"""Documents of a language of which each is compared with all; of more, with those in the nearest lists."""
BLOCK = 4_096
"""Documents of which vectors are made, and compared, together."""
_DOCID = (1 << 32) - 1
_FOUND_AT_ONCE = 1 << 19
_REMEMBERED = 1 << 26
"""Bytes of postings kept of words."""
MEASURED_AT_ONCE = 1 << 18
"""Pairs whose margins are found together, before most of them are ruled out."""
_FEW = 16
"""Where each of some documents has as many others to be compared with, and more, bringing all of these to full
precision takes longer than comparing them as they are stored."""
_NONE = Posting(np.empty(0, np.int32), np.empty(0, np.float32))
Found = tuple[Ints, Ints]
"""Owners, and a document found for each."""


@dataclass(frozen=True)
class Candidates(Parallel):
    """Pairs worth comparing, each once, `first` < `second`, with the cosine and the margin of their
    vectors."""

    first: Ints
    second: Ints
    cosines: Floats
    margins: Floats


_NO_DOCIDS, _NO_FLOATS = np.empty(0, np.int32), np.empty(0, np.float32)
_NO_CANDIDATES = Candidates(_NO_DOCIDS, _NO_DOCIDS, _NO_FLOATS, _NO_FLOATS)


class CandidateFinder:
    """Finds the candidates of documents of one archive.

    `vectors` has a row for each docid (see `document_vectors`), of float16 as they are stored. Of documents
    that `usual` knows it is not looked up anew what is usual around them.
    """

    def __init__(self, columns: Columns, vectors: Rows, usual: Usual | None = None) -> None:
        self._columns = columns
        lang = _compared(columns)
        self._known = lang >= 0
        self.vectors = vectors
        self.usual = usual or Usual.unknown(columns)
        self._members: dict[int, Ints] = {
            code: np.flatnonzero(lang == code).astype(np.int32)
            for code in distinct(lang[self._known]).tolist()
        }

    def find(
        self,
        docids: Ints,
        by_words: Callable[[Ints], Iterable[Found]],
        worth: Callable[[Candidates], Mask],
    ) -> Candidates:
        """The candidates that have one of `docids` and are `worth` comparing, in order; those that `by_words`
        finds among them. Only these are held; all others pass in pieces."""
        asking = docids[self._known[docids]]
        near = self._nearest(asking)
        now = np.zeros(len(self._columns), bool)  # looked up with all documents of today
        now[asking] = True
        kept = [_NO_CANDIDATES]
        for owners, others in _pieces(chain(near, by_words(asking))):
            # The margin needs to know what is usual around the others, too.
            beyond = distinct(others[~self.usual.known[others]])
            self._nearest(beyond)
            now[beyond] = True
            found = self._measured(*_once(owners, others), now)
            kept.append(found.take(worth(found)))
        found = kept[0].joined(*kept[1:])
        kept.clear()
        _, once = np.unique(pair_keys(found.first, found.second), return_index=True)
        return found.take(once)

    def _measured(self, first: Ints, second: Ints, now: Mask) -> Candidates:
        cosines = np.empty(len(first), np.float32)
        for start in range(0, len(first), BLOCK):
            some = slice(start, start + BLOCK)
            ours, theirs = self._of(first[some]), self._of(second[some])
            cosines[some] = np.einsum("ij,ij->i", ours, theirs)
        return Candidates(first, second, cosines, self._margins(first, second, cosines, now))

    def _of(self, docids: Ints) -> Floats:
        return widened(self.vectors[docids])

    def _margins(self, first: Ints, second: Ints, cosines: Floats, now: Mask) -> Floats:
        """How much nearer each pair is than is usual around both, itself not counted."""
        lang = self._columns.lang
        least = np.where(lang[first] == lang[second], USUAL[True], USUAL[False]).astype(np.float32)
        around = np.zeros(len(first), np.float32)
        for ours, theirs in ((first, second), (second, first)):
            nearest = self.usual.cosines[
                ours, lang[theirs]
            ]  # of each the USUAL_OF + 1 nearest, best first
            total = nearest.sum(axis=1)
            # A pair that is among the nearest is not what is usual; else the last is one too many.
            among = (cosines >= nearest[:, -1] - 1e-6) & now[ours]
            total -= np.where(among, cosines, nearest[:, -1])
            around += np.maximum(total / USUAL_OF, least) / 2
        return cosines - around

    def _among(self, members: Ints, asking: int) -> Callable[[Floats], tuple[Floats, Ints]]:
        """Finds for each of some vectors, `asking` in all, the members that are nearest to it: their cosines
        and docids."""
        most = USUAL_OF + 2
        if asking * _FEW <= len(members):
            return lambda ours: nearest_stored(ours, self.vectors, members, most)
        if len(members) > MOST_COMPARED:
            lists = InvertedLists(self.vectors, members)
            return lambda ours: lists.nearest(ours, most)
        theirs = self._of(members)

        def nearest(ours: Floats) -> tuple[Floats, Ints]:
            cosines, places = nearest_rows(ours, theirs, most)
            return cosines, members[places]

        return nearest

    def _nearest(self, docids: Ints) -> Iterator[Found]:
        """Pairs of owner and neighbour. What is usual around the documents is known then."""
        self.usual.begin(docids)
        near = [block for code in self._members for block in self._nearest_in(code, docids)]
        return ((np.repeat(owners, counts), others) for owners, counts, others in near)

    def _nearest_in(self, code: int, docids: Ints) -> Iterator[tuple[Ints, Codes, Ints]]:
        """Owners, how many neighbours of each in one language are candidates, and these."""
        columns, members = self._columns, self._members[code]
        nearest = self._among(members, len(docids))
        for start in range(0, len(docids), BLOCK):
            block = docids[start : start + BLOCK]
            cosines, named = nearest(self._of(block))
            own = columns.lang[block] == code
            cosines[named == block[:, None]] = -2.0  # itself: to the end
            order = np.argsort(-cosines, axis=1, kind="stable")
            cosines = np.take_along_axis(cosines, order, axis=1)
            named = np.take_along_axis(named, order, axis=1)
            place = np.arange(cosines.shape[1])[None, :]
            there = place < np.minimum(len(members) - own, USUAL_OF + 1)[:, None]
            taken = there & (place < np.where(own, OWN_CANDIDATES, CROSS_CANDIDATES)[:, None])
            self.usual.learn(block, code, np.where(there, cosines, 0)[:, : USUAL_OF + 1])
            yield block, taken.sum(axis=1, dtype=np.int8), named[taken]


class WordCandidates:
    """Finds documents of another language by the rare words of a lead, in the keyword index."""

    def __init__(
        self,
        keyword: KeywordIndex,
        columns: Columns,
        lexicon: Lexicon,
        texts: Texts,
        counterparts: Counterparts,
    ) -> None:
        self._keyword, self._columns, self._lexicon = keyword, columns, lexicon
        self._texts, self._counterparts = texts, counterparts
        self._lang = _compared(columns)
        self._read: LRUCache[int, Posting] = LRUCache(_REMEMBERED, _bytes)

    def find(self, docids: Ints) -> list[Found]:
        """Pairs of owner and document, the best `WORD_CANDIDATES` of each owner in each language. Faster where
        those of like date follow one another (`in_turn`)."""
        if len(distinct(self._lang[self._lang >= 0])) < 2:
            return []
        pairs = []
        for start in range(0, len(docids), ASKED_AT_ONCE):
            block = docids[start : start + ASKED_AT_ONCE]
            owners, heads = _rarest(*self._texts.leads(block), self._texts)
            asked, which = np.unique(heads, return_inverse=True)
            holding = self._holding(asked.astype(np.int32), self._may_be_found(block))
            # So many documents at once that what they find is held in bounded memory.
            counts = np.bincount(owners, np.diff(holding.starts)[which], len(block))
            piece = (np.cumsum(counts) // _FOUND_AT_ONCE)[owners]
            for some in np.split(np.arange(len(owners)), np.flatnonzero(np.diff(piece)) + 1):
                pairs.append(self._best(block[owners[some]], which[some], holding))
        return pairs

    def in_turn(self, docids: Ints) -> Ints:
        """Documents in the order in which they are looked for: one language after another, by date."""
        order = np.lexsort((docids, self._columns.date[docids], self._lang[docids]))
        return docids[order]

    def _may_be_found(self, docids: Ints) -> Mask:
        """The documents that some of these may find, by their languages and dates."""
        asking = distinct(self._lang[docids])
        may = self._lang >= 0
        if len(asking) == 1:
            may &= self._lang != asking[0]
        dates, ours = self._columns.date, self._columns.date[docids]
        if (ours != NO_DATE).all():
            like = (dates >= int(ours.min()) - WINDOW) & (dates <= int(ours.max()) + WINDOW)
            may &= like | (dates == NO_DATE)
        return may

    def _best(self, owners: Ints, which: Longs, holding: _Holding) -> Found:
        """The best documents of owners, each of which asks for some of the words that are held."""
        counts = np.diff(holding.starts)[which]
        places = ranges(holding.starts[which], counts)
        owners, found = np.repeat(owners, counts), holding.docids[places]
        dates, lang = self._columns.date, self._lang
        ours, theirs = dates[owners], dates[found]
        like = np.abs(theirs.astype(np.int64) - ours) <= WINDOW
        like |= (ours == NO_DATE) | (theirs == NO_DATE)
        like &= (lang[found] >= 0) & (lang[found] != lang[owners])
        keys = owners[like].astype(np.int64) << 32 | found[like]
        # Of full precision, in which so few add up to the same in any order.
        keys, scores = _reduced(np.add, keys, holding.worths[places[like]].astype(np.float64))
        owners, found = (keys >> 32).astype(np.int32), (keys & _DOCID).astype(np.int32)
        return best_of(owners, found, scores.astype(np.float32), lang, WORD_CANDIDATES)

    def _holding(self, heads: Ints, among: Mask) -> _Holding:
        """The documents, among some, that hold each of some words or what it is met as, each once, and how
        much."""
        met = self._counterparts.of(heads)
        owners = np.concatenate(
            [np.arange(len(heads)), np.repeat(np.arange(len(heads)), np.diff(met.starts))]
        )
        rows = np.concatenate([heads, met.heads])
        weights = np.concatenate([np.ones(len(heads)), met.weights])
        rare = self._lexicon.frequencies[rows] <= MOST_DOCUMENTS  # spares reading the others
        owners, rows, weights = owners[rare], rows[rare], weights[rare]
        rarities = np.minimum(self._texts.rarities(heads[owners]), self._texts.rarities(rows))
        asked, which = np.unique(rows, return_inverse=True)
        postings = self._postings(asked.tolist())
        docids = np.concatenate([_NONE.docids, *(each.docids for each in postings)])
        tf = np.concatenate([_NONE.tf, *(each.tf for each in postings)])
        there = among[docids]
        held_by = np.repeat(np.arange(len(asked)), [posting.df for posting in postings])[there]
        docids, tf = docids[there], tf[there]
        sizes = np.bincount(held_by, minlength=len(asked))
        places = ranges((np.cumsum(sizes) - sizes)[which], sizes[which])
        sizes = sizes[which]
        worths = np.repeat((weights * rarities).astype(np.float32), sizes)
        worths = worths * tf[places] / (1 + tf[places])
        keys = np.repeat(owners, sizes) << 32 | docids[places]
        keys, worths = _reduced(np.maximum, keys, worths)
        starts = np.searchsorted(keys >> 32, np.arange(len(heads) + 1))
        return _Holding(starts, (keys & _DOCID).astype(np.int32), worths)

    def _postings(self, rows: Sequence[int]) -> list[Posting]:
        """The documents of words; none of one that too many hold to tell a story by."""
        found = {row: self._read[row] for row in rows if row in self._read}
        missing = [row for row in rows if row not in found]
        stems = [stem(self._lexicon.words[row]) for row in missing]
        terms = [*dict.fromkeys(stems)]
        starts, docids, tf = self._keyword.postings(terms)
        postings = dict[str, Posting]()
        for term, (begin, end) in zip(terms, pairwise(starts.tolist()), strict=True):
            many = end - begin > MOST_DOCUMENTS
            own = docids[begin:end].copy(), tf[begin:end].copy()
            postings[term] = _NONE if many else Posting(*own)
        for row, term in zip(missing, stems, strict=True):
            found[row] = self._read[row] = postings[term]
        return [found[row] for row in rows]


@dataclass(frozen=True)
class _Holding:
    """The documents that hold some words: word i is held by those from `starts[i]` up to `starts[i + 1]`,
    each of which is so much worth for it."""

    starts: Longs
    docids: Ints
    worths: Floats


def _compared(columns: Columns) -> Codes:
    """The languages of the documents that are compared; -1 for the others."""
    known = columns.firsts & (columns.doc_passages > 0) & (columns.lang >= 0)
    return np.where(known, columns.lang, -1).astype(np.int8)


def _bytes(posting: Posting) -> int:
    """Those of its numbers, and some for the objects."""
    return 256 + posting.docids.nbytes + posting.tf.nbytes


def _rarest(owners: Longs, heads: Ints, texts: Texts) -> tuple[Longs, Ints]:
    """The rarest words of leads, the rarest of each first."""
    order = np.lexsort((heads, -texts.rarities(heads), owners))
    order = order[_rank(owners[order]) < WORDS_ASKED]
    return owners[order], heads[order]


def best_of(owners: Ints, found: Ints, scores: Floats, lang: Codes, most: int) -> Found:
    """Of each owner, ascending, the `most` documents of the highest scores above 0 in each language."""
    there = scores > 0
    owners, found, scores = owners[there], found[there], scores[there]
    groups = _numbered(owners) << 8 | lang[found]
    # Positive numbers are in the order of their bits. Few are left to be put in order in full.
    keys = np.sort(groups << 32 | (~scores.view(np.uint32)).astype(np.int64))
    last = keys[_rank(keys >> 32) == most - 1]
    least = np.zeros(int(groups.max(initial=0)) + 1, np.uint32)
    least[last >> 32] = ~(last & _DOCID).astype(np.uint32)
    left = np.flatnonzero(scores.view(np.uint32) >= least[groups])
    left = left[np.lexsort((found[left], -scores[left], groups[left]))]
    left = left[_rank(groups[left]) < most]
    return owners[left], found[left]


def _reduced(
    how: np.ufunc, keys: Longs, values: npt.NDArray[Any]
) -> tuple[Longs, npt.NDArray[Any]]:
    """Each key once, ascending, and what its values make."""
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], how.reduceat(values, first) if len(first) else values


def _pieces(found: Iterable[Found]) -> Iterator[Found]:
    """The same, so many together that little is done for few."""
    held: list[Found] = []
    for piece in found:
        held.append(piece)
        if sum(len(owners) for owners, _ in held) >= MEASURED_AT_ONCE:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(found: Sequence[Found]) -> Found:
    return np.concatenate([own for own, _ in found]), np.concatenate([other for _, other in found])


def _once(owners: Ints, others: Ints) -> Found:
    """Each pair once, in order, the lower docid first."""
    keys = distinct(pair_keys(np.minimum(owners, others), np.maximum(owners, others)))
    return (keys >> 32).astype(np.int32), (keys & _DOCID).astype(np.int32)


def pair_keys(first: npt.NDArray[np.integer[Any]], second: npt.NDArray[np.integer[Any]]) -> Longs:
    """Two numbers of 32 bits, not below 0, as one each: in the order of the first, then of the second."""
    keys: Longs = first.astype(np.int64) << 32 | second
    return keys


def _numbered(ordered: Ints) -> Longs:
    """Numbers from 0 on of values that stand in order."""
    return np.cumsum(np.diff(ordered, prepend=ordered[:1]) != 0)


def _rank(groups: npt.NDArray[np.integer[Any]]) -> Longs:
    """The place of each in its group; groups stand together."""
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(first, np.diff(first, append=len(groups)))


def write_document_vectors(
    path: Path,
    rows: Rows,
    columns: Columns,
    centres: Floats,
    first: int = 0,
    end: int | None = None,
) -> None:
    """Write the `document_vectors` of the documents from docid `first` up to `end`, of all unless said, as
    float16, so many at a time that little is held."""
    end = len(columns) if end is None else end
    file = VectorFile(path, end - first, rows.shape[1])
    for start in range(first, end, BLOCK):
        file.append(document_vectors(rows, columns, centres, start, min(start + BLOCK, end)))
    file.finish()


def document_vectors(rows: Rows, columns: Columns, centres: Floats, first: int, end: int) -> Floats:
    """The vector of each document from docid `first` up to `end`: the directions of its mean passage and of
    its mean lead, less the centre of its language (`centres`), added up and brought to length 1; zero for
    one without passages. A copy has one, too: it is the first when that goes. `rows` are the exact vectors."""
    known = ((columns.doc_passages > 0) & (columns.lang >= 0))[first:end]
    vectors = np.zeros((len(known), rows.shape[1]), np.float32)
    for at in np.flatnonzero(known).tolist():
        begin, count = int(columns.doc_first_pid[first + at]), int(columns.doc_passages[first + at])
        passages = widened(rows[begin : begin + count]) - centres[columns.lang[first + at]]
        passages = unit(passages)
        vectors[at] = unit(passages.mean(axis=0)) + unit(passages[:LEAD].mean(axis=0))
    vectors[known] = unit(vectors[known])
    return vectors


@dataclass
class Usual:
    """By docid and language, how near the USUAL_OF + 1 nearest documents are, best first, shape (documents,
    languages, USUAL_OF + 1); of those that are `known`. Others are looked up when they are needed.

    It is kept as it was found: that some articles came since makes little difference to what is usual.
    """

    names: tuple[str, ...]
    cosines: Floats
    known: Mask

    @classmethod
    def unknown(cls, columns: Columns) -> Usual:
        """Nothing, of the documents with these columns."""
        size = len(columns), len(columns.lang_names), USUAL_OF + 1
        return cls(columns.lang_names, np.zeros(size, np.float32), np.zeros(len(columns), bool))

    @classmethod
    def load(cls, generation: Path, columns: Columns) -> Usual:
        """What is stored beside the segments of a generation. Raises IndexDamagedError."""
        found = cls.unknown(columns)
        for path in holding(generation, STORY_USUAL_FILE):
            if not path.exists():
                continue
            with damage_named(path):
                stored = load_arrays(path)
                names, first = json.loads(bytes(stored["names"])), int(stored["first"])
                known, shape = stored["known"], stored["cosines"].shape
                if shape != (len(known), len(names), USUAL_OF + 1):
                    raise ValueError("its parts disagree")
                if not 0 <= first <= first + len(known) <= len(columns):
                    raise ValueError("it is of other documents")
                docids = first + np.flatnonzero(known)
                for at, name in enumerate(names):
                    if (code := columns.language_code(name)) >= 0:
                        found.cosines[docids, code] = stored["cosines"][docids - first, at]
                found.known[docids] = len(names) > 0
        return found

    def begin(self, docids: Ints) -> None:
        """Of some documents it is now learned, of one language after another (`learn`)."""
        self.cosines[docids] = 0
        self.known[docids] = True

    def learn(self, docids: Ints, code: int, cosines: Floats) -> None:
        """What was found of some documents among those of one language."""
        self.cosines[docids, code, : cosines.shape[1]] = cosines

    def save(self, directory: Path, first: int, end: int) -> None:
        """Write what is known of the documents of a segment, from docid `first` up to `end`, beside it."""
        np.savez(
            directory / STORY_USUAL_FILE,
            allow_pickle=False,
            names=np.frombuffer(json.dumps(self.names).encode(), np.uint8),
            first=np.int64(first),
            cosines=self.cosines[first:end].astype(np.float16),
            known=self.known[first:end],
        )


KNOWN_ARTICLES = 100
_FILE = Path(__file__).parents[2] / "data" / "story_centres.npz"


def centres(measured: Relevance, columns: Columns, encoder: str) -> Floats:
    """Where the texts of each language lie, as an encoder sees them: what is taken off a vector before
    two are compared. Shape (languages, dimension), of an archive whose relevance was measured and whose
    vectors are of the encoder with this id.

    All Urdu texts have something in common that is not what they say, and all English ones. In a large
    archive that is its mean passage. In an archive of five pages on one subject the mean passage is that
    subject, and less it nothing is left to compare; so the mean of many texts comes with the program, for
    the bundled encoder, and counts as `KNOWN_ARTICLES` articles beside those of the archive. Of any other
    encoder only the archive's own mean is known. The file was made by `training/story_centres.py`.
    """
    own = measured.means
    known = known_centres().get(encoder, {})
    found = own.astype(np.float32)
    for code, name in enumerate(columns.lang_names):
        if name in known:
            articles = int((columns.firsts & (columns.lang == code)).sum())
            found[code] = (articles * own[code] + KNOWN_ARTICLES * known[name]) / (
                articles + KNOWN_ARTICLES
            )
    return found


@cache
def known_centres() -> dict[str, dict[str, Floats]]:
    """By encoder id and language, what comes with the program."""
    stored = load_arrays(_FILE)
    encoder = bytes(stored.pop("encoder")).decode()
    return {encoder: {name: rows.astype(np.float32) for name, rows in stored.items()}}
