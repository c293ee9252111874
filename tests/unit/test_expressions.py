"""Words of a query that are one thing: found together, searched together, shown and marked as one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import newsroom
import pytest

from index.documents import Document
from index.opened import OpenIndex
from index.parts.suggestions.suggestions import NAME, PHRASE
from index.text.analysis import stem
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Alternative, Hit, Mode, SearchRequest
from search.query.query import parse_query
from search.understand.expansion import Expander
from search.understand.expressions import (
    Expression,
    ExpressionFinder,
    runs_of,
    terms_of,
    with_expressions,
)
from search.understand.understanding import Interpreter, Understanding

TEXTS = {
    "ur/apart": ("وزیرِ اعظم کا خطاب", "وزیر اعظم نے قوم سے خطاب کیا۔ اجلاس کل ہو گا۔"),
    "ur/joined": ("دورۂ چین", "وزیراعظم چین روانہ ہو گئے۔ وفد بھی ہمراہ ہے۔"),
    "ur/parts": ("کابینہ میں رد و بدل", "ایک وزیر نے استعفیٰ دیا۔ سکندرِ اعظم پر کتاب شائع ہوئی۔"),
    "ur/capital": ("اسلام آباد میں بارش", "اسلام آباد میں رات بھر بارش ہوئی۔"),
    "ur/faith": ("اسلام اور علم", "اسلام میں علم کی اہمیت پر گفتگو ہوئی۔ شہر آباد ہیں۔"),
    "ur/court": ("ہائی کورٹوں کے فیصلے", "ملک کی ہائی کورٹوں نے فیصلے سنائے۔"),
    "en/pm": ("Address to the nation", "The prime minister spoke to the nation at length."),
    "en/prime": ("Prime numbers", "A prime number puzzle was set by the minister of education."),
    "en/capital": ("Rain in Islamabad", "It rained in Islamabad all night long."),
}
PHRASED = [
    *(f"وزیر خزانہ نے بجٹ نمبر {n} پیش کیا۔ وزیر خزانہ نے کہا۔" for n in range(8)),
    *(f"The Finance Minister presented budget {n}. A Finance Minister said so." for n in range(8)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    articles = [Document(name, *texts, lang=name[:2]) for name, texts in TEXTS.items()]
    articles += [
        Document(f"budget/{at}", f"{at}", body, lang="ur" if at < len(PHRASED) // 2 else "en")
        for at, body in enumerate(PHRASED)
    ]
    opened = newsroom.build(tmp_path_factory.mktemp("phrases"), articles)
    yield opened
    opened.close()


def understand(index: OpenIndex, text: str, **asked: object) -> Understanding:
    config = SearchConfig()
    request = SearchRequest(text, **asked)  # type: ignore[arg-type]
    return Interpreter(index, config).understand(
        parse_query(text, config), request, newsroom.Bilingual()
    )


def found(index: OpenIndex, text: str, lang: str, **asked: object) -> list[Hit]:
    request = SearchRequest(text, mode=Mode.KEYWORD, languages=(lang,), **asked)  # type: ignore[arg-type]
    return list(SearchEngine(index, newsroom.Bilingual(), SearchConfig()).search(request).hits)


def test_a_phrase_is_searched_as_one_and_its_parts_weigh_little(index: OpenIndex) -> None:
    asked = understand(index, "prime minister speech")
    (both,) = asked.expressions
    assert (both.words, both.surface) == (("prime", "minister"), "prime minister")
    assert both.alternatives[0].word == "وزیر اعظم"
    for word in both.words:
        weights = {each.word: each.weight for each in asked.meanings[word].wanted}
        assert weights.pop("وزیر اعظم") > 0.9
        assert max(weights.get(part, 0.0) for part in ("وزیر", "اعظم")) < SearchConfig().sure_from


def test_the_reader_sees_a_phrase_once(index: OpenIndex) -> None:
    readings = understand(index, "prime minister speech").readings
    assert [reading.typed for reading in readings][:1] == ["prime minister"]
    shown = [each.word for reading in readings for each in reading.alternatives]
    assert shown.count("وزیر اعظم") == 1


def test_a_phrase_is_found_where_its_words_stand_together_apart_or_joined(index: OpenIndex) -> None:
    hits = [hit.id for hit in found(index, "prime minister", "ur")]
    assert set(hits[:2]) == {"ur/apart", "ur/joined"}
    assert "ur/parts" not in hits[:2]


@pytest.mark.parametrize("typed", ["وزیر اعظم", "وزیراعظم", "وزیرِ اعظم"])
def test_both_spellings_of_an_urdu_phrase_find_its_english_one(
    index: OpenIndex, typed: str
) -> None:
    assert found(index, typed, "en")[0].id == "en/pm"


def test_other_spellings_of_a_phrase_are_the_phrase_and_what_its_words_mean_is_less() -> None:
    province = Alternative("khyber pakhtunkhwa", "en", 1.0, "meaning")
    joined = Alternative("خیبرپختونخوا", "ur", 0.95, "spelling")
    alone = {
        "خیبر": (Alternative("khyber", "en", 0.9, "meaning"), joined),
        "پختونخوا": (Alternative("pakhtunkhwa", "en", 0.9, "meaning"), joined),
    }
    expression = Expression(tuple(alone), "خیبر پختونخوا", (province,))
    for found in with_expressions(alone, [expression], SearchConfig()).values():
        weights = {each.word: each.weight for each in found}
        assert weights.pop("خیبرپختونخوا") == joined.weight
        assert weights.pop("khyber pakhtunkhwa") == 1.0
        assert max(weights.values()) < 0.5


def test_one_word_may_be_translated_by_a_phrase(index: OpenIndex) -> None:
    hits = [hit.id for hit in found(index, "islamabad", "ur")]
    assert hits == ["ur/capital"]  # neither faith nor whatever is settled
    assert found(index, "اسلام آباد", "en")[0].id == "en/capital"


def test_words_of_a_phrase_are_found_in_any_inflection(index: OpenIndex) -> None:
    assert [hit.id for hit in found(index, "high court", "ur")][:1] == ["ur/court"]


@pytest.mark.parametrize(
    ("typed", "lang", "marked"),
    [
        ("prime minister", "ur", "وزیر اعظم"),
        ("islamabad", "ur", "اسلام آباد"),
        ("وزیر اعظم", "en", "prime minister"),
    ],
)
def test_a_phrase_is_one_mark(index: OpenIndex, typed: str, lang: str, marked: str) -> None:
    hit = next(hit for hit in found(index, typed, lang) if marked in hit.snippet.text)
    spans = {hit.snippet.text[span.start : span.end]: span for span in hit.snippet.spans}
    assert spans[marked].kind == "meaning"
    assert spans[marked].word == typed
    assert not set(marked.split()) & set(spans)


def test_a_phrase_can_be_switched_off(index: OpenIndex) -> None:
    (reading,) = understand(index, "islamabad", off=("اسلام آباد",)).readings
    assert [each.off for each in reading.alternatives if each.word == "اسلام آباد"] == [True]
    assert "ur/capital" not in [
        hit.id for hit in found(index, "islamabad", "ur", off=("اسلام آباد",))
    ]


def test_a_condition_is_met_by_a_phrase(index: OpenIndex) -> None:
    assert [hit.id for hit in found(index, "+islamabad rain", "ur")] == ["ur/capital"]


@pytest.mark.parametrize(
    ("typed", "other"), [("finance minister", "وزیر خزانہ"), ("وزیر خزانہ", "finance minister")]
)
def test_a_phrase_of_the_archive_is_made_of_what_its_words_mean(
    index: OpenIndex, typed: str, other: str
) -> None:
    """The bundled lexicon has no finance minister; it has finance, and ministers."""
    (both,) = understand(index, typed).expressions
    assert both.alternatives[0].word == other
    assert "budget" in found(index, typed, "en" if other.isascii() else "ur")[0].id


def test_an_english_phrase_is_english_whatever_it_sounds_like(index: OpenIndex) -> None:
    assert understand(index, "prime minister").language == "en"


@pytest.mark.parametrize(
    ("typed", "runs"),
    [
        (
            "a high court verdict",
            {("high", "court"), ("court", "verdict"), ("high", "court", "verdict")},
        ),
        ('"high court" verdict', set()),
        ("high OR court", set()),
        ("high title:court", set()),
        ("وزیر prime minister", {("prime", "minister")}),
    ],
)
def test_runs_are_plain_words_of_one_script_side_by_side(
    typed: str, runs: set[tuple[str, ...]]
) -> None:
    found_runs = {words for words, _ in runs_of(parse_query(typed, SearchConfig()))}
    assert runs <= found_runs
    assert runs or not found_runs


def test_a_phrase_is_looked_up_in_every_form_the_archive_has(index: OpenIndex) -> None:
    run, joined = terms_of("ہائی کورٹ", index.lexicon)
    forms = [word.split("|") for word in run.split()]
    assert set(forms[1]) >= {"کورٹ", "کورٹوں"}
    alone = {
        docid
        for words in product(*forms)
        for docid in index.keyword.phrase_documents(words).tolist()
    }
    assert set(index.keyword.posting(run).docids.tolist()) == alone
    assert joined == stem("ہائیکورٹ")


def test_each_word_is_in_one_expression_and_what_is_known_goes_first(index: OpenIndex) -> None:
    found_ones = understand(index, "high court finance minister prime minister").expressions
    words = [word for each in found_ones for word in each.words]
    assert ("high", "court") in [each.words for each in found_ones]
    assert len(words) == len(set(words))


def test_the_entry_of_two_words_is_the_commonest_of_their_forms(index: OpenIndex) -> None:
    """Held against a reading of every entry; of those met as often, the first in the lexicon's order."""
    lexicon, suggestions = index.lexicon, index.suggestions
    best: dict[tuple[int, int], tuple[int, int, int]] = {}
    for entry in range(suggestions.titles_from):
        rows = suggestions.words(entry)
        if len(rows) == 2 and suggestions.kinds[entry] in (NAME, PHRASE):
            heads = int(lexicon.heads[rows[0]]), int(lexicon.heads[rows[1]])
            rank = (-int(suggestions.counts[entry]), rows[0], entry)
            best[heads] = min(rank, best.get(heads, rank))
    config = SearchConfig()
    reader = ExpressionFinder(index, Expander(lexicon, config), config)
    assert len(best) > 2
    every = {head for heads in best for head in heads}
    for heads in product(every, every):
        entry = best[heads][2] if heads in best else -1
        assert reader.entry(*heads) == entry
    assert reader.entry(-1, next(iter(every))) == -1
