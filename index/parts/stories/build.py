"""Finds the articles that tell one story, and copies (see `index.parts.stories.stories`).

    candidates   each document's nearest ones in each language (`index.parts.stories.candidates`)
    evidence     of each pair: vectors and dates first, then texts (`index.parts.stories.evidence`)
    settling     of the pairs of two languages only those that agree tell one event

`StoryFinder.find` answers for the documents it is given; `settle` needs all their pairs together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Mask, Rows
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
    pair_keys,
    write_document_vectors,
)
from index.parts.stories.compare import Comparer
from index.parts.stories.evidence import (
    RULES,
    Evidence,
    running_instead,
    within_reach,
)
from index.parts.stories.stories import COPY, RUNNING, Pairs, Stories
from index.parts.vectors import load_vectors, rows_of
from index.progress import Progress
from index.store.layout import STORIES_FILE, STORY_USUAL_FILE, STORY_VECTORS_FILE
from index.workers import Workers

PAIRS_AT_ONCE = 1_024
"""Compared together: their texts and passages are what is held in memory."""
_NO_PAIRS = Pairs(
    np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int8), np.empty(0, np.float32)
)
_LENGTH_ERROR = 0.01
"""How far a direction, kept in float16, may be from length one."""


def build_stories(building: Building) -> None:
    """Write the story links of a generation, whose other parts are all there."""
    building.report("linking stories", 0, 0)
    directory, catalogue = building.directory, building.catalogue
    columns = catalogue.columns()
    own = centres(Relevance.load(directory), columns, building.encoder.info.id)
    path = directory / STORY_VECTORS_FILE
    write_document_vectors(path, rows_of(directory), columns, own)
    candidates = CandidateFinder(columns, Rows([load_vectors(directory, STORY_VECTORS_FILE)]))
    lexicon = Lexicon.open(directory, learned=False)
    finder = StoryFinder(directory, catalogue, lexicon, own, candidates)
    firsts = np.flatnonzero(columns.firsts).astype(np.int32)
    pairs = finder.find(firsts, building.workers)
    Stories.of_pairs(settle(pairs, columns.lang), len(columns)).save(directory)
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
            write_document_vectors(path, rows, columns, moved, its.first, its.end)
        parts.append(_story_vectors(file, moved.shape[1]))
    candidates = CandidateFinder(columns, Rows(parts), Usual.load(directory, columns))
    lexicon = Lexicon.open(directory, learned=False)
    return StoryFinder(directory, following.catalogue, lexicon, moved, candidates)


def _story_vectors(file: CatalogueFile, dimension: int) -> npt.NDArray[np.float16]:
    """What is compared of the documents of a segment, a row for each of its docids. Raises
    IndexDamagedError."""
    directory, own = file.path.parent, file.columns
    rows = load_vectors(directory, STORY_VECTORS_FILE)
    if rows.shape != (own.end - own.first, dimension) or rows.dtype != np.float16:
        message = f"{directory / STORY_VECTORS_FILE} is of other documents: {rows.shape}."
        raise IndexDamagedError(message)
    return rows


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
        self._directory, self._centres = directory, centres
        self._columns = catalogue.columns()
        self.candidates = candidates
        self._comparer = Comparer(directory, catalogue, lexicon)

    @classmethod
    def of(
        cls, directory: Path, catalogue: Catalogue, lexicon: Lexicon, encoder: str
    ) -> StoryFinder:
        """Of a whole generation; `encoder` is the id of the encoder that made its vectors."""
        columns = catalogue.columns()
        own = centres(Relevance.load(directory), columns, encoder)
        vectors = document_vectors(rows_of(directory), columns, own, 0, len(columns))
        candidates = CandidateFinder(columns, Rows([vectors.astype(np.float16)]))
        return cls(directory, catalogue, lexicon, own, candidates)

    def find(self, docids: Ints, workers: Workers | None = None) -> Pairs:
        """The likely pairs that have one of `docids`, to be settled. `workers` look for some of them."""
        blocks = self._blocks(self._found(docids, workers, self._within_reach))
        links = partial(self._comparer.links, self._centres)
        if workers:
            made = workers.share(links, blocks, _links_by_texts, self._directory, self._centres)
        else:
            made = [links(block) for block in blocks]
        return _NO_PAIRS.joined(*made)

    def evidence(
        self, docids: Ints, *, ruled_out: bool = False
    ) -> Iterator[tuple[int, int, Evidence]]:
        """Every pair of `docids` whose texts are worth comparing, and what speaks for it.

        With `ruled_out`, for measuring, also pairs that their vectors and dates rule out.
        """
        worth = _every if ruled_out else self._within_reach
        for block in self._blocks(self._found(docids, None, worth)):
            yield from self._comparer.evidence(self._centres, block, ruled_out=ruled_out)

    def _found(
        self, docids: Ints, workers: Workers | None, worth: Callable[[Candidates], Mask]
    ) -> Candidates:
        with closing(open_keyword(self._directory)) as keyword:
            words = self._comparer.words(keyword)

            def shared(docids: Ints) -> Iterator[Found]:
                docids = words.in_turn(docids)
                pieces = np.split(docids, range(ASKED_AT_ONCE, len(docids), ASKED_AT_ONCE))
                if not workers:
                    return chain.from_iterable(map(words.find, pieces))
                # Each begins at its own end, so that few words are looked up by both.
                made = workers.share(words.find, pieces, _found_by_words, self._directory)
                return chain.from_iterable(made)

            return self.candidates.find(docids, shared, worth)

    def _within_reach(self, candidates: Candidates) -> Mask:
        """Which pairs vectors and dates leave a chance."""
        first, second = candidates.first, candidates.second
        dates, lang = self._columns.date, self._columns.lang
        days = np.abs(dates[first].astype(np.float64) - dates[second])
        days[(dates[first] == NO_DATE) | (dates[second] == NO_DATE)] = np.nan
        return within_reach(
            candidates.margins, candidates.cosines, days, lang[first] == lang[second]
        )

    def _blocks(self, candidates: Candidates) -> list[Candidates]:
        """Candidates some at a time, those of like date together."""
        dates = self._columns.date
        latest = np.maximum(dates[candidates.first], dates[candidates.second])
        order = np.argsort(latest, kind="stable")
        starts = range(0, len(order), PAIRS_AT_ONCE)
        return [candidates.take(order[start : start + PAIRS_AT_ONCE]) for start in starts]


@lru_cache(1)
def _comparer_of(directory: Path) -> Comparer:
    """Of a generation whose lexicon is there: kept open by a worker until it ends."""
    return Comparer(directory, Catalogue.open(directory), Lexicon.open(directory, learned=False))


@lru_cache(1)
def _words_of(directory: Path) -> WordCandidates:
    """The same of one whose keyword index is there."""
    return _comparer_of(directory).words(open_keyword(directory))


def _found_by_words(directory: Path, docids: Ints, report: Progress) -> list[Found]:
    """What a worker finds for some documents."""
    return _words_of(directory).find(docids)


def _links_by_texts(
    directory: Path, centres: Floats, candidates: Candidates, report: Progress
) -> Pairs:
    """The links that a worker makes of some candidates."""
    return _comparer_of(directory).links(centres, candidates)


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
        [pair_keys(within.first, within.second), pair_keys(within.second, within.first)]
    )
    first, second = pairs.first[across], pairs.second[across]
    # Each of a pair has the other as its likeliest counterpart there, or a likelier one.
    order = np.lexsort((second, first, -pairs.chances[across]))
    owners, others = np.stack([first, second], axis=1), np.stack([second, first], axis=1)
    sides = pair_keys(owners, languages[others])[order].ravel()
    _, likeliest, side = np.unique(sides, return_index=True, return_inverse=True)
    favourites = others[order].ravel()[likeliest][side].reshape(-1, 2)
    agrees = favourites == others[order]
    agrees |= np.isin(pair_keys(favourites, others[order]), beside)
    parted = across[order[~agrees.all(axis=1)]]
    kinds, chances = pairs.kinds.copy(), pairs.chances.copy()
    kinds[parted] = RUNNING
    chances[parted] = running_instead(chances[parted])
    return replace(pairs, kinds=kinds, chances=chances)


def _every(candidates: Candidates) -> Mask:
    return np.ones(len(candidates), bool)


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
