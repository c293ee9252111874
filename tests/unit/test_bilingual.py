"""The bilingual lexicon that comes with the program, and how such a lexicon answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.parts.lexicon.bilingual import BilingualLexicon, family, pack
from index.text.analysis import stem
from index.text.normalize import normalize


def bundled(*pairs: tuple[str, str, float, float]) -> BilingualLexicon:
    return BilingualLexicon(pack(pairs, {"ur": {"کتاب": 300.0}, "en": {"book": 250.0}}))


LEOPARDS = bundled(
    ("چیتا", "leopard", 4.0, 0.9),
    ("چیت", "talks", 60.0, 0.9),
    ("کتاب", "book", 200.0, 1.0),
    ("بک", "book", 20.0, 0.8),
    ("کتاب", "books", 90.0, 1.0),
)


def test_the_commoner_translation_comes_first_and_shares_add_up() -> None:
    found = LEOPARDS.meanings("book", "en")
    assert [each.word for each in found.found] == ["کتاب", "بک"]
    assert sum(each.share for each in found.found) == pytest.approx(1.0, abs=1e-6)
    assert found.evidence == pytest.approx(310, rel=0.05)
    assert found.surety == 1.0


def test_an_inflection_that_is_not_known_means_what_its_stem_means() -> None:
    assert [each.word for each in LEOPARDS.meanings("booking", "en").found] == ["کتاب", "بک"]


def test_forms_of_one_stem_keep_their_senses_apart() -> None:
    assert stem("چیتا") == stem("چیت")
    leopard, talks = (LEOPARDS.meanings(word, "ur") for word in ("چیتا", "چیت"))
    assert leopard.found[0].word == "leopard"
    assert talks.found[0].word == "talks"
    assert leopard.found[1].surety < 0.3


INFLECTED = bundled(
    ("بیگز", "bags", 4.0, 0.4),
    ("تھیلا", "bag", 20.0, 0.9),
    ("شیشے", "glasses", 80.0, 0.9),
    ("گلاس", "glass", 300.0, 0.9),
    ("جمع", "submission", 8.0, 0.8),
    ("فرمانبردار", "submissive", 40.0, 0.9),
    ("پیلا", "yellow", 9.0, 0.95),
    ("پیلی", "pelli", 1.0, 0.5),
    ("لڑکی", "girl", 60.0, 1.0),
    ("لڑکا", "boy", 60.0, 1.0),
    ("در", "door", 60.0, 1.0),
    ("دریں", "meanwhile", 6.0, 0.4),
)


@pytest.mark.parametrize(
    ("word", "kind", "meant", "surety"),
    [
        ("bags", "en", "تھیلا", 0.5),  # hardly met itself, it means what the singular does
        ("تھیلوں", "ur", "bag", 0.5),
        ("تھیلے", "ur", "bag", 0.5),
        ("پیلی", "ur", "yellow", 0.5),
        ("پیلے", "ur", "yellow", 0.5),
    ],
)
def test_a_word_means_what_its_other_inflections_mean(
    word: str, kind: str, meant: str, surety: float
) -> None:
    found = INFLECTED.meanings(word, kind).found  # type: ignore[arg-type]
    assert {each.word: each.surety for each in found}[meant] >= surety
    assert sum(each.share for each in found) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("word", "kind", "own", "other"),
    [
        ("glasses", "en", "شیشے", "گلاس"),  # a plural that is well known has senses of its own
        ("submission", "en", "جمع", "فرمانبردار"),  # no inflections of each other
        ("لڑکی", "ur", "girl", "boy"),
        ("دریں", "ur", "meanwhile", "door"),
    ],
)
def test_what_is_well_known_or_derived_keeps_its_own_senses(
    word: str, kind: str, own: str, other: str
) -> None:
    found = {each.word: each for each in INFLECTED.meanings(word, kind).found}  # type: ignore[arg-type]
    assert found[own].share == max(each.share for each in found.values())
    assert other not in found or found[other].surety < 0.2


PHRASES = bundled(
    ("وزیر اعظم", "prime minister", 50.0, 0.9),
    ("وزیراعظم", "prime minister", 10.0, 0.9),
    ("وزیر", "minister", 40.0, 1.0),
    ("اسلام آباد", "islamabad", 8.0, 0.9),
    ("اسلام", "islam", 80.0, 1.0),
)


def test_a_phrase_is_translated_as_a_whole() -> None:
    assert [each.word for each in PHRASES.meanings("prime minister", "en").found] == [
        "وزیر اعظم",
        "وزیراعظم",
    ]
    assert [each.word for each in PHRASES.meanings("islamabad", "en").found] == ["اسلام آباد"]
    assert [each.word for each in PHRASES.meanings("اسلام", "ur").found] == ["islam"]


@pytest.mark.parametrize("urdu", ["وزیر اعظم", "وزیراعظم"])
def test_a_phrase_that_is_joined_means_what_it_means_apart(urdu: str) -> None:
    assert PHRASES.meanings(urdu, "ur").found[0].word == "prime minister"


def test_words_in_a_row_are_a_phrase_only_where_they_are_one_thing() -> None:
    assert PHRASES.is_phrase(["prime", "minister"], "en")
    assert PHRASES.is_phrase(["prime", "ministers"], "en")
    assert PHRASES.is_phrase(["وزیر", "اعظم"], "ur")
    assert not PHRASES.is_phrase(["minister", "prime"], "en")
    assert not PHRASES.is_phrase(["islam", "abad"], "en")  # it would be Roman Urdu


def test_words_that_are_not_known_have_no_meanings() -> None:
    assert LEOPARDS.meanings("giraffe", "en").found == ()
    assert LEOPARDS.meanings("giraffe", "en").surety == 0.0
    assert LEOPARDS.meanings("book", "ur").found == ()


def test_frequencies_are_those_of_the_word_or_of_its_stem() -> None:
    assert LEOPARDS.frequency("کتاب", "ur") == pytest.approx(300, rel=0.05)
    assert LEOPARDS.frequency("booking", "en") == LEOPARDS.frequency("book", "en") > 200
    assert LEOPARDS.frequency("giraffe", "en") == 0.0


@pytest.mark.parametrize("kind", ["ur", "en"])
def test_the_bundled_lexicon_knows_forty_thousand_words_a_side(kind: str) -> None:
    words = BilingualLexicon.load().words(kind)  # type: ignore[arg-type]
    assert len(words) >= 40_000
    assert list(words[:2000]) == sorted(set(words[:2000]))


def test_the_bundled_lexicon_was_made_with_this_analysis() -> None:
    """Else its stems are not found; `training/README.md` tells how it is made anew."""
    lexicon = BilingualLexicon.load()
    words = lexicon.words("ur")[::23], lexicon.words("en")[::23]
    kinds = ("ur", "en")
    lost = sum(
        not lexicon.meanings(word, kind).found  # type: ignore[arg-type]
        for kind, some in zip(kinds, words, strict=True)
        for word in some
    )
    assert lost < 0.01 * sum(map(len, words))


NEWS_WORDS = Path(__file__).parents[2] / "training" / "news_words.tsv"


def test_the_bundled_lexicon_knows_the_words_of_the_news() -> None:
    """Each of the project's own entries is among the first translations, in both directions."""
    lexicon = BilingualLexicon.load()
    entries = [line.split("\t") for line in NEWS_WORDS.read_text("utf-8").splitlines()[1:]]
    assert len(entries) == len({(urdu, english) for urdu, english, _ in entries})
    lost = []
    for urdu, english, _ in entries:
        for word, kind, other in ((urdu, "ur", english), (english, "en", urdu)):
            found = lexicon.meanings(normalize(word), kind).found  # type: ignore[arg-type]
            known = {family(each.word) for each in found if each.share * each.surety >= 0.01}
            if family(normalize(other)) not in known:
                lost.append((word, other))
    assert len(lost) <= 0.03 * 2 * len(entries), lost


EVERYDAY = """
wheat گندم|book کتاب|milk دودھ|court عدالت|judge جج|price قیمت|case کیس|khan خان|poet شاعر|fish مچھلی
law قانون|song گانا|prison جیل|police پولیس|water پانی|government حکومت|school اسکول|team ٹیم|rain بارش
arrest گرفتاری|attack حملہ|hospital ہسپتال|election انتخابات|minister وزیر|budget بجٹ|polio پولیو
""".replace("\n", "|")


PHRASES_OF_NEWS = """
prime minister/وزیر اعظم|islamabad/اسلام آباد|united nations/اقوام متحدہ|supreme court/سپریم کورٹ|high court/ہائی کورٹ
chief justice/چیف جسٹس|human rights/انسانی حقوق|world cup/ورلڈ کپ|foreign minister/وزیر خارجہ|climate/آب و ہوا
security council/سلامتی کونسل|new york/نیو یارک|middle east/مشرق وسطی|student/طالب علم
""".replace("\n", "|")


@pytest.mark.parametrize("pair", [pair for pair in PHRASES_OF_NEWS.split("|") if pair])
def test_phrases_are_translated(pair: str) -> None:
    english, urdu = pair.split("/")
    lexicon = BilingualLexicon.load()
    assert urdu in [each.word for each in lexicon.meanings(english, "en").found[:2]]
    assert english in [each.word for each in lexicon.meanings(urdu, "ur").found[:3]]


@pytest.mark.parametrize("pair", [pair for pair in EVERYDAY.split("|") if pair])
def test_everyday_words_are_translated(pair: str) -> None:
    english, urdu = pair.split()
    lexicon = BilingualLexicon.load()

    def first(word: str, kind: str, most: int) -> list[str]:
        found = lexicon.meanings(word, kind).found  # type: ignore[arg-type]
        likely = sorted(found, key=lambda each: -each.share * each.surety)
        return [stem(each.word) for each in likely[:most]]

    assert stem(urdu) in first(english, "en", 3)
    assert stem(english) in first(urdu, "ur", 5)


def test_the_commonest_words_of_like_sound_come_first() -> None:
    lexicon = BilingualLexicon.load()
    found = [*lexicon.sounding_like("mulaqat", 60)]
    assert "ملاقات" in dict(found[:3])
    assert found == sorted(found, key=lambda each: -each[1])
    assert [*lexicon.sounding_like("mulaqat", 2)] == found[:2]
    assert found[0][1] == pytest.approx(lexicon.frequency(found[0][0], "ur"))
    assert not any(" " in word for word, _ in lexicon.sounding_like("wazirazam", 60))
    assert not lexicon.sounding_like("qqqqzzzzkkkkbbbb", 60)
    assert not BilingualLexicon.empty().sounding_like("mulaqat", 60)


@pytest.mark.parametrize("lexicon", [LEOPARDS, INFLECTED, BilingualLexicon.load()])
@pytest.mark.parametrize("most", [0, 1 << 20])
def test_many_words_mean_together_what_each_means_alone(
    lexicon: BilingualLexicon, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they are so many that it pays to hold all words, or not."""
    new = {
        "ur": ["چیتے", "تھیلے", "پیلی", "کتابیں", "ضضضض", ""],
        "en": ["bags", "booking", "qqqq", ""],
    }
    for kind, other in (("ur", "en"), ("en", "ur")):
        words = [*lexicon.words(kind)[::301], *lexicon.words(kind)[:20], *new[kind]]
        many, others = lexicon.many(kind), lexicon.words(other)
        together = many.meanings(words)
        assert many.frequencies(words).tolist() == [lexicon.frequency(w, kind) for w in words]
        for at, word in enumerate(words):
            own = slice(together.starts[at], together.starts[at + 1])
            places = together.others[own].tolist()
            assert places == sorted(places)
            found = {others[place]: each for each, place in enumerate(places)}
            alone = lexicon.meanings(word, kind).found
            assert many.knows(word) == bool(alone)
            assert found.keys() == {each.word for each in alone}
            for each in alone:
                assert many.other(places[found[each.word]]) == (each.word, family(each.word))
                assert together.shares[own][found[each.word]] == pytest.approx(each.share)
                assert together.sureties[own][found[each.word]] == pytest.approx(each.surety)
    assert len(lexicon.many("en").meanings([]).others) == 0
