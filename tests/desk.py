"""The engine of the product over a small archive, for tests of what stands on it: pages, API, commands.

Three stories are told fourteen times in both languages, with later dates and other sources; each
telling ends in words of its own, but for the last three of the budget in English, which are copies.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import archives
import newsroom
import pytest

from index.documents import Document
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.store.manifest import IndexStatus, read_status
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import (
    Degraded,
    DocumentExplanation,
    DocumentView,
    Export,
    FacetValue,
    Notice,
    Related,
    SearchRequest,
    SearchResponse,
    Suggestions,
    WordReading,
)

_T = TypeVar("_T")
ENCODER = newsroom.Bilingual()
URDU_ID, ENGLISH_ID = "اردو/story 0#3.txt", "en/0-1.html"
TELLINGS = 14
COPIED = 11
"""From this telling on the budget in English is one text."""

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
        "بجٹ میں صحت کے لیے رقم بڑھانے پر غور کیا جا رہا ہے۔ تعلیم کے محکموں کو بھی زیادہ رقم ملے گی۔",
        "Budget may give health a larger share",
        "The budget under discussion gives health a larger share. Schools & clinics <in small towns> would gain most.",
    ),
]
_SOURCES = ("Daily Sahar", "روزنامہ ساحل", "The Harbour Post", "نیا دور")
_TOLD = frozenset(
    [
        "پولیس",
        "بارش",
        "شہریوں",
        "شہری",
        "شہر",
        "کراچی",
        "بجٹ",
        "سڑک",
        "موسم",
        "پانی",
        "سیلاب",
        "police",
        "rain",
        "flood",
        "citizen",
        "citizens",
        "city",
        "Karachi",
        "budget",
        "road",
        "weather",
        "water",
        "price",
        "to",
        "at",
        "in",
        "of",
        "the",
    ]
)
"""Words that only the stories themselves hold."""


def corpus(tellings: int = TELLINGS) -> list[Document]:
    """Two articles a story and telling."""
    dice, documents = random.Random(11), []
    for number in range(tellings):
        for story, (ur_title, ur_body, en_title, en_body) in enumerate(_STORIES):
            day = date(2026, 1, 7) + timedelta(days=number * 9 + story)
            suffix = f" ({number + 1})" if number else ""
            copy = story == 2 and number >= COPIED
            documents.append(
                Document(
                    id=f"اردو/story {story}#{number}.txt",
                    title=ur_title + suffix,
                    body=ur_body + "\n\n" + _words(dice, archives.URDU) + "۔",
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
                    title=en_title if copy else en_title + suffix,
                    body=en_body
                    + "\n\n"
                    + _words(random.Random(5) if copy else dice, archives.ENGLISH)
                    + ".",
                    lang="en",
                    date=day if number % 5 else None,
                    source=_SOURCES[2 * (number % 2)],
                    url="javascript:alert(1)"
                    if number == 1
                    else f"http://example.org/{story}/{number}",
                    tags=("news",),
                )
            )
    return documents


def _words(dice: random.Random, vocabulary: Sequence[str]) -> str:
    return " ".join(dice.sample([each for each in vocabulary if each not in _TOLD], 40))


_home: list[Path] = []


def build_in(factory: pytest.TempPathFactory) -> None:
    """Where the archives of this session are built: to be called by a fixture of the session."""
    build = lambda data: rebuild_from(corpus(), archives.config(data), encoder=ENCODER)  # noqa: E731
    _home[:] = [archives.shared(factory, "desk", build)]


@cache
def _told() -> tuple[Path, OpenIndex]:
    return _home[0], OpenIndex.open_current(_home[0])


def _built(documents: Iterable[Document]) -> tuple[Path, OpenIndex]:
    data = Path(tempfile.mkdtemp(dir=_home[0].parent))
    rebuild_from(documents, archives.config(data), encoder=ENCODER)
    return data, OpenIndex.open_current(data)


class Desk:
    """Answers as the product does, over the stories or over other documents. For tests that need it:
    `failure` is raised by every call, `degraded` and `notices` come with every answer, `served` is
    the generation that it says it serves, `readings` how it read the words; `asked` are the searches
    and exports."""

    def __init__(
        self,
        documents: Iterable[Document] | None = None,
        *,
        limits: SearchConfig | None = None,
        failure: BaseException | None = None,
        degraded: tuple[Degraded, ...] = (),
        notices: tuple[Notice, ...] = (),
    ) -> None:
        self.data, self.index = _told() if documents is None else _built(documents)
        self.engine = SearchEngine(self.index, ENCODER, limits or SearchConfig())
        self.failure, self.degraded, self.notices = failure, degraded, notices
        self.served = self.index.name
        self.readings: tuple[WordReading, ...] = ()
        self.asked: list[SearchRequest] = []
        self.closed = self.refreshed = False

    @property
    def documents(self) -> dict[str, Document]:
        return archives.documents(self.index)

    def search(self, request: SearchRequest) -> SearchResponse:
        return self._ask(self.engine.search, request)

    def export(self, request: SearchRequest) -> Export:
        return self._ask(self.engine.export, request)

    def explain(self, request: SearchRequest, id: str) -> DocumentExplanation:
        self._check()
        return self._say(self.engine.explain(request, id))

    def document(self, id: str, asked: SearchRequest | None = None) -> DocumentView:
        self._check()
        return self._say(self.engine.document(id, asked), degraded=bool(asked and asked.query))

    def stored(self, id: str) -> Document:
        self._check()
        return self.engine.stored(id)

    def related(self, id: str, size: int | None = None) -> Related:
        self._check()
        return self._say(self.engine.related(id, size))

    def suggest(self, text: str, size: int) -> Suggestions:
        self._check()
        return self._say(self.engine.suggest(text, size))

    def sources(self) -> tuple[FacetValue, ...]:
        self._check()
        return self.engine.sources()

    def generation(self) -> str:
        self._check()
        return self.served

    def status(self) -> IndexStatus:
        self._check()
        return replace(read_status(self.data), generation=self.served)

    def ready(self) -> None:
        self._check()

    def refresh(self) -> None:
        self.refreshed = True

    def close(self) -> None:
        self.closed = True

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure

    def _ask(self, ask: Callable[[SearchRequest], _T], request: SearchRequest) -> _T:
        self._check()
        self.asked.append(request)
        return self._say(ask(request))

    def _say(self, answer: _T, *, degraded: bool = True) -> _T:
        """The answer, with what a test wants to be said beside it."""
        told: dict[str, Any] = {"generation": self.served}
        if degraded:
            told["degraded"] = self.degraded
        if self.notices:
            told["notices"] = self.notices
        if isinstance(answer, SearchResponse):
            read = answer.understood
            told["understood"] = replace(
                read, notices=self.notices or read.notices, readings=self.readings or read.readings
            )
        names = {each.name for each in fields(cast(Any, answer))}
        return replace(cast(Any, answer), **{n: v for n, v in told.items() if n in names})
