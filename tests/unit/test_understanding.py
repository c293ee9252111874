"""What a query means, and what a search makes of it: Roman Urdu, translations and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import Vectors
from index.errors import EncoderError
from index.opened import OpenIndex
from index.text.analysis import is_stop, stem
from search.config import SearchConfig, SpellingMatching
from search.engine import SearchEngine
from search.models import Alternative, Hit, Mode, SearchRequest, SearchResponse, Span
from search.query.query import parse_query
from search.rank.keyword_arm import keyword_arm
from search.understand.expressions import holds, terms_of
from search.understand.understanding import (
    Interpreter,
    Understanding,
    WordMeaning,
    _adds_to,
    shown_alternatives,
)

ROMAN = "wazir dakhla ki mulaqat"
URDU = "وزیر داخلہ کی ملاقات"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("newsroom"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index)


def understand(
    index: OpenIndex,
    text: str,
    config: SearchConfig | None = None,
    encoder: HashEncoder | EncoderError | None = None,
    **asked: object,
) -> Understanding:
    config = config or SearchConfig()
    query = parse_query(text, config)
    request = SearchRequest(text, **asked)
    return Interpreter(index, config).understand(query, request, encoder or newsroom.Bilingual())


def meaning_of(found: Understanding, word: str) -> WordMeaning:
    """What the query's first atom that is this word means."""
    return found.of(next(atom for atom in found.query.atoms if atom.words == (word,)))


def words(meaning: WordMeaning) -> set[str]:
    return {other.word for other in meaning.wanted}


# -- reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "resolved"),
    [
        (ROMAN, URDU),
        ("Wazeer Dakhila ki MULAQAAT", URDU),
        ("vazir daakhla", "وزیر داخلہ"),
        ("karachi mein barish ka alert", "کراچی میں بارش کا الرٹ"),
    ],
)
def test_a_roman_query_is_searched_in_urdu(index: OpenIndex, typed: str, resolved: str) -> None:
    found = understand(index, typed)
    assert found.resolved == found.text == resolved
    assert found.language == "roman-ur"
    for typed_word, urdu in zip(typed.lower().split(), resolved.split(), strict=True):
        meaning = meaning_of(found, typed_word)
        assert meaning.resolved == urdu
        # A name or a loanword is the same word in both languages, and counts fully as typed too.
        assert meaning.weight == 1 if typed_word in ("karachi", "alert") else 0 < meaning.weight < 1
        assert is_stop(urdu) or urdu in words(meaning)


@pytest.mark.parametrize(
    "typed",
    ["wazir e dakhla ki mulaqat", "wazir-e-dakhla ki mulaqat", "wazir o dakhla ki mulaqat"],
)
def test_an_izafat_links_words_and_is_none(index: OpenIndex, typed: str) -> None:
    """وزیرِ داخلہ: what Latin letters write as a word is a mark in Urdu, and is not searched."""
    found = understand(index, typed)
    assert found.resolved == URDU
    assert [atom.words[0] for atom in found.query.atoms] == ["wazir", "dakhla", "ki", "mulaqat"]


@pytest.mark.parametrize("typed", ["court e verdict", "e wazir dakhla", "naqvi e t20"])
def test_what_links_no_words_of_roman_urdu_stays(index: OpenIndex, typed: str) -> None:
    assert "e" in [atom.words[0] for atom in understand(index, typed).query.atoms]


def test_a_roman_word_is_searched_in_english_too(index: OpenIndex) -> None:
    assert "court" in words(meaning_of(understand(index, "adalat"), "adalat"))


@pytest.mark.parametrize("typed", ["court verdict", "the price of wheat", "Hockey team"])
def test_an_english_query_stays_english(index: OpenIndex, typed: str) -> None:
    found = understand(index, typed)
    assert (found.resolved, found.language, found.text) == ("", "en", typed)
    assert all(meaning.weight == 1 for meaning in found.meanings.values())


def test_an_urdu_query_is_left_as_it_is(index: OpenIndex) -> None:
    found = understand(index, URDU)
    assert (found.resolved, found.language, found.text) == ("", "ur", URDU)
    assert all(meaning.weight == 1 and not meaning.resolved for meaning in found.meanings.values())
    assert "meeting" in words(meaning_of(found, "ملاقات"))


def test_a_mixed_query_keeps_what_is_not_roman_urdu(index: OpenIndex) -> None:
    found = understand(index, "bijli wheat بارش")
    assert found.resolved == "بجلی wheat بارش"
    assert meaning_of(found, "wheat").weight == 1
    assert not meaning_of(found, "wheat").resolved


@pytest.mark.parametrize(
    ("typed", "language"),
    [("barish court verdict", "en"), ("barish adalat wheat", "roman-ur"), ("بارش court", "en")],
)
def test_the_language_is_that_of_most_latin_words(
    index: OpenIndex, typed: str, language: str
) -> None:
    assert understand(index, typed).language == language


def test_function_words_of_roman_urdu_are_silent(index: OpenIndex) -> None:
    found = understand(index, ROMAN)
    assert [word for word, meaning in found.meanings.items() if meaning.function_word] == ["ki"]
    assert meaning_of(found, "ki").alternatives == ()


def test_a_literal_request_takes_the_query_as_typed(index: OpenIndex) -> None:
    found = understand(index, ROMAN, literal=True)
    assert (found.text, found.language, found.resolved) == (ROMAN, "en", "")
    assert not found.meanings
    assert found.readings == ()


@pytest.mark.parametrize("typed", ["lang:ur", "-barish lang:ur", "-barish"])
def test_without_words_there_is_nothing_to_understand(index: OpenIndex, typed: str) -> None:
    assert not understand(index, typed).meanings


def test_phrases_titles_and_exclusions_stay_as_typed(index: OpenIndex) -> None:
    found = understand(index, 'barish "wazir dakhla" title:mulaqat -adalat -"ka faisla" lang:ur')
    assert set(found.meanings) == {"barish"}
    assert found.resolved == "بارش wazir dakhla mulaqat"
    assert [found.of(atom).resolved for atom in found.query.atoms] == ["بارش", "", ""]
    assert [atom.words for atom in found.query.excluded] == [("adalat",), ("ka", "faisla")]


def test_a_title_stays_as_typed_beside_the_same_word(index: OpenIndex) -> None:
    assert understand(index, "barish title:barish").resolved == "بارش barish"
    assert understand(index, "title:barish barish").resolved == "barish بارش"


def test_a_word_of_a_phrase_or_title_is_as_typed_beside_the_same_word(index: OpenIndex) -> None:
    found = understand(index, 'adalat "adalat" title:adalat')
    plain, phrase, title = found.query.atoms
    assert "court" in words(found.of(plain))
    assert found.of(phrase) == found.of(title) == WordMeaning()
    assert [(each.typed, each.resolved) for each in found.readings] == [("adalat", "عدالت")]


def test_a_word_typed_in_a_phrase_does_not_part_its_neighbours_meaning(index: OpenIndex) -> None:
    apart = understand(index, 'wazir "x y" dakhla')
    assert apart.resolved == "وزیر x y داخلہ"


def test_words_switched_off_are_listed_but_not_searched(index: OpenIndex) -> None:
    before = meaning_of(understand(index, "adalat"), "adalat")
    after = meaning_of(understand(index, "adalat", off=("court",)), "adalat")
    assert "court" in words(before) - words(after)
    assert [each.word for each in after.alternatives] == [each.word for each in before.alternatives]
    assert [each.word for each in after.alternatives if each.off] == ["court"]
    assert after.resolved == "عدالت"


def test_the_only_reading_switched_off_leaves_the_word_as_typed(index: OpenIndex) -> None:
    first = understand(index, "naqosh")
    assert first.resolved == "نقوش"
    literal = understand(index, "naqosh", off=("نقوش",))
    assert literal.resolved == ""
    assert meaning_of(literal, "naqosh").weight == 1
    assert "نقوش" not in words(meaning_of(literal, "naqosh"))


def test_a_reading_switched_off_gives_way_to_the_next(tmp_path: Path) -> None:
    texts = ["کھانا پکا", "خانہ بنا", "کھانا لگا", "خانہ گرا"]
    articles = [Document(id=str(n), title="", body=t, lang="ur") for n, t in enumerate(texts)]
    index = newsroom.build(tmp_path, articles)
    first = understand(index, "khana").resolved
    second = understand(index, "khana", off=(first,)).resolved
    assert {first, second} == {"کھانا", "خانہ"}
    assert understand(index, "khana", off=(first, second)).resolved == ""
    index.close()


@pytest.mark.parametrize("typed", [ROMAN, "court verdict", URDU, "naqvi rain بارش", "log"])
def test_weights_are_shares_and_no_word_stands_for_itself(index: OpenIndex, typed: str) -> None:
    for word, meaning in understand(index, typed).meanings.items():
        assert 0 <= meaning.weight <= 1
        weights = [each.weight for each in meaning.alternatives]
        assert weights == sorted(weights, reverse=True)
        for other in meaning.alternatives:
            assert 0 < other.weight <= 1
            assert stem(other.word) != stem(word)
            assert not is_stop(other.word)


def test_readings_tell_each_word_once_and_every_word_that_is_searched(index: OpenIndex) -> None:
    found = understand(index, "Mulaqat adalat mulaqat بارش the price")
    assert [each.typed.lower() for each in found.readings] == [
        "mulaqat", "adalat", "بارش", "price",
    ]  # fmt: skip
    told = {other.word for each in found.readings for other in each.alternatives}
    typed = {atom.words[0] for atom in found.query.atoms}
    typed |= {joined for atom in found.query.atoms for joined in atom.compound.joined}
    config = SearchConfig()
    layers = keyword_arm(found, index.keyword, index.columns, config).layers
    searched = {term for layer in layers for concept in layer.concepts for term, _ in concept.terms}
    assert searched <= {stem(word) for word in told | typed} | told | typed
    assert all(
        other.weight >= config.searched_from
        for each in found.readings
        for other in each.alternatives
    )
    assert [each.resolved for each in found.readings] == ["ملاقات", "عدالت", "", ""]


def test_what_the_archive_lacks_is_read_and_found_by_its_translations(tmp_path: Path) -> None:
    index = newsroom.build(tmp_path, [each for each in newsroom.ARTICLES if each.lang == "en"])
    found = understand(index, "wazir dakhla mulaqat")
    assert (found.resolved, found.text) == ("وزیر داخلہ ملاقات",) * 2
    assert found.language == "roman-ur"
    assert {"meeting", "met", "meets"} & set(words(meaning_of(found, "mulaqat")))
    for reading in found.readings:  # no word is said to be searched by that no article holds
        assert all(index.lexicon.head(each.word) >= 0 for each in reading.alternatives)
    assert understand(index, "court verdict").resolved == ""
    index.close()


def test_the_longest_query_is_understood(index: OpenIndex) -> None:
    some = (f"{ROMAN} court verdict بارش naqvi " * 8).split()
    assert len(some) == 64
    found = understand(index, " ".join(some))
    assert len(found.resolved.split()) == 64
    assert found.resolved.split()[:4] == URDU.split()
    assert len(found.meanings) == 8


def test_each_part_can_be_switched_off(index: OpenIndex) -> None:
    def sources(**off: bool) -> set[str]:
        found = understand(index, "adalat بارش naqvi", SearchConfig(**off))
        return {other.source for m in found.meanings.values() for other in m.alternatives}

    assert sources() == {"roman", "meaning", "sound"}
    assert "roman" not in sources(roman=False)
    assert "sound" not in sources(names=False)
    assert "meaning" not in sources(expansion=False)
    assert sources(roman=False, names=False, expansion=False) == set()
    assert understand(index, ROMAN, SearchConfig(roman=False)).resolved == ""


def test_a_word_new_to_the_archive_is_understood_by_the_encoder(index: OpenIndex) -> None:
    class Knowing(newsroom.Bilingual):
        """To it, a tribunal is a court."""

        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            return super().encode_queries([text.replace("tribunal", "court") for text in texts])

    encoder = Knowing()
    found = understand(index, "tribunal court the", encoder=encoder)
    # Of the words the new one alone was encoded, and in the same call the query as a whole.
    assert encoder.queries == ["court", "court court the"]
    assert "عدالت" in words(meaning_of(found, "tribunal"))


def test_without_an_encoder_the_words_of_the_archive_are_understood(index: OpenIndex) -> None:
    found = understand(index, "zarafah adalat", encoder=EncoderError("There is none."))
    assert "court" in words(meaning_of(found, "adalat"))
    assert meaning_of(found, "zarafah").alternatives == ()


class Failing(newsroom.Bilingual):
    """Is gone when it is asked."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        raise EncoderError("The encoder does not answer.")


def test_an_encoder_that_fails_leaves_the_words(index: OpenIndex) -> None:
    assert understand(index, "tribunal adalat", encoder=Failing()).resolved == "ٹریبونل عدالت"
    response = newsroom.engine(index, encoder=Failing()).search(SearchRequest("tribunal adalat"))
    assert [each.arm for each in response.degraded] == ["semantic"]
    assert response.hits


# -- searching ---------------------------------------------------------------------------------------


def search(engine: SearchEngine, query: str, **asked: object) -> SearchResponse:
    return engine.search(SearchRequest(query, **{"mode": Mode.KEYWORD, **asked}))


def hit(response: SearchResponse, name: str) -> Hit:
    return next(each for each in response.hits if each.id == name)


def marked(found: Hit) -> dict[str, Span]:
    """The marked words of a hit's title and snippet."""
    spans = {found.title[span.start : span.end]: span for span in found.title_spans}
    text = found.snippet.text
    return spans | {text[span.start : span.end]: span for span in found.snippet.spans}


@pytest.mark.parametrize("query", [ROMAN, "wazeer dakhila mulaqaat"])
@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID, Mode.SEMANTIC])
def test_a_roman_query_finds_the_urdu_article_first(
    engine: SearchEngine, query: str, mode: Mode
) -> None:
    response = search(engine, query, mode=mode)
    assert response.hits[0].id == "ur/وزیر-داخلہ"
    assert response.understood.language == "roman-ur"
    assert response.understood.resolved.split()[:2] == ["وزیر", "داخلہ"]


def test_a_roman_query_finds_what_the_urdu_one_finds(engine: SearchEngine) -> None:
    roman, urdu = search(engine, ROMAN), search(engine, URDU)
    assert [each.id for each in roman.hits] == [each.id for each in urdu.hits]
    assert search(engine, ROMAN, literal=True).hits == ()


def test_the_urdu_word_is_marked_as_the_word_typed(engine: SearchEngine) -> None:
    spans = marked(hit(search(engine, "Wazeer dakhila ki mulaqat"), "ur/وزیر-داخلہ"))
    for word, typed in (("وزیر", "Wazeer"), ("داخلہ", "dakhila"), ("ملاقات", "mulaqat")):
        assert (spans[word].kind, spans[word].word) == ("exact", typed)
    assert "کی" not in spans


def test_the_translation_is_marked_as_meant(engine: SearchEngine) -> None:
    spans = marked(hit(search(engine, "adalat"), "en/court"))
    assert {(span.kind, span.word) for span in spans.values()} == {("meaning", "adalat")}
    assert {"Court", "court"} <= set(spans)


def test_a_name_found_by_its_sound_is_marked_as_meant(index: OpenIndex) -> None:
    engine = newsroom.engine(index, SearchConfig(expansion=False))
    spans = marked(hit(search(engine, "Naqvi minister"), "ur/وزیر-داخلہ"))
    assert (spans["نقوی"].kind, spans["نقوی"].word) == ("meaning", "Naqvi")


def test_the_reasons_tell_the_word_as_the_archive_spells_it(engine: SearchEngine) -> None:
    def reasons(query: str, name: str) -> dict[str, str]:
        found = hit(search(engine, query), name).explanation.words
        assert all(each.weight > 0 for each in found)
        return {each.word: each.term for each in found}

    assert reasons("wazeer mulaqat", "ur/وزیر-داخلہ") == {"wazeer": "وزیر", "mulaqat": "ملاقات"}
    assert reasons("alert weather", "ur/بارش") == {"alert": "الرٹ", "weather": "موسمیات"}
    assert stem("موسمیات") != "موسمیات"  # what is told is the word, not its stem


def test_a_word_switched_off_finds_nothing(engine: SearchEngine) -> None:
    assert "en/court" in [each.id for each in search(engine, "adalat").hits]
    shown = search(engine, "adalat").understood.readings[0].alternatives
    off = tuple(each.word for each in shown if each.lang == "en")
    assert "en/court" not in [each.id for each in search(engine, "adalat", off=off).hits]


def test_an_exclusion_is_not_translated(engine: SearchEngine) -> None:
    found = {each.id for each in search(engine, "adalat -court").hits}
    assert "ur/عدالت" in found
    assert "en/court" not in found
    assert "ur/عدالت" in {each.id for each in search(engine, "faisla -adalat").hits}


def test_a_document_view_marks_what_the_query_means(engine: SearchEngine) -> None:
    view = engine.document("ur/وزیر-داخلہ", SearchRequest(ROMAN))
    found = {view.title[span.start : span.end] for span in view.title_spans}
    assert found == {"وزیر", "داخلہ", "ملاقات"}


def test_a_name_of_a_roman_query_is_found_as_typed_in_english_articles(
    engine: SearchEngine,
) -> None:
    found = hit(search(engine, "karachi mein barish"), "en/rain")
    assert (marked(found)["Karachi"].kind, marked(found)["Karachi"].word) == ("exact", "karachi")
    assert {"karachi", "barish"} == {each.word for each in found.explanation.words}


def test_function_words_alone_find_what_the_urdu_ones_find(engine: SearchEngine) -> None:
    urdu = {each.id for each in search(engine, "کا سے").hits}
    assert len(urdu) > 3
    assert understood(engine, "ka se") == "کا سے"
    assert {each.id for each in search(engine, "ka se").hits} == urdu


def understood(engine: SearchEngine, query: str) -> str:
    return search(engine, query).understood.resolved


def test_alternatives_of_one_word_do_not_outweigh_a_document_with_all_words(
    tmp_path: Path,
) -> None:
    """One document holds ten translations of `court`, one a single one and the other word too."""
    others = ["عدالت", "کچہری", "منصف", "دیوانی", "فوجداری", "پیشی", "مقدمہ", "انصاف", "جج", "بینچ"]
    texts = {
        "all": "عدالت نے گندم کی خبر سنی",
        "ten": " ".join(others),
        **{word: f"{word} بہت دن" for word in others},
        **{str(number): f"اور کوئی بات {number} ہوئی" for number in range(9)},
    }
    articles = [Document(id=name, title="", body=t, lang="ur") for name, t in texts.items()]
    index = newsroom.build(tmp_path, articles)
    meanings = {"court": standing_for(*others), "wheat": standing_for("گندم")}
    asked = replace(understand(index, "court wheat"), meanings=meanings)
    result = keyword_arm(asked, index.keyword, index.columns, SearchConfig())
    scores = dict(zip(texts, result.scores.tolist(), strict=True))
    assert scores["all"] > scores["ten"] > 0
    assert scores["ten"] < 2 * max(scores[word] for word in others)
    assert max(scores.values()) <= result.ceiling
    index.close()


def standing_for(*others: str) -> WordMeaning:
    """A word that others stand for as well as itself."""
    return WordMeaning(1.0, tuple(Alternative(each, "ur", 1.0, "meaning") for each in others))


def test_letters_spelled_out_mean_nothing_by_themselves(index: OpenIndex) -> None:
    found = understand(index, "ایف بی آر بارش")
    for letter in ("ایف", "بی", "آر"):
        assert not words(meaning_of(found, letter))
    assert "rain" in words(meaning_of(found, "بارش"))


def test_function_words_of_roman_urdu_are_no_acronyms_and_no_parts_of_names(tmp_path: Path) -> None:
    texts = {
        "1": (
            "ur",
            "زلزلے کے جھٹکے",
            "زلزلے کے جھٹکے محسوس کیے گئے۔ بجلی کے بل اور کےبل، زلزلے کے بعد۔",
        ),
        "2": (
            "en",
            "KE raises bills",
            "KE said on Monday that KE bills are due, and that KE will pay.",
        ),
        "3": ("en", "KE supply", "KE restored supply to the city after KE engineers worked."),
    }
    documents = [
        Document(id=name, title=title, body=body, lang=lang)
        for name, (lang, title, body) in texts.items()
    ]
    opened = newsroom.build(tmp_path, documents)
    found = understand(opened, "zalzale ke jhatke")
    (atom,) = (each for each in found.query.atoms if each.words == ("ke",))
    assert not atom.compound.letters
    assert not atom.compound.same
    assert found.meanings["ke"].resolved == "کے"
    opened.close()


def test_rare_spellings_are_searched_and_not_told() -> None:
    told = [Alternative(f"w{at}", "ur", 0.9, "spelling") for at in range(6)]
    switched_off = replace(told[5], off=True)
    sure = Alternative("x", "en", 0.5, "meaning")
    kept = list(shown_alternatives([*told[:5], switched_off, sure]))
    assert kept == [*told[: SpellingMatching.SHOWN], switched_off, sure]


@pytest.mark.parametrize("least", [1, 3], ids=["all pairs counted", "the rarest not counted"])
def test_a_phrase_is_held_where_its_words_stand_in_a_row(index: OpenIndex, least: int) -> None:
    """The counts of pairs tell it without reading where words stand."""
    lexicon = replace(index.lexicon, bigram_least=least)
    told = replace(index, lexicon=lexicon)
    urdu = [lexicon.words[row] for row in lexicon.script_rows("ur").tolist()][:30]
    phrases = [" ".join(pair) for pair in product([*urdu, "minister", "نہیں"], urdu)]
    phrases += [" ".join((*pair.split(), urdu[0])) for pair in phrases[:200]]
    read = {
        phrase: any(index.keyword.posting(term).df for term in terms_of(phrase, lexicon))
        for phrase in phrases
    }
    assert {phrase: holds(told, phrase) for phrase in phrases} == read
    assert set(read.values()) == {True, False}


@pytest.mark.parametrize("seed", range(20))
def test_articles_add_to_others_where_any_is_in_none_of_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    lists = [
        np.flatnonzero(random.random(3000) < share).astype(np.int32)
        for share in random.choice([0.0, 0.1, 0.9], 3)
    ]
    united = np.unique(np.concatenate(lists))
    last = np.setdiff1d(np.arange(3000), united)[-1:].astype(np.int32)
    for articles in (united, united[::7], np.sort(np.append(united, last)), united[:0]):
        assert _adds_to(articles, lists) == bool(len(np.setdiff1d(articles, united)))
    assert _adds_to(last, lists) == bool(len(last))
