"""A small engine with nothing behind it: real requests in, real responses out, in milliseconds.

Words match as whole words; an article of the same story in the other language matches "by
meaning". A few words are read as others too, see `fake_readings`. That is enough for pages and API
to show every state they have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType

from fake_facets import counted, facets
from fake_readings import read, resolve

from index.documents import Document
from index.errors import NotFoundError, TalashError
from search.config import SearchConfig
from search.models import (
    Absence,
    ArmEvidence,
    Degraded,
    DocumentExplanation,
    DocumentView,
    Explanation,
    Export,
    Exported,
    FacetValue,
    Hit,
    Mode,
    Notice,
    PassageView,
    QueryInfo,
    Related,
    RelatedDocument,
    SearchRequest,
    SearchResponse,
    Snippet,
    Sort,
    Span,
    Suggestion,
    Suggestions,
    Total,
    WordEvidence,
    WordReading,
)
from search.paging import check_page

_STORIES = [
    (
        "پولیس کی تربیت کا نیا پروگرام، دونوں ملکوں میں اتفاق",
        "پولیس افسروں کی تربیت کا نیا پروگرام اگلے ماہ شروع ہوگا۔ حکام کے مطابق IT کے ماہرین بھی اس میں شریک ہوں گے۔\n\n"
        "پروگرام تین ماہ جاری رہے گا اور اس میں دو سو افسر حصہ لیں گے۔ شہریوں نے اس فیصلے کا خیر مقدم کیا ہے۔",
        "Police training programme to start next month",
        "Two hundred officers will take part in a new police training programme. Officials say the course lasts three months.\n\n"
        "Citizens welcomed the decision. The programme was agreed by both countries after long talks.",
    ),
    (
        "کراچی میں بارش کے بعد سڑکیں زیرِ آب، ٹریفک متاثر",
        "کراچی میں منگل کی شام تیز بارش ہوئی جس کے بعد کئی سڑکیں زیرِ آب آگئیں۔ محکمۂ موسمیات نے مزید بارش کی پیش گوئی کی ہے۔",
        "Roads under water in Karachi after evening rain",
        "Heavy rain on Tuesday evening left several roads of Karachi under water. The weather office expects more rain this week.",
    ),
    (
        "IMF سے مذاکرات: بجٹ میں صحت کا حصہ بڑھانے پر غور",
        "بجٹ میں صحت کے لیے رقم بڑھانے پر غور کیا جا رہا ہے۔ پولیس اور تعلیم کے محکموں کو بھی زیادہ رقم ملے گی۔",
        "Budget may give health a larger share",
        "The budget under discussion gives health a larger share. Schools & clinics <in small towns> would gain most.",
    ),
]
_SOURCES = ("Daily Sahar", "روزنامہ ساحل", "The Harbour Post", "نیا دور")


def corpus(copies: int = 14) -> dict[str, Document]:
    """Two articles a story, told again and again with later dates and other sources."""
    documents = []
    for number in range(copies):
        for story, (ur_title, ur_body, en_title, en_body) in enumerate(_STORIES):
            day = date(2026, 1, 7) + timedelta(days=number * 9 + story)
            suffix = f" ({number + 1})" if number else ""
            documents.append(
                Document(
                    id=f"اردو/story {story}#{number}.txt",
                    title=ur_title + suffix,
                    body=ur_body,
                    lang="ur",
                    date=day,
                    source=_SOURCES[1 + 2 * (number % 2)],
                    url=f"https://example.org/ur/{story}/{number}",
                    tags=("خبر", "news"),
                )
            )
            documents.append(
                Document(
                    id=f"en/{story}-{number}.html",
                    title=en_title + suffix,
                    body=en_body,
                    lang="en",
                    date=day if number % 5 else None,
                    source=_SOURCES[2 * (number % 2)],
                    url="javascript:alert(1)"
                    if number == 1
                    else f"http://example.org/{story}/{number}",
                    tags=("news",),
                )
            )
    return {each.id: each for each in documents}


@dataclass(frozen=True)
class Status:
    generation: str
    documents: int
    passages: int
    languages: dict[str, int]
    created: str = "2026-02-01T08:30:00Z"
    encoder: str = "fake"


@dataclass
class FakeEngine:
    """`failure` is raised by every call; `degraded` and `notices` come with every response."""

    documents: dict[str, Document] = field(default_factory=corpus)
    failure: BaseException | None = None
    degraded: tuple[Degraded, ...] = ()
    served: str = "g-0001"
    notices: tuple[Notice, ...] = ()
    asked: list[SearchRequest] = field(default_factory=list)
    closed: bool = False
    refreshed: bool = False
    limits: SearchConfig = field(default_factory=SearchConfig)

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure

    def close(self) -> None:
        self.closed = True

    def refresh(self) -> None:
        self.refreshed = True

    def ready(self) -> None:
        self._check()

    def status(self) -> Status:
        self._check()
        languages = Counter(each.lang for each in self.documents.values())
        return Status(self.served, len(self.documents), 3 * len(self.documents), dict(languages))

    def generation(self) -> str:
        self._check()
        return self.served

    def suggest(self, text: str, size: int) -> Suggestions:
        """Titles with a word that begins like what is typed."""
        self._check()
        found = [
            Suggestion(each.title, each.lang, "title", 1, each.id)
            for each in self.documents.values()
            if any(word.startswith(text.lower()) for word in _words(each.title))
        ]
        return Suggestions(text, tuple(found[:size]), self.served)

    def related(self, id: str, size: int) -> Related:
        """Tellings of the same story: in the other language, in the same one, and the rest."""
        self._check()
        found = self.document(id)
        rest = [each for each in self.documents.values() if each.id != id]
        same = [each for each in rest if _story(each) == _story(found)]
        stories = [_belongs(each, "story", 0.9) for each in same if each.lang != found.lang]
        copies = [_belongs(each, "copy", 0.8) for each in same if each.lang == found.lang]
        likes = [_belongs(each, "like", 0.5) for each in rest if each not in same]
        kinds = (tuple(each[:size]) for each in (stories, copies, likes))
        return Related(id, *kinds, self.served)

    def explain(self, request: SearchRequest, id: str) -> DocumentExplanation:
        found = self.document(id)
        hits = self._answer(request).hits
        ids = [each.id for each in hits]
        at = ids.index(id) if id in ids else None
        hit = None if at is None else hits[at]
        return DocumentExplanation(
            id=id,
            title=found.title,
            found=hit is not None,
            rank=None if at is None else at + 1,
            score=hit.score if hit else 0.0,
            arms=hit.explanation.arms if hit else (),
            words=hit.explanation.words if hit else (),
            absences=() if hit else (Absence("no-word", "It holds none of the words."),),
            degraded=self.degraded,
            generation=self.served,
        )

    def sources(self) -> tuple[FacetValue, ...]:
        self._check()
        return counted(each.source for each in self.documents.values())

    def document(self, id: str, asked: SearchRequest | None = None) -> DocumentView:
        self._check()
        query = asked.query if asked else ""
        if id not in self.documents:
            raise NotFoundError("There is no such document in this index.", parameter="id")
        found = self.documents[id]
        body = found.body
        passages = [PassageView(-1, 0, len(found.title), found.lang)] + [
            PassageView(n, match.start(), match.end(), found.lang, best=bool(query) and n == 1)
            for n, match in enumerate(re.finditer(r"[^۔.\n]+[۔.]", body))
        ]
        return DocumentView(
            id=id,
            title=found.title,
            body=body,
            lang=found.lang,
            date=found.date,
            source=found.source,
            url=found.url,
            tags=found.tags,
            passages=tuple(passages),
            generation=self.served,
            title_spans=tuple(_spans(found.title, _words(query))),
            body_spans=tuple(_spans(body, _words(query))),
            degraded=self.degraded if query else (),
        )

    def export(self, request: SearchRequest) -> Export:
        """Everything that `search` would page through; without words all that passes the filters."""
        if request.query.strip():
            hits = self._answer(request)
            rows = [
                _exported(self.documents[each.id], each.score, each.snippet.text)
                for each in hits.hits
            ]
        else:
            self._check()
            self.asked.append(request)
            rows = [_exported(d, 0.0, "") for d in self.documents.values() if _fits(d, request)]
        return Export(
            request,
            len(rows),
            0,
            iter(rows),
            self.served,
            self.notices,
            self.degraded,
            {"total": 1.0},
        )

    def search(self, request: SearchRequest) -> SearchResponse:
        """A page of the answer, as far as paging goes."""
        check_page(request, self.limits)
        whole = self._answer(request)
        reachable = whole.hits[: self.limits.window]
        hits = reachable[(request.page - 1) * request.size :][: request.size]
        total = replace(whole.total, reachable=len(reachable))
        return replace(whole, hits=hits, total=total)

    def _answer(self, request: SearchRequest) -> SearchResponse:
        self._check()
        self.asked.append(request)
        words = _words(request.query)
        readings = read(words, request)
        others = _others(readings)
        by_word = [
            d
            for d in self.documents.values()
            if list(_spans(d.title + "\n" + d.body, words, others))
        ]
        stories = {_story(each) for each in by_word}
        by_meaning = [
            d for d in self.documents.values() if _story(d) in stories and d not in by_word
        ]
        if request.mode is Mode.KEYWORD:
            by_meaning = []
        found = [(d, "keyword") for d in by_word if _fits(d, request)]
        found += [(d, "semantic") for d in by_meaning if _fits(d, request)]
        if request.mode is Mode.SEMANTIC:
            found = [(d, "semantic") for d, _ in found]
        if request.sort is not Sort.RELEVANCE:
            newest = request.sort is Sort.NEWEST
            day = date.min if newest else date.max
            found.sort(key=lambda pair: pair[0].date or day, reverse=newest)
        keyword = sum(arm == "keyword" for _, arm in found)
        hits = tuple(
            _hit(document, arm, rank + 1, words, others)
            for rank, (document, arm) in enumerate(found)
        )
        return SearchResponse(
            request=request,
            understood=QueryInfo(
                "ur" if re.search("[ا-ی]", request.query) else "en",
                tuple(words),
                self.notices,
                resolve(words, readings),
                readings,
            ),
            hits=hits,
            total=Total(len(found), keyword, len(found) - keyword, len(found)),
            facets=facets([*by_word, *by_meaning], request, _fits),
            generation=self.served,
            degraded=self.degraded,
            timings={"keyword": 0.5, "total": 1.25},
        )


def broken(error: TalashError) -> FakeEngine:
    """An engine that fails like this whatever it is asked."""
    return FakeEngine(failure=error)


def _belongs(document: Document, relation: str, score: float) -> RelatedDocument:
    each = document
    return RelatedDocument(
        each.id, each.title, each.lang, each.date, each.source, each.url, relation, score
    )


def _exported(document: Document, score: float, snippet: str) -> Exported:
    each = document
    return Exported(
        each.id, each.title, each.lang, each.date, each.source, each.url, each.tags, score, snippet,
        "", each.body,
    )  # fmt: skip


def _story(document: Document | DocumentView) -> str:
    """The number of the story, which the ids of `corpus` carry first."""
    number = re.search(r"\d+", document.id)
    return number.group() if number else document.id


def _fits(document: Document, request: SearchRequest) -> bool:
    if request.date_from and (document.date is None or document.date < request.date_from):
        return False
    if request.date_to and (document.date is None or document.date > request.date_to):
        return False
    return (
        (not request.languages or document.lang in request.languages)
        and (not request.sources or document.source in request.sources)
        and (not request.tags or bool(set(request.tags) & set(document.tags)))
    )


def _words(query: str) -> list[str]:
    return re.findall(r"\w+", query.lower())


def _others(readings: tuple[WordReading, ...]) -> dict[str, str]:
    """Alternatives that are searched for -> the word that was typed."""
    return {
        each.word.lower(): reading.typed
        for reading in readings
        for each in reading.alternatives
        if not each.off
    }


def _spans(
    text: str, words: list[str], others: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Span]:
    for match in re.finditer(r"\w+", text):
        word = match.group().lower()
        if word in words:
            yield Span(match.start(), match.end(), "exact", word)
        elif word in others:
            yield Span(match.start(), match.end(), "meaning", others[word])


def _hit(
    document: Document, arm: str, rank: int, words: list[str], others: Mapping[str, str]
) -> Hit:
    text = document.body.split("\n")[0]
    if arm == "keyword":
        snippet = Snippet(
            text, document.lang, "keyword", 0, False, True, tuple(_spans(text, words, others))
        )
        arms = (
            ArmEvidence("keyword", rank, 7.25, 0.016),
            ArmEvidence("semantic", rank + 2, 0.87, 0.015),
        )
        evidence = tuple(WordEvidence(word, word, 3.5) for word in words)
        evidence += tuple(WordEvidence(typed, other, 1.5) for other, typed in others.items())
    else:
        first = re.match(r"[^۔.]+[۔.]", text)
        end = first.end() if first else len(text)
        snippet = Snippet(
            text, document.lang, "semantic", 0, True, True, (Span(0, end, "meaning"),)
        )
        arms, evidence = (ArmEvidence("semantic", rank, 0.84, 0.014),), ()
    return Hit(
        id=document.id,
        title=document.title,
        lang=document.lang,
        date=document.date,
        source=document.source,
        url=document.url,
        tags=document.tags,
        score=1 / (60 + rank),
        snippet=snippet,
        explanation=Explanation(arms, evidence),
        title_spans=tuple(_spans(document.title, words, others)),
    )
