"""The vocabulary of asking and answering: request, hit, response.

Plain frozen dataclasses, JSON-ready in shape; `web.present` turns them into the one JSON envelope
and the OpenAPI description is generated from them. Spans are half-open character offsets
`text[start:end]` into the text beside them, never HTML.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum
from typing import Any, Generic, TypeVar

from index.documents import Document


class Mode(str, Enum):
    """Which arms answer: words, meaning or both."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    SEMANTIC = "semantic"


class Sort(str, Enum):
    """Order of the hits. Undated documents come last in both date orders."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class SearchRequest:
    """One search as asked. Empty tuples and None mean "any"; dates are inclusive.

    `literal` searches for the words as typed alone; `off` lists alternatives (`Alternative.word`)
    that the reader does not want.
    """

    query: str
    mode: Mode = Mode.HYBRID
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 10
    literal: bool = False
    off: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """A marked stretch of text.

    `kind` is `exact` (the query's word as typed, up to spelling marks and keyboard), `variant`
    (another inflection of it) or `meaning` (a word of the other language or script that stands for
    it, or the sentence the semantic arm found); `word` is the query word it answers, empty for a
    sentence. `strength` (0..1] says how sure the mark is: 1 for the first two kinds.
    """

    start: int
    end: int
    kind: str
    word: str = ""
    strength: float = 1.0

    def moved(self, by: int) -> Span:
        """The same mark in a text that begins `by` characters earlier."""
        return Span(self.start + by, self.end + by, self.kind, self.word, self.strength)


@dataclass(frozen=True)
class Snippet:
    """A cropped stretch of a document with its marks.

    `kind` is `keyword` (chosen by matched words), `semantic` (the best sentence by meaning) or
    `lead` (the opening, when nothing in the body matched). `start` is the offset of `text` in the
    document's body; `cut_before` and `cut_after` tell that the body goes on there. `page` is the page of
    its file on which the first mark stands, or else the text begins; 0 where there are no pages.
    """

    text: str
    lang: str
    kind: str
    start: int = 0
    cut_before: bool = False
    cut_after: bool = False
    spans: tuple[Span, ...] = ()
    page: int = 0


@dataclass(frozen=True)
class ArmEvidence:
    """What one arm said of a hit: its rank there (from 1), its raw score and its share of `score`.

    The raw score is a BM25F sum for `keyword` and a relevance (0 for unrelated texts, about .1 to .25
    for related ones) for `semantic`. `rank` is None when the arm alone would not have listed the
    document (its score still counts). `title` stands for a title that is the query: it has no rank,
    and its share fills the score up.
    """

    arm: str
    rank: int | None
    score: float
    share: float


@dataclass(frozen=True)
class WordEvidence:
    """A query word that a hit holds, the indexed term that matched and what it added (BM25F)."""

    word: str
    term: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """Why a hit is where it is."""

    arms: tuple[ArmEvidence, ...]
    words: tuple[WordEvidence, ...] = ()


@dataclass(frozen=True)
class Absence:
    """A reason why a document is not in an answer: a stable `code`, and a message for people.

    Codes: `filter-lang`, `filter-source`, `filter-tag`, `filter-date`, `excluded` (it holds a word
    that must not occur), `required` (a phrase or title word is missing), `no-word`, `few-words` (it
    holds too little of what is searched for), `loose-words` (it holds only words that are too
    unsure to find it), `weak` (it is related, and answers too little for a list by date),
    `below-floor` (its meaning is too far), `not-nearest` (near enough, but others are nearer),
    `beyond-window`, `copy` (folded under another that is nearly the same), `nothing-asked`,
    `semantic-unavailable`.
    """

    code: str
    message: str


@dataclass(frozen=True)
class Listed:
    """What is said of an article wherever one is listed."""

    id: str
    title: str
    lang: str
    date: date | None
    source: str
    url: str


_LISTED = tuple(each.name for each in fields(Listed))


def facts(document: Document) -> dict[str, Any]:
    """The fields of a `Listed` article, by their names."""
    return {name: getattr(document, name) for name in _LISTED}


@dataclass(frozen=True)
class RelatedDocument(Listed):
    """An article that belongs to another.

    `relation` is `story` (another telling of the same event, in either language), `copy` (nearly the
    same text), `running` (of the same running story) or `like` (on a like subject). `score` (0..1] is
    how sure that is; for a `like` that nothing but its subject speaks for, the likeness.
    """

    relation: str
    score: float


@dataclass(frozen=True)
class Related:
    """What belongs to one article, best first: see `RelatedDocument`. `likes` begin with what is of the same
    running story, or may be, the languages in turn."""

    id: str
    stories: tuple[RelatedDocument, ...]
    copies: tuple[RelatedDocument, ...]
    likes: tuple[RelatedDocument, ...]
    generation: str


@dataclass(frozen=True)
class Suggestion:
    """A completion of what is being typed.

    `text` is what the box would hold, `lang` its language. `kind` is `title` (of the article `id`),
    `name`, `phrase` or `word`; `count` is how many articles hold it.
    """

    text: str
    lang: str
    kind: str
    count: int
    id: str = ""


@dataclass(frozen=True)
class Suggestions:
    """Completions of `query`, best first."""

    query: str
    suggestions: tuple[Suggestion, ...]
    generation: str


@dataclass(frozen=True)
class Hit(Listed):
    """One document found.

    `second` is another stretch of it, where the first does not answer the whole query. `stories` are
    other tellings of its story, in the archive as a whole, the other language first. `copies` are
    nearly the same texts that the search found too and the list does not repeat: the first of
    `folded`.
    """

    tags: tuple[str, ...]
    score: float
    snippet: Snippet
    explanation: Explanation
    title_spans: tuple[Span, ...] = ()
    second: Snippet | None = None
    stories: tuple[RelatedDocument, ...] = ()
    copies: tuple[RelatedDocument, ...] = ()
    folded: int = 0


@dataclass(frozen=True)
class Notice:
    """Something the reader should know about how the query was understood.

    `part` is the part of the query that it is about, as typed; empty where it is about all of it.
    """

    code: str
    message: str
    part: str = ""


@dataclass(frozen=True)
class Degraded:
    """A part of the search that should have answered and did not. Failure is never an empty list.

    `arm` is `keyword` or `semantic`; or, when both answered, `translation` (words new to the archive
    were searched as typed only) or `marks` (words of the other language are not marked).
    """

    arm: str
    code: str
    reason: str


@dataclass(frozen=True)
class Total:
    """How many documents the list holds, after filters.

    `value` = `keyword` + `semantic_only`. `keyword` counts those that hold the query's concepts,
    each by a word of it, an inflection of one, or an alternative that is sure: at least 40 % of the
    rarity that the document of its language that holds most does, and no common word alone where
    others hold more (`search.rank.answers.found_by_words`); `semantic_only` those that only their
    meaning brought, above the relevance floor, among the nearest passages of their language. A list
    by date holds only what answers the query well (`search.rank.answers`). Copies of a text all
    count. `reachable` is how many hits paging can show: copies are folded under the first of them,
    and lists end at a window.
    """

    value: int
    keyword: int
    semantic_only: int
    reachable: int


@dataclass(frozen=True)
class FacetValue:
    """A value and how many of all matching documents (not only this page's) carry it."""

    value: str
    count: int


@dataclass(frozen=True)
class Facets:
    """Counts over the whole result set, most frequent first; `months` (YYYY-MM) in time order.

    A dimension's own filter does not narrow its counts: what exactly is counted, see
    `search.rank.facets`. `first` and `last` are the earliest and the latest date among the
    documents that `months` counts, and `undated` how many of them have none.
    """

    languages: tuple[FacetValue, ...] = ()
    sources: tuple[FacetValue, ...] = ()
    tags: tuple[FacetValue, ...] = ()
    months: tuple[FacetValue, ...] = ()
    first: date | None = None
    last: date | None = None
    undated: int = 0


@dataclass(frozen=True)
class Alternative:
    """Another word that a typed one is searched by, spelled as the archive spells it.

    `weight` (0..1] is its worth beside a word found as typed. `source` is `roman` (the Urdu word
    that was typed in Latin letters), `meaning` (a translation), `sound` (the same name or
    loanword in the other script) or `spelling` (the same word written otherwise: another word, or
    several in a row with spaces between them). `off` says that the reader switched it off.
    """

    word: str
    lang: str
    weight: float
    source: str
    off: bool = False


@dataclass(frozen=True)
class WordReading:
    """How one typed word was read, or several that are one thing together. `resolved` is the Urdu
    word it was read as, if it was."""

    typed: str
    resolved: str = ""
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class QueryInfo:
    """What was understood.

    `language` is the query's: `ur`, `en`, `roman-ur` or `und`. `words` are those ranked by.
    `resolved` is the query with its Roman Urdu words in Urdu script, empty when there are none;
    `readings` has an entry for each typed word, or phrase, that is searched by more than itself.
    `did_you_mean` are other spellings of the whole query that would find more, best first.
    """

    language: str
    words: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    resolved: str = ""
    readings: tuple[WordReading, ...] = ()
    did_you_mean: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResponse:
    """One page of an answer. `timings` are milliseconds by stage; `generation` names the index."""

    request: SearchRequest
    understood: QueryInfo
    hits: tuple[Hit, ...]
    total: Total
    facets: Facets
    generation: str
    degraded: tuple[Degraded, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported(Listed):
    """One document of an export: a row. `snippet` is as in a hit, without marks; `body` is whole.

    `copy_of` is the id of the document under which a list of the same answer folds this one.
    """

    tags: tuple[str, ...]
    score: float
    snippet: str
    copy_of: str
    body: str


@dataclass(frozen=True)
class Export:
    """Every document that answers a request, in its order, copies too.

    `rows` can be gone through once and gives `total` documents, of which `copies` are such as a
    list would fold. They are read as they are taken.
    """

    request: SearchRequest
    total: int
    copies: int
    rows: Iterator[Exported]
    generation: str
    notices: tuple[Notice, ...] = ()
    degraded: tuple[Degraded, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class DocumentExplanation:
    """Why a document is in an answer, or why not.

    Found: `rank` (from 1, over all pages), `score`, `arms` and `words`, as in a hit. Not found:
    `absences`, each of which alone keeps it out, but for `no-word`, `few-words` and what the
    semantic arm says: those keep it out together.
    """

    id: str
    title: str
    found: bool
    rank: int | None
    score: float
    arms: tuple[ArmEvidence, ...]
    words: tuple[WordEvidence, ...]
    absences: tuple[Absence, ...]
    degraded: tuple[Degraded, ...]
    generation: str


@dataclass(frozen=True)
class PassageView:
    """A passage of a shown document: `body[start:end]`, and whether meaning brought it."""

    ordinal: int
    start: int
    end: int
    lang: str
    best: bool = False


@dataclass(frozen=True)
class DocumentView:
    """A whole document, with the marks of the query it was opened from (if any).

    `degraded` names what could not be done for that query: without an entry there, no passage that is
    `best` means that none makes sense for it.
    """

    id: str
    title: str
    body: str
    lang: str
    date: date | None
    source: str
    url: str
    tags: tuple[str, ...]
    passages: tuple[PassageView, ...]
    generation: str
    title_spans: tuple[Span, ...] = ()
    body_spans: tuple[Span, ...] = ()
    degraded: tuple[Degraded, ...] = ()


_R = TypeVar("_R", Span, PassageView)


class SortedRanges(Generic[_R]):
    """Ranges by their start, so that those of one line are found without going through all."""

    def __init__(self, ranges: Iterable[_R]) -> None:
        self._ranges: list[_R] = sorted(ranges, key=lambda each: each.start)
        self._starts: list[int] = [each.start for each in self._ranges]
        self._longest: int = max((each.end - each.start for each in self._ranges), default=0)

    def touching(self, start: int, end: int) -> list[_R]:
        """The ranges that share a character with `start..end`."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [each for each in self._ranges[first:last] if each.end > start]
