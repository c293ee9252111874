"""The words of the other language that a word is searched by, and who vouches for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.parts.lexicon.bilingual import BilingualLexicon, pack
from index.parts.lexicon.lexicon import Lexicon, Links
from index.text.analysis import script
from index.text.normalize import normalize
from search.config import SearchConfig, Translating
from search.understand.expansion import Equivalent, Expander
from search.understand.sound_alikes import SoundAlikes

WORDS_ALONE = SearchConfig(expansion=False)
MEANING_ALONE = SearchConfig(names=False)
NO_LINKS: tuple[tuple[str, str, float], ...] = ()


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lexicon]:
    index = newsroom.build(tmp_path_factory.mktemp("newsroom"))
    yield index.lexicon
    index.close()


def bundled(*pairs: tuple[str, str, float, float]) -> BilingualLexicon:
    """A bundled lexicon of these pairs: Urdu, English, how often, how surely."""
    return BilingualLexicon(pack(pairs, {"ur": {}, "en": {}}))


NOTHING_KNOWN = bundled(("زرافہ", "giraffe", 1.0, 1.0))
"""It knows no word of the archive: what the other witnesses say is then all there is."""


def linked(lexicon: Lexicon, *links: tuple[str, str, float]) -> Links:
    """Links from words to words of a lexicon, in the order given."""
    rows = sorted((lexicon.row(a), at, lexicon.row(b), w) for at, (a, b, w) in enumerate(links))
    assert all(one >= 0 <= other for one, _, other, _ in rows)
    starts = np.searchsorted([row for row, *_ in rows], np.arange(len(lexicon.words) + 1))
    return Links(
        starts.astype(np.int32),
        np.array([other for _, _, other, _ in rows], np.int32),
        np.array([weight for *_, weight in rows], np.float16),
    )


def knowing(
    lexicon: Lexicon,
    translations: tuple[tuple[str, str, float], ...] = NO_LINKS,
    neighbours: tuple[tuple[str, str, float], ...] = NO_LINKS,
) -> Lexicon:
    """The lexicon with other links: what each witness says is then in the test."""
    return replace(
        lexicon,
        translations=linked(lexicon, *translations),
        neighbours=linked(lexicon, *neighbours),
    )


def alternatives(
    lexicon: Lexicon,
    word: str,
    config: SearchConfig | None = None,
    known: BilingualLexicon = NOTHING_KNOWN,
) -> dict[str, tuple[float, str]]:
    found = Expander(lexicon, config or SearchConfig(), known).alternatives(word)
    weights = [each.weight for each in found]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)
    assert len(found) <= Translating.MOST
    return {lexicon.words[each.row]: (each.weight, each.source) for each in found}


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("court", "عدالت"),
        ("عدالت", "court"),
        ("ملاقات", "meeting"),
        ("meetings", "ملاقات"),
    ],
)
def test_a_word_is_searched_by_its_translation(lexicon: Lexicon, word: str, other: str) -> None:
    assert next(iter(alternatives(lexicon, word)), "") == other


@pytest.mark.parametrize(("word", "other"), [("naqvi", "نقوی"), ("کراچی", "karachi")])
def test_a_name_is_found_by_its_sound(lexicon: Lexicon, word: str, other: str) -> None:
    weight, source = alternatives(lexicon, word, WORDS_ALONE)[other]
    assert source == "sound"
    assert weight >= Translating.SOUND_FROM


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (SearchConfig(names=False), {"قوم", "بجلی"}),
        (SearchConfig(names=False, bundled_lexicon=False), {"بجلی"}),
        (SearchConfig(names=False, archive_lexicon=False), {"قوم"}),
        (SearchConfig(names=False, expansion=False), set()),
    ],
)
def test_each_source_of_translations_can_be_left_out(
    lexicon: Lexicon, config: SearchConfig, expected: set[str]
) -> None:
    taught = knowing(lexicon, translations=(("wheat", "بجلی", 0.6),))
    known = bundled(("قوم", "wheat", 3.0, 0.9))
    assert set(alternatives(taught, "wheat", config, known)) == expected


def test_a_learned_translation_counts_by_its_weight(lexicon: Lexicon) -> None:
    known = knowing(lexicon, translations=(("wheat", "بجلی", 0.2), ("wheat", "قوم", 0.9)))
    assert alternatives(known, "wheat", MEANING_ALONE) == {
        "قوم": (1.0, "meaning"),
        "بجلی": (pytest.approx(0.2 * Translating.TRANSLATION_SCALE, abs=1e-3), "meaning"),
    }


def test_a_neighbour_counts_the_more_the_nearer_it_is(lexicon: Lexicon) -> None:
    def weight(*cosines: float) -> float:
        """That of the last of the neighbours at these cosines, 0 if it is left out."""
        near = tuple(zip(["wheat"] * 3, ["قوم", "بجلی", "گھر"], cosines, strict=False))
        found = alternatives(knowing(lexicon, neighbours=near), "wheat", MEANING_ALONE)
        return found.get(near[-1][1], (0.0, ""))[0]

    assert 1 >= weight(0.95) > weight(0.8) > weight(0.65) > weight(0.3) == 0
    assert weight(0.8, 0.8) == weight(0.8)
    assert weight(0.95, 0.8) < weight(0.8)  # one that lies behind the first counts less


def test_where_translations_are_sure_the_other_witnesses_have_little_to_say(
    lexicon: Lexicon,
) -> None:
    near = (("karachi", "گھر", 0.99),)
    unsure = alternatives(knowing(lexicon, neighbours=near), "karachi")
    sure = alternatives(knowing(lexicon, (("karachi", "قوم", 0.9),), near), "karachi")
    for word in ("گھر", "کراچی"):
        left = unsure[word][0] * (1 - Translating.LEFT_BY_TRANSLATIONS)
        assert sure.get(word, (0.0, ""))[0] == pytest.approx(
            left if left >= Translating.MIN_WEIGHT else 0.0, abs=1e-3
        )
    assert sure["قوم"][0] == 1


def test_of_two_witnesses_for_one_word_the_surer_speaks(lexicon: Lexicon) -> None:
    sound, _ = alternatives(knowing(lexicon), "karachi")["کراچی"]
    weak = alternatives(knowing(lexicon, (("karachi", "کراچی", 0.08),)), "karachi")
    assert weak == {"کراچی": (pytest.approx(sound, abs=1e-3), "sound")}
    strong = alternatives(knowing(lexicon, (("karachi", "کراچی", 0.95),)), "karachi")
    assert strong == {"کراچی": (1.0, "meaning")}


def test_weak_ones_and_those_beyond_the_limit_are_left_out(lexicon: Lexicon) -> None:
    urdu = [word for word in lexicon.words if script(word) == "ur"][:20]
    many = tuple(("wheat", word, 0.5) for word in urdu)
    assert len(alternatives(knowing(lexicon, translations=many), "wheat")) == Translating.MOST
    faint = (("wheat", "بجلی", 0.95), ("wheat", "قوم", 0.301))
    assert list(alternatives(knowing(lexicon, neighbours=faint), "wheat")) == ["بجلی"]
    by_vector = alternatives(replace(lexicon, translations=linked(lexicon)), "price").values()
    assert min(weight for weight, _ in by_vector) >= Translating.MIN_WEIGHT


@pytest.mark.parametrize("word", ["the", "کی", "میں", "2026", "x", "آ", "", "漢字"])
def test_what_says_nothing_has_no_alternatives(lexicon: Lexicon, word: str) -> None:
    assert Expander(lexicon, SearchConfig()).alternatives(word) == ()


def test_no_stop_word_is_ever_found_by_sound(lexicon: Lexicon) -> None:
    (row, _), *_ = lexicon.sounding_like("key", "ur", "english", 3)
    assert lexicon.words[row] == "کی"
    assert "کی" not in alternatives(knowing(lexicon), "key")


def test_each_witness_can_be_switched_off(lexicon: Lexicon) -> None:
    assert {source for _, source in alternatives(lexicon, "naqvi", WORDS_ALONE).values()} == {
        "sound"
    }
    assert {source for _, source in alternatives(lexicon, "naqvi", MEANING_ALONE).values()} == {
        "meaning"
    }
    assert alternatives(lexicon, "naqvi", SearchConfig(expansion=False, names=False)) == {}


def test_a_new_word_is_understood_by_its_vector(lexicon: Lexicon) -> None:
    expander = Expander(lexicon, MEANING_ALONE, NOTHING_KNOWN)
    assert expander.needs_vector("tribunal")
    assert expander.alternatives("tribunal") == ()
    like_court = newsroom.Bilingual().encode_queries(["court"])[0]
    first: Equivalent = expander.alternatives("tribunal", like_court)[0]
    assert lexicon.words[first.row] == "عدالت"
    assert first.source == "meaning"


@pytest.mark.parametrize("word", ["court", "عدالت", "the", "کی", "2026", "meetings"])
def test_no_vector_is_asked_for_where_none_is_needed(lexicon: Lexicon, word: str) -> None:
    assert not Expander(lexicon, SearchConfig()).needs_vector(word)
    assert not Expander(lexicon, WORDS_ALONE).needs_vector("tribunal")


# -- the bundled lexicon -----------------------------------------------------------------------------


def test_a_known_word_is_translated_and_not_spelled(lexicon: Lexicon) -> None:
    """`karachi` sounds like کراچی; if it meant قوم, it would be that and nothing else."""
    plain = knowing(lexicon)
    assert list(alternatives(plain, "karachi")) == ["کراچی"]
    known = bundled(("قوم", "karachi", 50.0, 1.0))
    assert alternatives(plain, "karachi", known=known) == {"قوم": (1.0, "meaning")}


def test_a_known_word_is_not_spelled_even_if_the_archive_lacks_its_translation(
    lexicon: Lexicon,
) -> None:
    known = bundled(("زرافہ", "karachi", 50.0, 1.0))
    assert alternatives(knowing(lexicon), "karachi", known=known) == {}


def test_sound_never_stands_above_a_translation(lexicon: Lexicon) -> None:
    unsure = bundled(("قوم", "karachi", 1.0, 0.4))
    found = alternatives(knowing(lexicon), "karachi", known=unsure)
    assert list(found) == ["قوم", "کراچی"]
    assert 0 < found["کراچی"][0] <= Translating.BELOW_TRANSLATIONS * found["قوم"][0]


def test_a_translation_that_sounds_like_the_word_is_all_the_surer(lexicon: Lexicon) -> None:
    unsure = bundled(("کراچی", "karachi", 1.0, 0.4))
    (weight, _) = alternatives(knowing(lexicon), "karachi", known=unsure)["کراچی"]
    assert weight > 0.8


def test_synonyms_are_all_found_and_rare_senses_weigh_less(lexicon: Lexicon) -> None:
    known = bundled(
        ("عدالت", "zzcourt", 60.0, 1.0),
        ("وکیل", "zzcourt", 50.0, 1.0),
        ("قوم", "zzcourt", 2.0, 0.9),
    )
    found = alternatives(knowing(lexicon), "zzcourt", MEANING_ALONE, known)
    assert found["عدالت"][0] == pytest.approx(1.0, abs=0.01)
    assert found["وکیل"][0] > 0.8
    assert found.get("قوم", (0.0, ""))[0] < 0.2


def test_an_archive_refines_what_is_known(lexicon: Lexicon) -> None:
    """A mixture by evidence: much of it is hardly moved, little of it is overruled."""

    def weights(count: float) -> tuple[float, float]:
        known = bundled(("قوم", "price", count, 1.0))
        taught = knowing(lexicon, (("price", "بجلی", 0.5),))
        found = alternatives(taught, "price", MEANING_ALONE, known)
        return found.get("قوم", (0.0, ""))[0], found.get("بجلی", (0.0, ""))[0]

    assert weights(30)[0] > 0.8 > weights(30)[1]
    assert weights(0.5)[1] > weights(0.5)[0]
    assert weights(30)[0] > weights(3)[0] > weights(0.5)[0]


def test_an_archive_that_contradicts_what_is_known_is_not_believed(lexicon: Lexicon) -> None:
    english = [word for word in lexicon.words if script(word) == "en" and len(word) > 3][:30]
    urdu = [word for word in lexicon.words if script(word) == "ur" and len(word) > 2]
    taught = knowing(lexicon, tuple((word, "بجلی", 0.5) for word in [*english, "wheat"]))
    right = [(each, word, 50.0, 1.0) for each, word in zip(urdu, english, strict=False)]
    believed = alternatives(taught, "wheat", MEANING_ALONE)["بجلی"][0]
    doubted = alternatives(taught, "wheat", MEANING_ALONE, bundled(*right))
    assert believed == 1.0
    assert doubted.get("بجلی", (0.0, ""))[0] < 0.3


def test_a_short_name_is_not_a_word_that_means_something_else(lexicon: Lexicon) -> None:
    plain = alternatives(knowing(lexicon), "qom", WORDS_ALONE).get("قوم", (0.0, ""))[0]
    nation = bundled(("قوم", "nation", 100.0, 1.0))
    known = alternatives(knowing(lexicon), "qom", WORDS_ALONE, nation).get("قوم", (0.0, ""))[0]
    assert known < 0.5 * plain


def test_the_form_that_has_the_sense_is_shown(lexicon: Lexicon) -> None:
    known = bundled(("شہریوں", "zzcitizen", 5.0, 1.0), ("شہر", "zzcitizen", 0.3, 0.5))
    assert next(iter(alternatives(knowing(lexicon), "zzcitizen", known=known))) == "شہریوں"


def test_what_a_word_hardly_means_it_means_no_more_where_its_meaning_is_lacking(
    lexicon: Lexicon,
) -> None:
    alone = bundled(("قوم", "zzpain", 1.0, 0.8))
    rare = bundled(("قوم", "zzpain", 1.0, 0.8), ("زرافہ", "zzpain", 99.0, 1.0))
    weights = [
        alternatives(lexicon, "zzpain", MEANING_ALONE, each)["قوم"][0] for each in (alone, rare)
    ]
    assert weights[1] < 0.5 * weights[0]


def test_a_rare_loanword_is_not_level_with_the_usual_word_for_its_sound(lexicon: Lexicon) -> None:
    known = bundled(("قوم", "karachi", 10.0, 1.0), ("کراچی", "karachi", 1.0, 0.9))
    found = alternatives(lexicon, "karachi", known=known)
    assert found["کراچی"][0] < 0.5 * found["قوم"][0]


@pytest.mark.parametrize(
    ("typed", "known"),
    [("organised", "organized"), ("neighbors", "neighbours"), ("color", "colour")],
)
def test_a_word_is_known_in_british_and_american_spelling(
    lexicon: Lexicon, typed: str, known: str
) -> None:
    found = alternatives(lexicon, typed, MEANING_ALONE, bundled(("قوم", known, 9.0, 0.9)))
    assert found["قوم"][0] == pytest.approx(0.9, abs=0.01)


def test_a_translation_is_looked_for_in_the_spelling_of_the_archive(lexicon: Lexicon) -> None:
    british = bundled(
        ("زرافہ", "ambassadour", 9.0, 0.9)
    )  # which the archive spells as America does
    found = alternatives(lexicon, "زرافہ", MEANING_ALONE, british)
    assert found["ambassador"][0] == pytest.approx(0.9, abs=0.01)


def test_the_forms_of_a_verb_are_one_translation(tmp_path: Path) -> None:
    """One form each is rarer than ٹیل, the name, but to tell is بتانا."""
    texts = ["وزیر نے بتایا", "یہ بتانے سے", "وہ بتاتے ہیں", "ولیم ٹیل کی کہانی"]
    documents = [Document(str(at), "", text, "ur") for at, text in enumerate(texts)]
    index = newsroom.build(tmp_path, documents)
    try:
        known = bundled(
            ("ٹیل", "tell", 10.0, 0.9),
            ("بتایا", "tell", 8.0, 0.9),
            ("بتانے", "tell", 7.0, 0.9),
            ("بتاتے", "tell", 6.0, 0.9),
        )
        found = alternatives(index.lexicon, "tell", MEANING_ALONE, known)
        assert list(found)[-1] == "ٹیل"
        assert found["ٹیل"][0] < 0.7 < min(found[form][0] for form in ("بتایا", "بتانے", "بتاتے"))
    finally:
        index.close()


@pytest.mark.parametrize("word", ["بطور", "برائے", "کیلئے", "دینگے", "ہونی", "کرائی"])
def test_what_only_stop_words_translate_is_not_translated(lexicon: Lexicon, word: str) -> None:
    known = bundled((normalize(word), "court", 50.0, 0.5))
    assert alternatives(lexicon, normalize(word), known=known) == {}
    assert normalize(word) not in alternatives(lexicon, "court", known=known)


def test_a_namesake_of_a_known_word_says_little_and_a_loanword_all(lexicon: Lexicon) -> None:
    known = bundled(("برف", "snow", 50.0, 1.0), ("محسن", "benefactor", 50.0, 1.0))
    expander = Expander(lexicon, SearchConfig(), known)
    assert expander.left_to_sound("snow", "محسن") < 0.2
    assert expander.left_to_sound("snow", "کراچی") == 1.0  # it means nothing else
    assert expander.left_to_sound("zzword", "محسن") == 1.0  # nor is that known


def test_what_is_too_unlikely_by_sound_is_left_out_and_nothing_else(lexicon: Lexicon) -> None:
    """That it is known early which words cannot be meant changes nothing of the others."""
    likes = SoundAlikes(lexicon, dict)
    kept = 0
    for word in lexicon.words:
        kind = script(word)
        if kind == "other":
            continue
        everything = likes.of(word, kind, 0.0)
        assert likes.of(word, kind, Translating.SOUND_FROM) == [
            each for each in everything if each[1] >= Translating.SOUND_FROM
        ]
        kept += any(chance < Translating.SOUND_FROM for _, chance in everything)
    assert kept  # some are left out
