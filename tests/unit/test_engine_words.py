"""What a reader types and what they are shown: words in any spelling, marks and reasons.

Over the sample archive, whose Urdu comes from both keyboards, with marks, ZWNJ and three kinds of
digits, as a real archive's does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from index.documents import Document
from index.text.analysis import is_stop, stem, tokenize
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest, Span

MODES = list(Mode)
EVERYTHING = 100


@pytest.fixture
def engine(seed_engine: SearchEngine) -> SearchEngine:
    return seed_engine


@pytest.fixture
def documents(seed_documents: dict[str, Document]) -> dict[str, Document]:
    return seed_documents


def hits(engine: SearchEngine, query: str, mode: Mode = Mode.KEYWORD):
    return engine.search(SearchRequest(query, mode=mode, size=EVERYTHING)).hits


def ids(engine: SearchEngine, query: str, mode: Mode = Mode.KEYWORD) -> list[str]:
    return [hit.id for hit in hits(engine, query, mode)]


def terms(text: str) -> list[str]:
    return [token.term for token in tokenize(text)]


def run_in(text: str, phrase: str) -> bool:
    words, wanted = terms(text), terms(phrase)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def matching(documents: dict[str, Document], test: Callable[[str], bool]) -> set[str]:
    """Ids of the documents whose title or body passes a test."""
    return {name for name, each in documents.items() if test(each.title) or test(each.body)}


# -- the query language ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "phrase", ["محکمہ موسمیات", "کے لیے", "support price", "of the", "سڑکوں پر", "the"]
)
def test_a_phrase_holds_in_every_arm(
    engine: SearchEngine, documents: dict[str, Document], phrase: str, mode: Mode
) -> None:
    wanted = matching(documents, lambda text: run_in(text, phrase))
    found = set(ids(engine, f'"{phrase}"', mode))
    assert found <= wanted
    assert wanted
    if mode is not Mode.SEMANTIC:
        assert found == wanted


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("query", "phrase"),
    [
        ("لاہور -اسموگ", ""),
        ("Lahore -smog", ""),
        ("rain -Lahore -monsoon", ""),
        ('price -"support price"', "support price"),
    ],
)
def test_an_exclusion_holds_in_every_arm(
    engine: SearchEngine, documents: dict[str, Document], query: str, phrase: str, mode: Mode
) -> None:
    unwanted = {stem(term) for word in re.findall(r"-(\w+)", query) for term in terms(word)}

    def refused(text: str) -> bool:
        return (
            run_in(text, phrase) if phrase else any(stem(term) in unwanted for term in terms(text))
        )

    without = matching(documents, refused)
    found = set(ids(engine, query, mode))
    assert found
    assert not found & without
    assert without & set(ids(engine, query.split()[0], mode))


@pytest.mark.parametrize("word", ["the", "میں"])
def test_a_stop_word_can_be_excluded(
    engine: SearchEngine, documents: dict[str, Document], word: str
) -> None:
    without = matching(documents, lambda text: word in terms(text))
    found = set(ids(engine, f"Lahore لاہور کراچی -{word}"))
    assert found
    assert not found & without


@pytest.mark.parametrize("word", ["the", "میں"])
def test_a_stop_word_can_be_asked_of_titles(
    engine: SearchEngine, documents: dict[str, Document], word: str
) -> None:
    wanted = {name for name, each in documents.items() if word in terms(each.title)}
    assert wanted
    assert set(ids(engine, f"title:{word}")) == wanted


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("word", ["Lahore", "لاہور", "کراچی"])
def test_title_holds_in_every_arm(
    engine: SearchEngine, documents: dict[str, Document], word: str, mode: Mode
) -> None:
    (wanted,) = terms(word)
    titles = {n for n, each in documents.items() if stem(wanted) in map(stem, terms(each.title))}
    found = set(ids(engine, f"title:{word}", mode))
    assert found <= titles
    assert len(titles) > 1
    if mode is not Mode.SEMANTIC:
        assert found == titles


def test_or_finds_what_either_finds_and_is_one_concept(engine: SearchEngine) -> None:
    either = hits(engine, "ڈینگی OR dengue")
    assert {hit.id for hit in either} == {*ids(engine, "ڈینگی"), *ids(engine, "dengue")}
    assert all(len(hit.explanation.words) == 1 for hit in either)
    phrases = ids(engine, '"support price" OR "امدادی قیمت"')
    assert set(phrases) == {*ids(engine, '"support price"'), *ids(engine, '"امدادی قیمت"')}
    assert len({name[:2] for name in phrases}) == 2


@pytest.mark.parametrize("query", ["the", "کیا ہے", "اور", "to be or not to be", "کے لیے"])
def test_stop_words_alone_are_searched_for(
    engine: SearchEngine, documents: dict[str, Document], query: str
) -> None:
    wanted = {term for term in terms(query) if not is_stop(term)} or set(terms(query))
    stems = {stem(term) for term in wanted} if not all(map(is_stop, wanted)) else set()

    def holds(text: str) -> bool:
        return any(term in wanted or stem(term) in stems for term in terms(text))

    request = SearchRequest(query, mode=Mode.KEYWORD, size=EVERYTHING, literal=True)
    found = engine.search(request).hits
    assert {hit.id for hit in found} == matching(documents, holds) != set()
    assert all(hit.explanation.words for hit in found)


SPELLINGS = [
    ("کراچی بندرگاہ", "كراچي بندرگاه"),  # the Arabic keyboard's ك ي ه
    ("سبزی منڈی", "سبزي منڈي"),
    ("گلگت بلتستان", "گلگت‌ بلتستان"),  # a ZWNJ after a word
    ("بندرگاہ", "بندر‌گاہ"),  # and inside one
    ("کتاب میلہ", "کتــاب میلہ"),  # tatweel
    ("زیر آب", "زیرِ آب"),  # vowel marks
    ("3500 روپے", "۳۵۰۰ روپے"),
    ("3500 روپے", "٣٬٥٠٠ روپے"),
    ("lahore monsoon", "LAHORE Monsoon"),
    ("لئے چاہئے", "لیے چاہیے"),
    ("آم", "ا\u0653م"),  # alef and madda as two code points
]


@pytest.mark.parametrize(("plain", "typed"), SPELLINGS)
def test_every_spelling_of_a_word_finds_the_same(
    engine: SearchEngine, plain: str, typed: str
) -> None:
    assert plain != typed
    found = [(hit.id, hit.score) for hit in hits(engine, plain)]
    assert found
    assert [(hit.id, hit.score) for hit in hits(engine, typed)] == found
    assert set(ids(engine, f'"{typed}"')) == set(ids(engine, f'"{plain}"'))


def test_both_keyboards_are_found_by_either(
    engine: SearchEngine, documents: dict[str, Document]
) -> None:
    keyboards = {"ی": set(), "ي": set()}
    for name in ids(engine, "کراچی منڈی برفانی جونیئر حویلی"):
        for letter, found in keyboards.items():
            if letter in documents[name].body:
                found.add(name)
    assert len(keyboards["ي"]) >= 4
    assert len(keyboards["ی"]) >= 4


# -- what is shown -----------------------------------------------------------------------------------

SHOWN = [
    "لاہور بارش",
    "Lahore rain",
    '"محکمہ موسمیات"',
    "کتابوں",
    "title:Lahore",
    "کراچی -ٹرین",
    "the",
]


def check_spans(text: str, spans: Sequence[Span], query: str) -> None:
    """Inside the text, apart, on whole words, and each the word it says."""
    borders = {place for token in tokenize(text) for place in (token.start, token.end)}
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end
        if span.kind == "meaning":
            continue
        assert {span.start, span.end} <= borders
        marked, asked = terms(text[span.start : span.end]), terms(span.word)
        if span.kind == "exact":
            assert marked == asked
        else:
            assert [stem(term) for term in marked] == [stem(term) for term in asked]
        assert span.word in query


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("query", SHOWN)
def test_snippets_are_stretches_of_the_body_with_true_marks(
    engine: SearchEngine, documents: dict[str, Document], query: str, mode: Mode
) -> None:
    kinds = set()
    for hit in hits(engine, query, mode):
        document, found = documents[hit.id], hit.snippet
        kinds.add(found.kind)
        stretch = document.body[found.start : found.start + len(found.text)]
        assert found.text == re.sub(r"\s", " ", stretch)
        assert 0 < len(found.text) <= SearchConfig().snippet_chars
        assert found.cut_before == bool(document.body[: found.start].strip())
        assert found.cut_after == bool(document.body[found.start + len(found.text) :].strip())
        check_spans(found.text, found.spans, query)
        check_spans(document.title, hit.title_spans, query)
        assert bool(found.spans) == (found.kind != "lead")
        shown = (hit.title, hit.lang, hit.date, hit.source, hit.url, hit.tags)
        assert shown == (
            document.title,
            document.lang,
            document.date,
            document.source,
            document.url,
            document.tags,
        )
    assert kinds or mode is Mode.SEMANTIC


def test_a_hit_by_meaning_alone_shows_its_best_sentence(
    engine: SearchEngine, documents: dict[str, Document]
) -> None:
    sentence = documents["en/20-wheat-harvest.md"].body.split(". ")[1]
    asked = sentence.replace("wheat", "wheats")
    shown = [
        hit for hit in hits(engine, asked, Mode.SEMANTIC) if hit.id == "en/20-wheat-harvest.md"
    ]
    assert shown
    assert shown[0].snippet.kind in ("keyword", "semantic")
    nothing_typed = [
        h for h in hits(engine, "wheatharvest", Mode.SEMANTIC) if h.snippet.kind == "semantic"
    ]
    for hit in nothing_typed:
        (span,) = hit.snippet.spans
        assert span.kind == "meaning"
        assert hit.snippet.text[span.start : span.end].strip()
    assert nothing_typed


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "query", ["لاہور بارش", "Lahore rain price", "کراچی OR Karachi", "ناموجود پانی"]
)
def test_the_reasons_add_up_to_the_score(engine: SearchEngine, query: str, mode: Mode) -> None:
    found = hits(engine, query, mode)
    assert found
    ranks = {"keyword": ids(engine, query), "semantic": ids(engine, query, Mode.SEMANTIC)}
    for hit in found:
        arms = {arm.arm: arm for arm in hit.explanation.arms}
        assert sum(arm.share for arm in arms.values()) == pytest.approx(hit.score, abs=3e-6)
        assert all(arm.share > 0 for arm in arms.values())
        if "keyword" in arms:
            if hit.id in ranks["keyword"]:
                place = 1 + ranks["keyword"].index(hit.id)
                assert arms["keyword"].rank == pytest.approx(place, abs=3)
            else:  # loose words add to what meaning found, and list nothing
                assert arms["keyword"].rank is None
            words = hit.explanation.words
            assert sum(each.weight for each in words) == pytest.approx(
                arms["keyword"].score, abs=1e-3
            )
            assert all(each.weight > 0 and each.term for each in words)
        else:
            assert hit.explanation.words == ()
        if "semantic" in arms and arms["semantic"].rank:
            assert ranks["semantic"][arms["semantic"].rank - 1] == hit.id
