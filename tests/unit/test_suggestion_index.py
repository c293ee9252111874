"""Names and phrases of an archive: what is one, how it is spelt, and what becomes of damaged ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.errors import IndexDamagedError, IndexMismatchError
from index.opened import OpenIndex
from index.operations.verify import verify
from index.parts.suggestions import word_stream
from index.parts.suggestions.phrase_mining import likelihood_ratio, npmi
from index.parts.suggestions.suggestions import KINDS, TITLE, SuggestionIndex
from index.parts.suggestions.word_stream import WordStream
from index.sound.prefixes import SoundPrefixes
from index.store.layout import SUGGESTIONS_FILE
from index.store.manifest import current
from index.text.analysis import terms


def article(number: int, body: str, title: str = "") -> Document:
    lang = "en" if body.isascii() else "ur"
    return Document(id=f"{lang}/{number}", title=title or f"{number}", body=body, lang=lang)


def suggestions_of(directory: Path, *bodies: str, titles: Sequence[str] = ()) -> SuggestionIndex:
    titles = titles or [""] * len(bodies)
    items = [article(n, b, t) for n, (b, t) in enumerate(zip(bodies, titles, strict=True))]
    index = newsroom.build(directory, items)
    index.close()
    return index.suggestions


def found(suggestions: SuggestionIndex, kind: str) -> dict[str, int]:
    return {
        text: int(suggestions.counts[at])
        for at, text in enumerate(suggestions.texts)
        if KINDS[suggestions.kinds[at]] == kind
    }


def twin(suggestions: SuggestionIndex, text: str) -> str:
    at = suggestions.twins[suggestions.texts.index(text)]
    return suggestions.texts[at] if at >= 0 else ""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("newsroom"))
    yield opened
    opened.close()


def test_the_newsroom_has_names_phrases_words_and_titles(index: OpenIndex) -> None:
    suggestions = index.suggestions
    assert found(suggestions, "name")["Mohsin Naqvi"] == 1
    assert "وزیر داخلہ" in found(suggestions, "phrase")
    assert found(suggestions, "word")["وزیر"] == 2
    assert int((suggestions.kinds == TITLE).sum()) == len(newsroom.ARTICLES)


def test_an_urdu_name_is_known_by_the_english_one(index: OpenIndex) -> None:
    assert "محسن نقوی" in found(index.suggestions, "name")
    assert twin(index.suggestions, "محسن نقوی") == "Mohsin Naqvi"
    assert twin(index.suggestions, "Mohsin Naqvi") == "محسن نقوی"
    assert twin(index.suggestions, "کراچی") == "Karachi"


def test_a_name_in_one_word_may_be_two_in_urdu(tmp_path: Path) -> None:
    suggestions = suggestions_of(
        tmp_path,
        "The mills of Faisalabad were told to dry out.",
        "فیصل آباد میں سپرے ہوا۔ فیصل آباد کے لوگ خوش ہیں۔ فیصل آباد بڑا شہر ہے۔",
    )
    assert twin(suggestions, "Faisalabad") == "فیصل آباد"


def test_capitals_tell_names_but_not_where_sentences_begin(tmp_path: Path) -> None:
    suggestions = suggestions_of(
        tmp_path,
        "Drains were full. Planners met Imran Khan in the Bank of Punjab. People wait.",
        "The drains and planners are many, people say; Khan met them.",
    )
    names = found(suggestions, "name")
    assert {"Imran Khan", "Bank of Punjab", "Khan"} <= names.keys()
    assert not {"Drains", "Planners", "People", "The", "Punjab. People"} & names.keys()


def test_a_name_met_only_at_the_beginning_of_sentences(tmp_path: Path) -> None:
    names = found(
        suggestions_of(tmp_path, "Tanveer Ahmad drove. He slept. Later it rained."), "name"
    )
    assert "Tanveer Ahmad" in names
    assert "Later" not in names


def test_a_name_ends_before_a_possessive_and_a_mark(tmp_path: Path) -> None:
    names = found(
        suggestions_of(
            tmp_path, "They went to Lahore's Badami Bagh, Karachi, and to Gilgit (Hunza)."
        ),
        "name",
    )
    assert {"Badami Bagh", "Karachi", "Gilgit", "Hunza"} <= names.keys()
    assert not any("'s" in name for name in names)


def test_titles_in_title_case_say_nothing_of_names(tmp_path: Path) -> None:
    suggestions = suggestions_of(
        tmp_path,
        "it was a good year and the rain fell heavily.",
        titles=["Heavy Rain Falls Again In This Good Year"],
    )
    assert found(suggestions, "name") == {}


def test_a_phrase_is_more_than_words_that_happen_to_meet(tmp_path: Path) -> None:
    urdu = "محکمہ موسمیات نے بارش کی خبر دی۔ شہر میں لوگ خوش تھے۔ محکمہ موسمیات کا دفتر بند رہا۔"
    other = "بارش میں لوگ شہر گئے۔ لوگ بارش دیکھ کر خوش ہوئے اور شہر میں میلہ لگا۔"
    assert "محکمہ موسمیات" in found(suggestions_of(tmp_path, urdu, other), "phrase")


def test_no_phrase_begins_or_ends_with_a_word_of_grammar(index: OpenIndex) -> None:
    for text in found(index.suggestions, "phrase"):
        assert terms(text)[0] not in {"کی", "کے", "نے", "میں", "the", "of"}
        assert terms(text)[-1] not in {"کی", "کے", "نے", "میں", "the", "of", "کر", "گیا"}


def test_a_phrase_is_spelt_as_it_is_most_often(tmp_path: Path) -> None:
    body = "Jashn-e-Baharan opened. The Jashn-e-Baharan is near. Few say jashn e baharan of it."
    keyboard = "وہ جيكب آباد گئے۔ يہ جيكب آباد ہے۔"
    suggestions = suggestions_of(tmp_path, body, keyboard)
    assert "Jashn-e-Baharan" in found(suggestions, "name")
    assert "جیکب آباد" in found(
        suggestions, "phrase"
    )  # the Arabic keyboard's letters are not shown


def test_a_phrase_within_a_longer_one_is_not_offered_beside_it(tmp_path: Path) -> None:
    body = (
        "پانچ لوگ سو سال پرانی حویلی گئے۔ وہ سو سال پرانی حویلی دیکھی۔ سو سال پرانی حویلی بند تھی۔"
    )
    assert list(found(suggestions_of(tmp_path, body), "phrase")) == ["سو سال پرانی حویلی"]


def test_every_entry_has_the_words_of_its_text(index: OpenIndex) -> None:
    words, suggestions = index.lexicon.words, index.suggestions
    titles = {each.title for each in newsroom.ARTICLES}
    for entry in range(len(suggestions)):
        held = [words[row] for row in suggestions.words(entry)]
        if entry < suggestions.titles_from:
            assert held == terms(suggestions.texts[entry])
        else:
            title = index.catalogue.document(int(suggestions.docids[entry])).title
            assert title in titles
            assert held == terms(title)


def test_entries_are_found_by_the_rows_of_their_words(index: OpenIndex) -> None:
    suggestions, words = index.suggestions, index.lexicon.words
    row = index.lexicon.row("minister")
    for places in (
        suggestions.places(row, row + 1),
        suggestions.places_of(np.array([row], np.int32)),
    ):
        assert len(places) > 0
        assert all(words[suggestions.rows[place]] == "minister" for place in places)
        assert sorted(places) == np.flatnonzero(suggestions.rows == row).tolist()
    assert len(suggestions.places(0, len(words))) == len(suggestions.rows)


def test_an_archive_without_words_has_no_suggestions(tmp_path: Path) -> None:
    items = [Document(id=f"x/{n}", title="؟", body="۔ ۔۔ …" * n, lang="ur") for n in (1, 2)]
    index = newsroom.build(tmp_path, items)
    assert len(index.suggestions) == 0
    assert newsroom.engine(index).suggest("moh", 8).suggestions == ()
    index.close()


def test_codes_are_whole_in_suggestions(tmp_path: Path) -> None:
    """T20 is two words to a search, and one to whoever is offered it."""
    bodies = [
        "The fans saw the T-20 World Cup in Karachi. A climber reached K-2 and left.",
        "He praised the 26th Amendment again. The T20 World Cup is over, and K2 is high.",
        "They passed the 26th Amendment. Prices rose by 5pc, to Rs1,400 for 20kg.",
        "The T20 World Cup ended, the 26th Amendment remained; 5pc of Rs1,400 for 20kg.",
        "ٹیم نے ٹی20 ورلڈ کپ جیت لیا۔ لوگ ٹی20 ورلڈ کپ دیکھ رہے تھے۔",
        "کراچی میں ٹی20 ورلڈ کپ کا میچ ہوا۔",
    ]
    suggestions = suggestions_of(tmp_path, *bodies)
    shown = {*found(suggestions, "name"), *found(suggestions, "phrase")}
    assert {"T20 World Cup", "K2", "26th Amendment", "ٹی20 ورلڈ کپ"} <= shown
    ends = {
        word
        for text in suggestions.texts
        for word in (text.split() or [""])[:: max(1, len(text.split()) - 1)]
    }
    assert not {"T", "20", "th", "pc", "kg", "Rs", "rs", "K", "ٹی"} & ends


def test_a_large_archive_is_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_stream, "MOST_WORDS", 300)
    items = archives.articles(60)
    rows = {
        word: at
        for at, word in enumerate(sorted({w for i in items for w in terms(f"{i.title} {i.body}")}))
    }
    stream = WordStream(rows)
    for item in items:
        stream.add(item)
    words = stream.finish()
    assert len(words.stream) <= 300 + 120
    assert words.stride > 4
    assert len(np.unique(words.article)) == -(-60 // words.stride)
    assert (words.row_of[words.stream] >= 0).sum() > 100


def test_measures_of_standing_together() -> None:
    """By hand: 10 of 1,000 words; always together, and as often as chance has it."""
    one = np.array([10], np.int64)
    assert npmi(one, one, one, 1000)[0] == pytest.approx(1.0)
    by_chance = np.array([100], np.int64)
    assert npmi(one, by_chance, by_chance, 1000)[0] == pytest.approx(0.0)
    assert likelihood_ratio(one, by_chance, by_chance, 1000)[0] == pytest.approx(0.0, abs=1e-9)
    # 2 * (10 ln 100 + 990 ln (990 * 1000 / 990^2))
    assert likelihood_ratio(one, one, one, 1000)[0] == pytest.approx(112.0, abs=0.1)


@pytest.mark.parametrize(
    ("typed", "word", "latin"),
    [
        ("moh", "محسن", False),
        ("dak", "داخلہ", False),
        ("dakh", "داخلہ", False),
        ("wazi", "وزیر", False),
        ("vaz", "وزیر", False),
        ("pakistan", "پاکستان", False),
        ("pakistan", "پاکستانی", False),
        ("e", "یورپ", False),
        ("uni", "یونیورسٹی", False),
        ("c", "چاند", False),
        ("ce", "سینٹر", False),
        ("moh", "muhsin", True),
    ],
)
def test_words_are_found_by_how_they_begin_to_sound(typed: str, word: str, latin: bool) -> None:
    others = ["بارش", "لاہور"] if not latin else ["rain", "lahore"]
    table = SoundPrefixes.build([(7, word), *enumerate(others)], latin=latin)
    assert 7 in table.beginning_like(typed, latin=True)
    assert not {0, 1} & set(table.beginning_like("gk", latin=True).tolist())


@pytest.mark.parametrize(
    ("typed", "latin"),
    [("قرا", False), ("سوالا", False), ("دردرا", False), ("qara", True), ("sawala", True)],
)
def test_a_beginning_ends_with_its_last_consonant_whatever_vowels_follow(
    typed: str, latin: bool
) -> None:
    words = ["قرار", "قومی", "سوالات", "سوسن", "دردر", "درست"]
    table = SoundPrefixes.build(enumerate(words), latin=False)
    found = [words[row] for row in table.beginning_like(typed, latin=latin).tolist()]
    assert len(found) == 1, found


# --- files ---


@pytest.fixture
def generation(seed_copy: Path) -> Path:
    return current(seed_copy)


def test_an_index_without_suggestions_asks_to_be_built_again(generation: Path) -> None:
    (generation / SUGGESTIONS_FILE).unlink()
    with pytest.raises(IndexMismatchError):
        SuggestionIndex.open(generation, 10)


@pytest.mark.parametrize("part", ["rows", "counts", "twins", "starts", "texts", "kinds"])
def test_suggestions_whose_parts_disagree_are_damage(generation: Path, part: str) -> None:
    with np.load(generation / SUGGESTIONS_FILE, allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays[part] = arrays[part][:-1]
    np.savez(generation / SUGGESTIONS_FILE, allow_pickle=False, **arrays)
    with pytest.raises(IndexDamagedError):
        SuggestionIndex.open(generation, 1_000_000)


def test_suggestions_of_another_lexicon_are_damage(generation: Path) -> None:
    with pytest.raises(IndexDamagedError):
        SuggestionIndex.open(generation, 10)


def test_verify_reads_the_suggestions(seed_data: Path, seed_copy: Path) -> None:
    names = {check.name for check in verify(seed_data).checks if check.ok}
    assert "suggestions" in names
    path = current(seed_copy) / SUGGESTIONS_FILE
    shutil.copy(path, path.with_suffix(".old"))
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays["rows"] = np.roll(arrays["rows"], 1)
    np.savez(path, allow_pickle=False, **arrays)
    wrong = {check.name: check.detail for check in verify(seed_copy).checks if not check.ok}
    assert "other words" in wrong["suggestions"]
