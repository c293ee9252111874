"""Finds the articles that tell one story, and copies (see `index.parts.stories.stories`).

    candidates   each document's nearest ones in each language (`index.parts.stories.candidates`)
    evidence     of each pair: vectors and dates first, then texts (`index.parts.stories.evidence`)
    settling     of the pairs of two languages only those that agree tell one event

`StoryFinder.find` answers for the documents it is given; `settle` needs all their pairs together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Longs, Rows
from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import NO_DATE, Catalogue, CatalogueFile
from index.parts.keyword.part import open_keyword
from index.parts.lexicon.lexicon import Lexicon
from index.parts.part import Building, Checking, Following, Opening, Part, Question, agree
from index.parts.relevance import Relevance
from index.parts.stories.candidates import (
    ASKED_AT_ONCE,
    CandidateFinder,
    Candidates,
    Found,
    Usual,
    WordCandidates,
    centres,
    document_vectors,
)
from index.parts.stories.counterparts import Counterparts
from index.parts.stories.evidence import (
    ALIKE,
    EVENT_FROM,
    LEAST,
    RULES,
    THRESHOLD,
    Evidence,
    copy_chance,
    could_link,
    is_series,
    running_chance,
    running_instead,
    settled_chance,
    within_reach,
)
from index.parts.stories.overlap import Overlap
from index.parts.stories.stories import COPY, RUNNING, STORY, Pairs, Stories
from index.parts.stories.texts import (
    Numbers,
    Text,
    Texts,
    like_sentences,
    resemblance,
    shared_numbers,
)
from index.parts.vectors import load_vectors, rows_of, unit
from index.progress import Progress
from index.store.layout import STORIES_FILE, STORY_USUAL_FILE, STORY_VECTORS_FILE
from index.workers import Workers

_PAIRS_AT_ONCE = 16_384
"""Compared together: their texts and passages are what is held in memory."""
_LENGTH_ERROR = 0.01
"""How far a direction, kept in float16, may be from length one."""


def build_stories(building: Building) -> None:
    """Write the story links of a generation, whose other parts are all there."""
    building.report("linking stories", 0, 0)
    directory, catalogue = building.directory, building.catalogue
    columns = catalogue.columns()
    firsts = np.flatnonzero(columns.firsts).astype(np.int32)
    finder = StoryFinder.of(directory, catalogue, Lexicon.open(directory), building.encoder.info.id)
    pairs = finder.find(firsts, building.workers)
    Stories.of_pairs(settle(pairs, columns.lang), len(columns)).save(directory)
    vectors = finder.candidates.vectors[:].astype(np.float16)
    np.save(directory / STORY_VECTORS_FILE, vectors)
    finder.candidates.usual.save(directory, 0, len(columns))


def _follow(following: Following) -> None:
    """Write the story links after a change.

    Pairs are looked for of the documents added, and again of those that were linked with one removed:
    another may now be their counterpart. All others keep their links and chances. Of exact copies the
    first has the links; when it goes, they are looked for of the next.
    """
    following.report("linking stories", 0, 0)
    directory, catalogue, columns = (
        following.directory,
        following.catalogue,
        following.catalogue.columns(),
    )
    now, then = columns.firsts, np.zeros(len(columns), bool)
    then[: len(following.columns)] = following.columns.firsts
    gone, touched = then & ~now, then ^ now
    pairs = Stories.open(following.before).pairs()
    for ours, theirs in ((pairs.first, pairs.second), (pairs.second, pairs.first)):
        touched[theirs[gone[ours]]] = True
    kept = pairs.take(~(touched[pairs.first] | touched[pairs.second]))
    asking = np.flatnonzero(touched & ~gone).astype(np.int32)
    if len(asking):
        finder = _following(following)
        kept = kept.joined(finder.find(asking))
        for file in catalogue.files:
            if not (file.path.parent / STORY_USUAL_FILE).exists():
                own = file.columns
                finder.candidates.usual.save(file.path.parent, own.first, own.end)
    Stories.of_pairs(settle(kept, columns.lang), len(columns)).save(directory)


def _following(following: Following) -> StoryFinder:
    """Of a changed archive: vectors of documents that were compared before are not made again, and are less
    the centres of that time."""
    directory, columns = following.directory, following.catalogue.columns()
    own = centres(Relevance.load(following.before), following.columns, following.encoder)
    moved = np.zeros((len(columns.lang_names), own.shape[1]), np.float32)
    now = centres(Relevance.load(directory), columns, following.encoder)
    for code, name in enumerate(columns.lang_names):
        old = following.columns.language_code(name)
        moved[code] = own[old] if old >= 0 else now[code]
    rows, parts = rows_of(directory), []
    for file in following.catalogue.files:
        path, its = file.path.parent / STORY_VECTORS_FILE, file.columns
        if not path.exists():
            made = document_vectors(rows, columns, moved, its.first, its.end)
            np.save(path, made.astype(np.float16))
        parts.append(_story_vectors(file, moved.shape[1]))
    candidates = CandidateFinder(columns, Rows(parts), Usual.load(directory, columns))
    return StoryFinder(directory, following.catalogue, Lexicon.open(directory), moved, candidates)


def _story_vectors(file: CatalogueFile, dimension: int) -> npt.NDArray[np.float16]:
    """What is compared of the documents of a segment, a row for each of its docids. Raises
    IndexDamagedError."""
    directory, own = file.path.parent, file.columns
    rows = load_vectors(directory, STORY_VECTORS_FILE)
    if rows.shape != (own.end - own.first, dimension) or rows.dtype != np.float16:
        message = f"{directory / STORY_VECTORS_FILE} is of other documents: {rows.shape}."
        raise IndexDamagedError(message)
    return rows


def judged(evidence: Evidence) -> tuple[int, float]:
    """The kind of link that the evidence makes likeliest, and its probability."""
    copy = copy_chance(evidence)
    if copy >= THRESHOLD:
        return COPY, copy
    event = settled_chance(evidence)
    if event >= EVENT_FROM[evidence.same_language] and not is_series(evidence):
        return STORY, event
    return RUNNING, running_chance(evidence)


class StoryFinder:
    """Finds the pairs that documents of one archive form with any other of its documents.

    Of exact copies, which need no finding, only the first is looked at: the others would be its
    nearest neighbours and leave no room for any other.
    """

    def __init__(
        self,
        directory: Path,
        catalogue: Catalogue,
        lexicon: Lexicon,
        centres: Floats,
        candidates: CandidateFinder,
    ) -> None:
        """`centres` has a row for each language (see `index.parts.stories.candidates.centres`)."""
        self._directory, self._lexicon = directory, lexicon
        self._columns = catalogue.columns()
        self._rows = rows_of(directory)
        self._centres = centres
        self.candidates = candidates
        self._texts = Texts(catalogue, lexicon)
        self._counterparts = Counterparts(lexicon)
        self._overlap = Overlap(len(lexicon.words), self._counterparts)

    @classmethod
    def of(
        cls, directory: Path, catalogue: Catalogue, lexicon: Lexicon, encoder: str
    ) -> StoryFinder:
        """Of a generation whose relevance was measured; `encoder` is the id of the encoder that made its
        vectors."""
        columns = catalogue.columns()
        own = centres(Relevance.load(directory), columns, encoder)
        vectors = Rows([document_vectors(rows_of(directory), columns, own)])
        return cls(directory, catalogue, lexicon, own, CandidateFinder(columns, vectors))

    def find(self, docids: Ints, workers: Workers | None = None) -> Pairs:
        """The likely pairs that have one of `docids`, to be settled. `workers` look for some of them."""
        pairs, kinds, chances = [], [], []
        for first, second, evidence in self._evidence(self._found(docids, workers)):
            kind, chance = judged(evidence)
            if chance >= LEAST[evidence.same_language]:
                pairs.append((first, second))
                kinds.append(kind)
                chances.append(chance)
        both = np.array(pairs, np.int32).reshape(-1, 2)
        return Pairs(
            both[:, 0], both[:, 1], np.array(kinds, np.int8), np.array(chances, np.float32)
        )

    def evidence(
        self, docids: Ints, *, ruled_out: bool = False
    ) -> Iterator[tuple[int, int, Evidence]]:
        """Every pair of `docids` whose texts are worth comparing, and what speaks for it.

        With `ruled_out`, for measuring, also pairs that their vectors and dates rule out.
        """
        return self._evidence(self._found(docids, None), ruled_out=ruled_out)

    def _evidence(
        self, found: Candidates, *, ruled_out: bool = False
    ) -> Iterator[tuple[int, int, Evidence]]:
        near = self._worth_comparing(found, ruled_out)
        for start in range(0, len(near), _PAIRS_AT_ONCE):
            yield from self._compare(found.take(near[start : start + _PAIRS_AT_ONCE]), ruled_out)

    def _found(self, docids: Ints, workers: Workers | None) -> Candidates:
        with closing(open_keyword(self._directory)) as keyword:
            words = WordCandidates(
                keyword, self._columns, self._lexicon, self._texts, self._counterparts
            )

            def shared(docids: Ints) -> list[Found]:
                docids = words.in_turn(docids)
                if not workers:
                    return words.find(docids)
                pieces = np.split(docids, range(ASKED_AT_ONCE, len(docids), ASKED_AT_ONCE))
                made = workers.share(words.find, pieces, _found_by_words, self._directory)
                return [found for some in made for found in some]

            return self.candidates.find(docids, shared)

    def _worth_comparing(self, candidates: Candidates, ruled_out: bool) -> Ints:
        """The places of the pairs that vectors and dates leave a chance, those of like date together."""
        # Not all at once: as objects of Python they take several times the room.
        blocks = range(0, len(candidates), _PAIRS_AT_ONCE)
        near = [self._near(candidates, start, ruled_out) for start in blocks]
        found = np.concatenate([np.empty(0, np.int32), *near])
        dates = self._columns.date
        latest = np.maximum(dates[candidates.first[found]], dates[candidates.second[found]])
        return found[np.argsort(latest, kind="stable")]

    def _near(self, candidates: Candidates, start: int, ruled_out: bool) -> Ints:
        """Those of one block of candidates, which begins at a place."""
        block = candidates.take(np.arange(start, min(start + _PAIRS_AT_ONCE, len(candidates))))
        pairs = zip(
            block.first.tolist(),
            block.second.tolist(),
            block.cosines.tolist(),
            block.margins.tolist(),
            strict=True,
        )
        near = [
            at
            for at, (first, second, cosine, margin) in enumerate(pairs, start)
            if ruled_out
            or within_reach(
                margin, cosine, self._days(first, second), self._one_language(first, second)
            )
        ]
        return np.array(near, np.int32)

    def _compare(self, pairs: Candidates, ruled_out: bool) -> Iterator[tuple[int, int, Evidence]]:
        texts = self._texts.read(np.union1d(pairs.first, pairs.second).tolist())
        titles, covered, shared = self._words_in_common(pairs, texts)
        found: list[tuple[int, int, Evidence]] = []
        for at, (first, second) in enumerate(
            zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
        ):
            same = self._one_language(first, second)
            alike, contained = resemblance(texts[first], texts[second]) if same else (0.0, 0.0)
            evidence = Evidence(
                margin=float(pairs.margins[at]),
                titles=float(titles[at]),
                covered=float(covered[at]),
                shared=float(shared[at]),
                days=self._days(first, second),
                same_language=same,
                resemblance=alike,
                containment=contained,
            )
            if ruled_out or could_link(evidence):
                found.append((first, second, evidence))
        docids = np.unique(np.array([each[:2] for each in found], np.int32))
        numbers = dict(zip(docids.tolist(), self._texts.numbers(docids), strict=True))
        vectors: dict[int, Floats] = {}
        for first, second, evidence in found:
            yield first, second, self._with_numbers(first, second, evidence, numbers, vectors)

    def _with_numbers(
        self,
        first: int,
        second: int,
        evidence: Evidence,
        numbers: Mapping[int, Numbers],
        vectors: dict[int, Floats],
    ) -> Evidence:
        ours, theirs = numbers[first], numbers[second]
        cosines = self._passages(first, vectors) @ self._passages(second, vectors).T
        agree, differ = like_sentences(ours, theirs, cosines, ALIKE)
        shared, fewer = shared_numbers(ours, theirs)
        return replace(
            evidence, agree=agree, differ=differ, shared_numbers=shared, fewer_numbers=fewer
        )

    def _words_in_common(
        self, pairs: Candidates, texts: Mapping[int, Text]
    ) -> tuple[Floats, Floats, Floats]:
        """Of each pair the part of both titles that is met in the other's lead, the mean; the part of the
        shorter text that is met in the other; and the rarity of what is met of a lead, the mean."""
        lang, many = self._columns.lang, len(pairs)
        owners = np.concatenate([pairs.first, pairs.second])
        others = np.concatenate([pairs.second, pairs.first])
        across = lang[owners] != lang[others]
        order = np.lexsort((across, owners))
        bounds = np.flatnonzero(
            (np.diff(owners[order]) != 0) | (np.diff(across[order].astype(np.int8)) != 0)
        )
        groups = [
            (
                texts[int(owners[group[0]])],
                [texts[other] for other in others[group].tolist()],
                group,
            )
            for group in np.split(order, bounds + 1)
            if len(group)
        ]
        self._overlap.look_up(each[:2] for each in groups if across[each[2][0]])
        found = np.zeros((3, 2 * many), np.float32)
        for ours, theirs, group in groups:
            common = self._overlap.of(ours, theirs, across=bool(across[group[0]]))
            found[:, group] = common.title, common.covered, common.shared
        title, covered, shared = found.reshape(3, 2, many)
        return title.mean(axis=0), covered.max(axis=0), shared.mean(axis=0)

    def _one_language(self, first: int, second: int) -> bool:
        return bool(self._columns.lang[first] == self._columns.lang[second])

    def _days(self, first: int, second: int) -> int | None:
        ours, theirs = int(self._columns.date[first]), int(self._columns.date[second])
        return None if NO_DATE in (ours, theirs) else abs(ours - theirs)

    def _passages(self, docid: int, known: dict[int, Floats]) -> Floats:
        """The passages' unit vectors, centred by language."""
        if docid not in known:
            first = int(self._columns.doc_first_pid[docid])
            rows = self._rows[first : first + int(self._columns.doc_passages[docid])]
            known[docid] = unit(rows.astype(np.float32) - self._centres[self._columns.lang[docid]])
        return known[docid]


@lru_cache(1)
def _words_of(directory: Path) -> WordCandidates:
    """Of a generation whose lexicon and keyword index are there: kept open by a worker until it ends."""
    catalogue, lexicon = Catalogue.open(directory), Lexicon.open(directory)
    texts = Texts(catalogue, lexicon)
    return WordCandidates(
        open_keyword(directory), catalogue.columns(), lexicon, texts, Counterparts(lexicon)
    )


def _found_by_words(directory: Path, docids: Ints, report: Progress) -> list[Found]:
    """What a worker finds for some documents."""
    return _words_of(directory).find(docids)


def settle(pairs: Pairs, languages: npt.NDArray[np.int8]) -> Pairs:
    """The pairs as they agree with each other; `languages` are codes by docid.

    An article's counterpart in another language is the likeliest one there, and what is linked with
    that one in its own language. Of a series of reports, which are all like each other, this leaves
    the reports of one day together; the others are of one running story.
    """
    same_event = pairs.kinds != RUNNING
    same = languages[pairs.first] == languages[pairs.second]
    within, across = pairs.take(same_event & same), np.flatnonzero(same_event & ~same)
    beside = np.concatenate(
        [_keys(within.first, within.second), _keys(within.second, within.first)]
    )
    first, second = pairs.first[across], pairs.second[across]
    # Each of a pair has the other as its likeliest counterpart there, or a likelier one.
    order = np.lexsort((second, first, -pairs.chances[across]))
    owners, others = np.stack([first, second], axis=1), np.stack([second, first], axis=1)
    sides = _keys(owners, languages[others])[order].ravel()
    _, likeliest, side = np.unique(sides, return_index=True, return_inverse=True)
    favourites = others[order].ravel()[likeliest][side].reshape(-1, 2)
    agrees = favourites == others[order]
    agrees |= np.isin(_keys(favourites, others[order]), beside)
    parted = across[order[~agrees.all(axis=1)]]
    kinds, chances = pairs.kinds.copy(), pairs.chances.copy()
    kinds[parted] = RUNNING
    chances[parted] = running_instead(chances[parted])
    return replace(pairs, kinds=kinds, chances=chances)


def _keys(first: npt.NDArray[np.integer], second: npt.NDArray[np.integer]) -> Longs:
    """Two numbers as one."""
    return first.astype(np.int64) << 32 | second


def _open(opening: Opening) -> Stories:
    columns = opening.catalogue.columns()
    stories = Stories.open(opening.directory, columns.copy_of)
    opening.agree("documents among the story links", len(stories), len(columns))
    return stories


def _links(checking: Checking) -> str:
    columns, stories = checking.columns, Stories.open(checking.directory)
    agree(len(stories), len(columns), "documents", "the catalogue")
    pairs = stories.pairs()
    if 2 * len(pairs) != len(stories.others) or not stories.same(
        Stories.of_pairs(pairs, len(columns))
    ):
        raise IndexDamagedError("a document is not linked with the one that is linked with it")
    if not columns.live[stories.others].all():
        raise IndexDamagedError("a document is linked with one that is not there")
    if (columns.copy_of[stories.others] != stories.others).any():
        raise IndexDamagedError("a link is that of a copy, not of the first article with its text")
    copies = pairs.take(pairs.kinds == COPY)
    if (columns.lang[copies.first] != columns.lang[copies.second]).any():
        raise IndexDamagedError("copies are of two languages")
    return f"{len(pairs) - len(copies)} pairs tell one story, {len(copies)} are copies"


def _compared(checking: Checking) -> str:
    """Vectors are less what was usual when they were made, so that they cannot be held against others."""
    columns, compared = checking.columns, 0
    for file in checking.catalogue.files:
        if (file.path.parent / STORY_VECTORS_FILE).exists():
            rows = _story_vectors(file, checking.manifest.encoder.dimension)
            lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
            if not ((np.abs(lengths - 1) < _LENGTH_ERROR) | (lengths == 0)).all():
                raise IndexDamagedError(
                    f"{file.path.parent / STORY_VECTORS_FILE} holds no directions"
                )
            compared += len(rows)
    cosines = Usual.load(checking.directory, columns).cosines
    if not (np.abs(cosines) <= 1 + _LENGTH_ERROR).all():
        raise IndexDamagedError(f"{STORY_USUAL_FILE} holds no cosines")
    return f"of {compared} documents"


PART = Part(
    "stories",
    (STORIES_FILE,),
    needs=("catalogue", "exact_vectors", "keyword", "vectors", "relevance", "lexicon"),
    build=build_stories,
    open=_open,
    check=lambda checking: [Question("story links", lambda: _links(checking))],
    rules=lambda: str(RULES),
    follow=_follow,
)
FOLLOWED_BY = Part(
    "story_vectors",
    (STORY_VECTORS_FILE, STORY_USUAL_FILE),
    needs=("stories",),
    check=lambda checking: [Question("story vectors", lambda: _compared(checking), deep=True)],
    optional=True,
    stays=True,
)
"""What spares a change to compare all documents again; written when stories are looked for."""
