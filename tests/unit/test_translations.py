"""A dozen sentence pairs are enough to learn which word translates which."""

from __future__ import annotations

import numpy as np
import pytest

from index.parts.lexicon.translations import MIN_WEIGHT, Translation, best_translations, learn
from index.text.analysis import Script, is_stop, stem

PAIRS = [
    ("عدالت نے فیصلہ سنایا", "The court announced the verdict"),
    ("عدالت نے ملزم کو رہا کیا", "The court released the suspect"),
    ("پولیس نے ملزم کو گرفتار کیا", "Police arrested the suspect"),
    ("پولیس نے سڑک بند کر دی", "Police closed the road"),
    ("بارش سے سڑک بند ہو گئی", "Rain closed the road"),
    ("کراچی میں بارش ہوئی", "Rain fell in Karachi"),
    ("کراچی میں پولیس نے چھاپہ مارا", "Police raided a house in Karachi"),
    ("وزیر نے سڑک کا افتتاح کیا", "The minister opened the road"),
    ("وزیر کراچی پہنچے", "The minister arrived in Karachi"),
    ("وزیر نے عدالت میں بیان دیا", "The minister testified in court"),
    ("بارش سے گندم تباہ", "Rain destroys wheat"),
    ("گندم کی قیمت بڑھ گئی", "The price of wheat rose"),
]
WORDS = {
    "عدالت": "court", "پولیس": "police", "ملزم": "suspect", "سڑک": "road", "بارش": "rain",
    "کراچی": "karachi", "وزیر": "minister", "گندم": "wheat",
}  # fmt: skip


@pytest.fixture(scope="module")
def learned() -> list[Translation]:
    return learn(PAIRS)


def first(learned: list[Translation], source: Script, word: str) -> str:
    (found,) = best_translations(learned, source, 1)[stem(word)]
    return found.stem("en" if source == "ur" else "ur")


@pytest.mark.parametrize(("urdu", "english"), WORDS.items())
def test_each_word_is_the_others_translation(
    learned: list[Translation], urdu: str, english: str
) -> None:
    assert first(learned, "ur", urdu) == stem(english)
    assert first(learned, "en", english) == stem(urdu)


def test_weights_are_in_order_and_within_bounds(learned: list[Translation]) -> None:
    weights = [each.weight for each in learned]
    assert weights == sorted(weights, reverse=True)
    assert all(MIN_WEIGHT <= weight <= 1 for weight in weights)
    assert len({(each.urdu, each.english) for each in learned}) == len(learned)


def test_stop_words_translate_nothing(learned: list[Translation]) -> None:
    assert not any(is_stop(each.urdu) or is_stop(each.english) for each in learned)
    assert learn([("اس کا اور", "rain"), ("بارش", "the of and"), ("۔ 2026", "rain")] * 5) == []


def test_a_word_seen_once_gets_what_the_others_leave_over(learned: list[Translation]) -> None:
    """افتتاح and opened met once, beside وزیر, سڑک, minister and road, which are explained."""
    assert first(learned, "ur", "افتتاح") == stem("opened")
    assert first(learned, "en", "opened") == stem("افتتاح")
    weight = {(each.urdu, each.english): each.weight for each in learned}
    once, often = (stem("افتتاح"), stem("opened")), (stem("سڑک"), stem("road"))
    assert weight[once] < weight[often]


def test_each_more_pair_makes_it_surer() -> None:
    weights = [learn([("بارش", "rain")] * count)[0].weight for count in (1, 2, 5, 50)]
    assert weights == sorted(set(weights))
    assert weights[-1] < 1


def test_inflections_and_keyboards_are_one_word() -> None:
    pairs = [("شہریوں", "citizens"), ("شہری", "citizen"), ("شهري", "Citizen's")]
    (only,) = learn(pairs)
    assert (only.urdu, only.english) == ("شہری", "citizen")
    assert only.weight == learn([("شہری", "citizen")] * 3)[0].weight


def test_a_word_of_the_other_script_is_no_word_of_a_sentence() -> None:
    """IMF in Urdu text and an Urdu quotation in English text translate nothing."""
    learned = learn([("IMF قرض", "loan"), ("قرض", "loan قرض")] * 3)
    assert {(each.urdu, each.english) for each in learned} == {("قرض", "loan")}


@pytest.mark.parametrize("pairs", [[], [("", "")], [("بارش", "")], [("", "rain")]])
def test_nothing_to_learn_from(pairs: list[tuple[str, str]]) -> None:
    assert learn(pairs) == []


def test_the_same_every_time_and_from_any_iterable(learned: list[Translation]) -> None:
    assert learn(iter(PAIRS)) == learned


def test_a_very_long_sentence_is_looked_at_in_part() -> None:
    words = [f"لفظ{letter}" for letter in "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنوہی"]
    long = " ".join(one + other for one in words for other in ("", "بب", "پپ"))
    assert len(learn([(long, "word")])) <= 48


def test_best_translations_are_the_first_of_each_word(learned: list[Translation]) -> None:
    for source in ("ur", "en"):
        best = best_translations(learned, source, 2)
        assert set(best) == {each.stem(source) for each in learned}
        for word, found in best.items():
            assert found == [each for each in learned if each.stem(source) == word][:2]


def test_likeness_tells_words_apart_that_always_stand_together() -> None:
    pair = [("چیتا کیمرہ", "leopard camera")]
    alike = {(stem("چیتا"), "leopard"), (stem("کیمرہ"), "camera")}

    def likeness(urdu, english, first, second):
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        return np.array([1.3 if (urdu[u], english[e]) in alike else 0.3 for u, e in pairs])

    def weights(found: list[Translation]) -> dict[tuple[str, str], float]:
        return {(each.urdu, each.english): each.weight for each in found}

    blind, told = weights(learn(pair)), weights(learn(pair, likeness))
    assert len(blind) == 4
    assert len(set(blind.values())) == 1
    assert set(list(told)[:2]) == alike
    assert min(told[each] for each in alike) > max(blind.values())
    assert all(told[each] < blind[each] for each in told.keys() - alike)


def test_what_pairs_say_often_outweighs_likeness() -> None:
    """عدالت is court in four pairs, whatever a vector has to say."""

    def misled(urdu, english, first, second):
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        wrong = (stem("عدالت"), stem("suspect"))
        return np.array([1.3 if (urdu[u], english[e]) == wrong else 0.9 for u, e in pairs])

    assert first(learn(PAIRS, misled), "ur", "عدالت") == stem("court")
