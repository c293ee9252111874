"""The lexicon of an archive: its words, what is known of them, and what becomes of a damaged one."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import EncoderInfo
from index.errors import IndexDamagedError, IndexMismatchError, StoreError
from index.opened import OpenIndex
from index.operations.verify import verify
from index.parts.lexicon.lexicon import Lexicon, load_word_vectors
from index.store.layout import LEXICON_FILE, WORD_VECTORS_FILE
from index.store.manifest import current
from index.text.analysis import is_stop, script, stem, terms
from search.models import SearchRequest


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("newsroom"))
    yield opened
    opened.close()


@pytest.fixture
def lexicon(index: OpenIndex) -> Lexicon:
    return index.lexicon


def lexicon_of(directory: Path, *texts: str, encoder: HashEncoder | None = None) -> Lexicon:
    """The lexicon of an archive with an article for each text, in the language of its letters."""
    articles = [
        Document(
            id=str(at), title="", body=text, lang="ur" if script(terms(text)[0]) == "ur" else "en"
        )
        for at, text in enumerate(texts)
    ]
    opened = newsroom.build(directory, articles, encoder)
    opened.close()
    return opened.lexicon


def rows(lexicon: Lexicon, *words: str) -> np.ndarray:
    return np.array([lexicon.row(word) for word in words], np.int32)


# -- words -------------------------------------------------------------------------------------------


def test_every_word_is_there_with_its_document_frequency(lexicon: Lexicon) -> None:
    """The frequency is that in titles or in bodies, whichever is larger."""
    titles = Counter(word for each in newsroom.ARTICLES for word in set(terms(each.title)))
    bodies = Counter(word for each in newsroom.ARTICLES for word in set(terms(each.body)))
    found = dict(zip(lexicon.words, lexicon.frequencies.tolist(), strict=True))
    assert found == titles | bodies
    assert list(lexicon.words) == sorted(found)
    assert found["وزیر"] == 2


def test_each_word_has_its_row_and_no_other_word_has(lexicon: Lexicon) -> None:
    assert [lexicon.row(word) for word in lexicon.words] == list(range(len(lexicon.words)))
    for word in ("", "آ", "zzz", "ےےے", "Karachi", "وزی", "وزیرا"):
        assert lexicon.row(word) == -1


def test_the_head_is_the_most_frequent_form_of_a_stem(tmp_path: Path) -> None:
    lexicon = lexicon_of(tmp_path, "حملے", "حملوں حملہ", "حملوں", "attack attacks", "attacks")
    for word, head in (("حملہ", "حملوں"), ("حملوں", "حملوں"), ("attack", "attacks")):
        assert lexicon.words[lexicon.head(word)] == head
    assert lexicon.head("سیلاب") == -1


def test_every_word_shares_the_stem_of_its_head(lexicon: Lexicon) -> None:
    for word, head in zip(lexicon.words, lexicon.heads.tolist(), strict=True):
        assert stem(word) == stem(lexicon.words[head])
        assert lexicon.heads[head] == head
        assert lexicon.frequencies[head] >= lexicon.frequencies[lexicon.row(word)]


def test_an_inflection_that_the_archive_lacks_has_the_head_of_its_stem(tmp_path: Path) -> None:
    lexicon = lexicon_of(tmp_path, "شہری بازار")
    assert lexicon.words[lexicon.head("شہریوں")] == "شہری"


@pytest.mark.parametrize(("held", "asked"), [("حملہ", "حملوں"), ("cities", "city")])
def test_any_form_of_a_word_leads_to_its_head(tmp_path: Path, held: str, asked: str) -> None:
    assert stem(held) == stem(asked) != held
    lexicon = lexicon_of(tmp_path, f"{held} {held}")
    assert lexicon.head(asked) == lexicon.row(held)


# -- what is known of them ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "word"),
    [("mulaqaat", "ملاقات"), ("vazeer", "وزیر"), ("adaalat", "عدالت"), ("naqvi", "نقوی")],
)
def test_a_roman_spelling_finds_the_urdu_word(lexicon: Lexicon, typed: str, word: str) -> None:
    (row, log), *_ = lexicon.sounding_like(typed, "ur", "typed", 5)
    assert lexicon.words[row] == word
    assert log < 0


def test_an_urdu_name_finds_the_latin_one(lexicon: Lexicon) -> None:
    (row, _), *_ = lexicon.sounding_like("کراچی", "en", "english", 5)
    assert lexicon.words[row] == "karachi"
    assert lexicon.sounding_like("پشتین", "en", "typed", 5) == ()


def test_no_more_sounds_than_asked_for_and_all_of_one_script(lexicon: Lexicon) -> None:
    found = lexicon.sounding_like("di", "ur", "typed", 2)
    assert len(found) == 2 < len(lexicon.sounding_like("di", "ur", "typed", 9))
    assert all(script(lexicon.words[row]) == "ur" for row, _ in found)


def test_a_word_whose_space_was_left_out_is_known_by_the_words_in_a_row(tmp_path: Path) -> None:
    articles = [Document(str(n), "شہر کے لوگ", "شہر کے لوگ کتاب گھر میں", "ur") for n in range(9)]
    articles.append(Document("s", "شہرکے لوگ", "کتابگھر، شہرکے، کراچی، گھرمیں", "ur"))
    index = newsroom.build(tmp_path, articles)
    lacking = {
        word for word in index.lexicon.words if index.lexicon.lacks_space(index.lexicon.row(word))
    }
    assert lacking == {
        "شہرکے"
    }  # کتابگھر may be a word, and that گھر میں is one is not seen ten times
    index.close()


def test_pairs_are_counted_across_the_archive(lexicon: Lexicon) -> None:
    first, second = rows(lexicon, "وزیر", "بارش"), rows(lexicon, "داخلہ", "اعظم", "کا", "وزیر")
    assert lexicon.pair_counts(first, second).tolist() == [[3, 2, 0, 0], [0, 0, 1, 0]]


def test_words_of_the_other_language_are_linked_by_the_encoders_meaning(lexicon: Lexicon) -> None:
    for word, other in (("ملاقات", "meeting"), ("court", "عدالت"), ("بارش", "rain")):
        row, cosine = lexicon.neighbours.of(lexicon.head(word))[0]
        assert lexicon.words[row] == other
        assert cosine > 0.9


def test_links_go_between_heads_of_both_languages_best_first(lexicon: Lexicon) -> None:
    seen = 0
    for row, word in enumerate(lexicon.words):
        for links in (lexicon.translations.of(row), lexicon.neighbours.of(row)):
            weights = [weight for _, weight in links]
            assert weights == sorted(weights, reverse=True)
            assert all(0 < weight <= 1.001 for weight in weights)
            for other, _ in links:
                seen += 1
                assert {script(word), script(lexicon.words[other])} == {"ur", "en"}
                assert lexicon.heads[other] == other
                assert lexicon.heads[row] == row
    assert seen > 100


def test_translations_are_learned_from_stories_told_twice(lexicon: Lexicon) -> None:
    found = {lexicon.words[row] for row, _ in lexicon.translations.of(lexicon.head("عدالت"))}
    assert "court" in found


def test_the_vector_of_a_new_word_finds_its_translation(lexicon: Lexicon) -> None:
    vector = newsroom.Bilingual().encode_queries(["minister"])[0]
    (row, cosine), *_ = lexicon.nearest(vector, "en", 3)
    assert lexicon.words[row] == "وزیر"
    assert cosine > 0.9
    assert all(script(lexicon.words[row]) == "ur" for row, _ in lexicon.nearest(vector, "en", 3))


def test_a_new_word_would_have_the_neighbours_it_has_when_it_is_known(tmp_path: Path) -> None:
    """Vectors are compared less what all words of a language have in common, then and now."""
    newsroom.build(tmp_path / "data").close()
    directory = current(tmp_path / "data")
    lexicon, (words, vectors) = Lexicon.open(directory), load_word_vectors(directory)
    compared = 0
    for word, vector in zip(words, vectors.astype(np.float32), strict=True):
        known = lexicon.neighbours.of(lexicon.row(word))
        kind = script(word)
        assert kind != "other"
        found = dict(lexicon.nearest(vector, kind, len(lexicon.words)))
        for row, cosine in known:
            assert found[row] == pytest.approx(cosine, abs=2e-3)
            compared += 1
    assert compared > 50


def test_every_head_that_says_something_has_a_vector(lexicon: Lexicon) -> None:
    for row, word in enumerate(lexicon.words):
        wanted = lexicon.heads[row] == row and len(word) > 1 and not is_stop(word)
        assert lexicon.has_vector(row) == (wanted and script(word) != "other")
    assert not lexicon.has_vector(-1)


# -- archives of one sort ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "query", "none"),
    [
        (["بارش سے سڑک بند", "وزیر کی ملاقات"], "barish", "rain"),
        (["rain closed the road", "the minister met"], "rain", "بارش"),
        (["2026 1947", "3,500"], "1947", "بارش"),
    ],
)
def test_an_archive_of_one_script_builds_and_searches(
    tmp_path: Path, texts: list[str], query: str, none: str
) -> None:
    lexicon = lexicon_of(tmp_path, *texts)
    assert sorted(lexicon.words) == sorted({word for text in texts for word in terms(text)})
    assert lexicon.head(none) == -1
    assert not len(lexicon.translations.rows)
    assert not len(lexicon.neighbours.rows)
    kinds = {script(word) for word in lexicon.words}
    for kind in ("ur", "en"):
        assert (lexicon.totals[kind] > 0) == (kind in kinds)
        other = "en" if kind == "ur" else "ur"
        vector = HashEncoder().encode_queries(["لفظ"])[0]
        assert bool(lexicon.nearest(vector, kind, 3)) == (other in kinds)
    nothing = np.array([0], np.int32)
    assert lexicon.pair_counts(nothing, nothing).tolist() == [[0]]
    index = OpenIndex.open_current(tmp_path)
    engine = newsroom.engine(index)
    assert engine.search(SearchRequest(query)).hits
    assert engine.search(SearchRequest(none)).degraded == ()
    engine.close()


@pytest.mark.parametrize(
    "odd",
    [
        "\ud800",
        "بارش\udc00",
        "ra\ud800in",
        "\x00",
        "ک\u200cت\u0640اب",
        "😀",
        "ا" * 500,
        "𝓇ain",
        "ﷺ",
    ],
    ids=ascii,
)
def test_odd_characters_do_no_harm(tmp_path: Path, odd: str) -> None:
    lexicon = lexicon_of(tmp_path, f"بارش {odd} وزیر {odd}", f"rain {odd} road {odd}")
    assert list(lexicon.words) == sorted(set(lexicon.words))
    assert {"بارش", "وزیر", "rain", "road"} <= set(lexicon.words)
    assert verify(tmp_path).ok


def test_articles_without_a_word_have_an_empty_lexicon(tmp_path: Path) -> None:
    index = newsroom.build(tmp_path, [Document(id="a", title="۔۔۔", body="!?", lang="ur")])
    assert list(index.lexicon.words) == []
    assert index.lexicon.head("وزیر") == -1
    assert index.lexicon.sounding_like("wazir", "ur", "typed", 3) == ()
    newsroom.engine(index).search(SearchRequest("wazir"))
    index.close()


# -- building again ----------------------------------------------------------------------------------


def test_a_rebuild_encodes_only_new_words(tmp_path: Path) -> None:
    first, second, third = (newsroom.Bilingual() for _ in range(3))
    before = lexicon_of(tmp_path, "بارش سے سڑک بند", "rain closed the road", encoder=first)
    assert {"بارش", "سڑک", "بند", "rain", "closed", "road"} <= set(first.queries)
    after = lexicon_of(tmp_path, "بارش سے سڑک بند زلزلہ", "rain closed the road", encoder=second)
    fresh = set(second.queries) & set(after.words)
    assert "زلزلہ" in fresh
    assert not fresh & set(before.words)
    lexicon_of(tmp_path, "بارش سے سڑک بند زلزلہ", "rain closed the road", encoder=third)
    assert not set(third.queries) & set(after.words)


def test_word_vectors_are_the_same_however_they_came(tmp_path: Path) -> None:
    texts = ("بارش سے سڑک بند زلزلہ", "rain closed the road")
    lexicon_of(tmp_path / "twice", *texts[1:])
    for name in ("twice", "once"):
        lexicon_of(tmp_path / name, *texts)
    (ours, twice), (theirs, once) = (
        load_word_vectors(current(tmp_path / name)) for name in ("twice", "once")
    )
    assert ours == theirs
    assert twice.tolist() == once.tolist()


class Another(newsroom.Bilingual):
    """The same vectors by another name."""

    @property
    def info(self) -> EncoderInfo:
        return replace(super().info, id="another")


def test_another_encoder_encodes_all_words_again(tmp_path: Path) -> None:
    lexicon_of(tmp_path, "بارش سے سڑک بند")
    encoder = Another()
    lexicon_of(tmp_path, "بارش سے سڑک بند", encoder=encoder)
    assert {"بارش", "سڑک", "بند"} <= set(encoder.queries)


# -- damage ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sound")
    lexicon_of(directory, "بارش سے سڑک بند", "rain closed the road")
    return current(directory)


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """The lexicon files of a generation, which a test may damage."""
    for name in (LEXICON_FILE, WORD_VECTORS_FILE):
        shutil.copy(sound / name, tmp_path)
    return tmp_path


def rewrite(folder: Path, **changes: Callable[[np.ndarray], np.ndarray]) -> None:
    with np.load(folder / LEXICON_FILE) as stored:
        parts = dict(stored)
    np.savez(folder / LEXICON_FILE, **{**parts, **{n: c(parts[n]) for n, c in changes.items()}})


def refused(folder: Path, error: type[StoreError]) -> str:
    with pytest.raises(error) as caught:
        Lexicon.open(folder)
    assert "talash index rebuild" in caught.value.hint
    return caught.value.message


def test_a_missing_lexicon(folder: Path) -> None:
    (folder / LEXICON_FILE).unlink()
    assert "without a lexicon" in refused(folder, IndexMismatchError)


def test_other_spelling_rules(folder: Path) -> None:
    rewrite(folder, spelling=lambda stamp: stamp[::-1].copy())
    assert "other spelling rules" in refused(folder, IndexMismatchError)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("words", lambda words: words[: len(words) // 2]),
        ("words", lambda words: words ^ np.uint8(0x80)),
        ("heads", lambda heads: heads[:-1]),
        ("head_vectors", lambda heads: heads[1:]),
        ("ur_rows", lambda rows: rows + 10_000),
    ],
)
def test_parts_that_disagree(
    folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    rewrite(folder, **{name: change})
    assert "cannot be read" in refused(folder, IndexDamagedError)


def test_missing_word_vectors(folder: Path) -> None:
    (folder / WORD_VECTORS_FILE).unlink()
    refused(folder, IndexDamagedError)
    with pytest.raises(IndexDamagedError):
        load_word_vectors(folder)


def cut_to(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(len(content) * share)]


def flipped(content: bytes) -> bytes:
    assert b"closed" in content
    return content.replace(b"closed", b"clozed", 1)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut_to(0), id="empty"),
        pytest.param(cut_to(0.3), id="a third"),
        pytest.param(cut_to(0.99), id="cut short"),
        pytest.param(flipped, id="flipped"),
        pytest.param(lambda _: b"no archive at all", id="something else"),
    ],
)
def test_a_damaged_lexicon(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    file = folder / LEXICON_FILE
    file.write_bytes(damage(file.read_bytes()))
    refused(folder, IndexDamagedError)
    with pytest.raises(IndexDamagedError):
        load_word_vectors(folder)
