"""The bilingual lexicon that comes with the program, and how such a lexicon answers."""

from __future__ import annotations

import pytest

from index.analysis import stem
from index.bilingual import BilingualLexicon, pack


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


EVERYDAY = """
wheat گندم|book کتاب|milk دودھ|court عدالت|judge جج|price قیمت|case کیس|khan خان|poet شاعر|fish مچھلی
law قانون|song گانا|prison جیل|police پولیس|water پانی|government حکومت|school اسکول|team ٹیم|rain بارش
arrest گرفتاری|attack حملہ|hospital ہسپتال|election انتخابات|minister وزیر|budget بجٹ|polio پولیو
""".replace("\n", "|")


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
