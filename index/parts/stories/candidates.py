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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from cachetools import LRUCache, cached

from index.arrays import Codes, Floats, Ints, Mask, Parallel, Rows
from index.parts.catalogue.catalogue import NO_DATE, Columns
from index.parts.keyword.bm25 import Posting
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.relevance import Relevance
from index.parts.stories.texts import LEAD, Counterparts, Text, Texts
from index.parts.vectors import HalfRows, nearest_rows, unit
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
_BLOCK = 4_096
_REMEMBERED = 1 << 26
"""Bytes of postings kept of words, and as many of all that words are met as."""
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


class CandidateFinder:
    """Finds the candidates of documents of one archive.

    `vectors` has a row for each docid (see `document_vectors`). Of documents that `usual` knows it is not
    looked up anew what is usual around them.
    """

    def __init__(self, columns: Columns, vectors: Rows, usual: Usual | None = None) -> None:
        self._columns = columns
        lang = _compared(columns)
        self._known = lang >= 0
        self.vectors = vectors
        self.usual = usual or Usual.unknown(columns)
        self._members: dict[int, Ints] = {
            code: np.flatnonzero(lang == code).astype(np.int32)
            for code in np.unique(lang[self._known]).tolist()
        }

    def find(self, docids: Ints, by_words: Callable[[Ints], Iterable[Found]]) -> Candidates:
        """The candidates that have one of `docids`, in order; those that `by_words` finds among them."""
        asking = docids[self._known[docids]]
        near, found = self._nearest(asking)
        self.usual.learn(asking, found)
        pairs = [*near, *by_words(asking)]
        owners = np.concatenate([pair[0] for pair in pairs]) if pairs else np.empty(0, np.int32)
        others = np.concatenate([pair[1] for pair in pairs]) if pairs else np.empty(0, np.int32)
        # The margin needs to know what is usual around the others, too.
        beyond = np.setdiff1d(others, asking).astype(np.int32)
        beyond = beyond[~self.usual.known[beyond]]
        self.usual.learn(beyond, self._nearest(beyond)[1])
        now = np.zeros(len(self._columns), bool)  # looked up with all documents of today
        now[asking] = now[beyond] = True
        first, second = np.minimum(owners, others), np.maximum(owners, others)
        _, once = np.unique(first.astype(np.int64) << 32 | second, return_index=True)
        first, second = first[once].astype(np.int32), second[once].astype(np.int32)
        cosines = self._cosines(first, second)
        margins = self._margins(first, second, cosines, now)
        return Candidates(first, second, cosines, margins)

    def _cosines(self, first: Ints, second: Ints) -> Floats:
        cosines = np.empty(len(first), np.float32)
        for start in range(0, len(first), _BLOCK):
            some = slice(start, start + _BLOCK)
            ours, theirs = self._of(first[some]), self._of(second[some])
            cosines[some] = np.einsum("ij,ij->i", ours, theirs)
        return cosines

    def _of(self, docids: Ints) -> Floats:
        vectors: Floats = self.vectors[docids].astype(np.float32, copy=False)
        return vectors

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

    @cached_property
    def _stored(self) -> HalfRows | None:
        """The vectors if they are those stored, of which some documents are compared with all."""
        return HalfRows(self.vectors) if self.vectors.dtype == np.float16 else None

    def _among(self, members: Ints) -> Callable[[Floats], tuple[Floats, Ints]]:
        """Finds the members that are nearest to each of some vectors: their cosines and docids."""
        if stored := self._stored:
            return lambda ours: stored.nearest(ours, members, USUAL_OF + 2)
        theirs = self._of(members)

        def nearest(ours: Floats) -> tuple[Floats, Ints]:
            cosines, places = nearest_rows(ours, theirs, USUAL_OF + 2)
            return cosines, members[places]

        return nearest

    def _nearest(self, docids: Ints) -> tuple[list[Found], Floats]:
        """Pairs of owner and neighbour; and of each docid by language the cosines of the USUAL_OF + 1
        nearest, 0 for those that are missing."""
        pairs: list[Found] = []
        columns = self._columns
        usual = np.zeros((len(docids), len(columns.lang_names), USUAL_OF + 1), np.float32)
        if not len(docids):
            return pairs, usual
        for code, members in self._members.items():
            nearest = self._among(members)
            for start in range(0, len(docids), _BLOCK):
                block = docids[start : start + _BLOCK]
                cosines, named = nearest(self._of(block))
                own = columns.lang[block] == code
                cosines[named == block[:, None]] = -2.0  # itself: to the end
                order = np.argsort(-cosines, axis=1, kind="stable")
                cosines = np.take_along_axis(cosines, order, axis=1)
                named = np.take_along_axis(named, order, axis=1)
                place = np.arange(cosines.shape[1])[None, :]
                there = place < np.minimum(len(members) - own, USUAL_OF + 1)[:, None]
                taken = there & (place < np.where(own, OWN_CANDIDATES, CROSS_CANDIDATES)[:, None])
                pairs.append((np.repeat(block, taken.sum(axis=1)), named[taken]))
                width = min(cosines.shape[1], USUAL_OF + 1)
                usual[start : start + _BLOCK, code, :width] = np.where(there, cosines, 0)[:, :width]
        return pairs, usual


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
        self._posting = cached(LRUCache(_REMEMBERED, _bytes))(self._posting_of)
        self._holding = cached(LRUCache(_REMEMBERED, _bytes))(self._holding_of)
        self._total = np.zeros(len(columns), np.float32)

    def find(self, docids: Ints) -> list[Found]:
        """Pairs of owner and document, the best `WORD_CANDIDATES` of each owner in each language."""
        lang = _compared(self._columns)
        codes = set(np.unique(lang[lang >= 0]).tolist())
        if len(codes) < 2:
            return []
        pairs = []
        for start in range(0, len(docids), _BLOCK):
            texts = self._texts.read(docids[start : start + _BLOCK].tolist())
            asked = {docid: _rarest(text) for docid, text in texts.items()}
            self._counterparts.all_of(sorted({head for each in asked.values() for head in each}))
            for docid, heads in asked.items():
                found, scores = self._scores(docid, heads)
                for code in codes - {int(lang[docid])}:
                    best = best_of(found, np.where(lang[found] == code, scores, 0), WORD_CANDIDATES)
                    pairs.append((np.full(len(best), docid, np.int32), best))
        return pairs

    def _scores(self, docid: int, heads: Sequence[int]) -> tuple[Ints, Floats]:
        """The documents of like date that hold some words, a document more than once, and how much of them
        each holds."""
        asked = [self._holding(head) for head in heads]
        for held in asked:
            self._total[held.docids] += held.tf
        found = np.concatenate([held.docids for held in asked] or [_NONE.docids])
        scores = self._total[found]
        self._total[found] = 0
        date = int(self._columns.date[docid])
        if date != NO_DATE:
            dates = self._columns.date[found]
            like = (dates == NO_DATE) | (np.abs(dates.astype(np.int64) - date) <= WINDOW)
            found, scores = found[like], scores[like]
        return found, scores

    def _holding_of(self, head: int) -> Posting:
        """The documents that hold a word or what it is met as, each once; for its frequency, how much."""
        rarity, met = self._texts.rarity(head), self._counterparts.of(head)
        docids, worths = [_NONE.docids], [_NONE.tf]
        for row, weight in (
            (head, 1.0),
            *zip(met.heads.tolist(), met.weights.tolist(), strict=True),
        ):
            posting = self._posting(row)
            if posting.df:
                worth = np.float32(weight * min(rarity, self._texts.rarity(row)))
                docids.append(posting.docids)
                worths.append(worth * posting.tf / (1 + posting.tf))
        return Posting(*_highest(np.concatenate(docids), np.concatenate(worths)))

    def _posting_of(self, row: int) -> Posting:
        """The documents of a word; none of one that too many hold to tell a story by."""
        if self._lexicon.frequencies[row] > MOST_DOCUMENTS:  # spares reading them
            return _NONE
        found = self._keyword.posting(stem(self._lexicon.words[row]))
        return found if found.df <= MOST_DOCUMENTS else _NONE


def _compared(columns: Columns) -> Codes:
    """The languages of the documents that are compared; -1 for the others."""
    known = columns.firsts & (columns.doc_passages > 0) & (columns.lang >= 0)
    return np.where(known, columns.lang, -1).astype(np.int8)


def _rarest(text: Text) -> list[int]:
    """The rarest words of a lead."""
    lead = np.flatnonzero(text.lead)
    found: list[int] = text.words[
        lead[np.argsort(-text.rarities[lead], kind="stable")[:WORDS_ASKED]]
    ].tolist()
    return found


def _bytes(posting: Posting) -> int:
    """Those of its numbers, and some for the objects."""
    return 256 + posting.docids.nbytes + posting.tf.nbytes


def best_of(docids: Ints, scores: Floats, most: int) -> Ints:
    """The `most` documents of the highest scores above 0; a document may stand there `WORDS_ASKED` times."""
    enough = most * WORDS_ASKED
    if len(docids) > enough:
        some = np.argpartition(-scores, enough)[:enough]
        # All of the last score, so that which of them are taken depends on their order alone.
        some = np.flatnonzero(scores >= scores[some].min())
        docids, scores = docids[some], scores[some]
    docids, place = np.unique(docids[scores > 0], return_index=True)
    scores = scores[scores > 0][place]
    return docids[np.lexsort((docids, -scores))[:most]].astype(np.int32)


def _highest(docids: Ints, worths: Floats) -> tuple[Ints, Floats]:
    """Each docid once, with the highest of its worths."""
    order = np.lexsort((worths, docids))
    docids, worths = docids[order], worths[order]
    last = np.append(docids[1:] != docids[:-1], True)[: len(docids)]
    return docids[last], worths[last]


def document_vectors(
    rows: Rows, columns: Columns, centres: Floats, first: int = 0, end: int | None = None
) -> Floats:
    """The vector of each document from docid `first` up to `end`, of all unless said: the directions of its
    mean passage and of its mean lead, less the centre of its language (`centres`), added up and brought to
    length 1; zero for one without passages. A copy has one, too: it is the first when that goes. `rows` are
    the exact vectors."""
    known = ((columns.doc_passages > 0) & (columns.lang >= 0))[first:end]
    vectors = np.zeros((len(known), rows.shape[1]), np.float32)
    for at in np.flatnonzero(known).tolist():
        begin, count = int(columns.doc_first_pid[first + at]), int(columns.doc_passages[first + at])
        passages = (
            rows[begin : begin + count].astype(np.float32) - centres[columns.lang[first + at]]
        )
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

    def learn(self, docids: Ints, cosines: Floats) -> None:
        """What was found of some documents."""
        self.cosines[docids] = cosines
        self.known[docids] = True

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
