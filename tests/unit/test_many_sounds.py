"""What is asked of many words at once is what is said of each by itself."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest

from index.sound.phonetic_keys import CLASSES, TAKEN_FOR, SkeletonTable, SoundIndex
from index.sound.prefixes import SoundPrefixes
from index.sound.transliteration import Channel, SpellingModel

dice = random.Random(14)
URDU = [
    "کراچی",
    "لاہور",
    "وزیر",
    "اعظم",
    "شہریوں",
    "ملاقات",
    "عمران",
    "خان",
    "نواز",
    "شریف",
    "پشاور",
    "علامہ",
    "اقبال",
    "فیصل",
    "آباد",
    "آؤ",
    "ء",
    "ٹرمپ",
    "پوتن",
    "رجب",
    "اردوان",
    "مودی",
    "السیسی",
    "بھٹو",
]
LATIN = [
    "karachi",
    "lahore",
    "wazir",
    "azam",
    "imran",
    "khan",
    "nawaz",
    "sharif",
    "peshawar",
    "allama",
    "iqbal",
    "faisalabad",
    "trump",
    "putin",
    "recep",
    "erdogan",
    "modi",
    "sisi",
    "bhutto",
    "aao",
    "o'brien",
    "xi",
]
ENDS = {"ur": ["", "ی", "وں", "ات", "ن"], "en": ["", "i", "on", "at", "s"]}


def vocabulary(kind: str) -> list[str]:
    """Real words, and many like them."""
    words = URDU if kind == "ur" else LATIN
    made = {a + b for a, b in product(words, ENDS[kind])}
    made |= {
        one[: dice.randrange(1, 5)] + other[dice.randrange(3) :] for one in words for other in words
    }
    return sorted(made)


@pytest.fixture(scope="module", params=["ur", "en"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sounds(kind: str) -> SoundIndex:
    return SoundIndex.build(vocabulary(kind))


@pytest.mark.parametrize("channel", ["typed", "english"])
@pytest.mark.parametrize("near", [True, False])
def test_many_words(kind: str, sounds: SoundIndex, channel: Channel, near: bool) -> None:
    words = [*dice.sample(vocabulary("en" if kind == "ur" else "ur"), 60), "", "12"]
    together = sounds.all_sounding_like(words, channel=channel, limit=7, near=near)
    # One that remembers nothing of it.
    alone = SoundIndex.from_arrays(sounds.words, sounds.arrays())
    for word, (rows, logs) in zip(words, together, strict=True):
        own_rows, own_logs = alone.sounding_like(word, channel=channel, limit=7, near=near)
        assert rows.tolist() == own_rows.tolist()
        np.testing.assert_allclose(logs, own_logs, rtol=1e-6)
    assert sounds.all_sounding_like([], channel=channel) == []


def test_what_is_remembered_does_not_depend_on_who_asked_before(
    kind: str, sounds: SoundIndex
) -> None:
    words = dice.sample(vocabulary("en" if kind == "ur" else "ur"), 30)
    asks = [*product(words, ("typed", "english"), (True, False), (3, 50))] * 2

    def answers(index: SoundIndex, order: list[int]) -> dict[int, tuple[list[int], list[float]]]:
        found = {}
        for at in order:
            word, channel, near, limit = asks[at]
            rows, logs = index.sounding_like(word, channel=channel, limit=limit, near=near)
            found[at] = (rows.tolist(), logs.tolist())
        return found

    orders = [dice.sample(range(len(asks)), len(asks)) for _ in range(4)]
    shared = SoundIndex.from_arrays(sounds.words, sounds.arrays())
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda order: answers(shared, order), orders)]
    first = answers(SoundIndex.from_arrays(sounds.words, sounds.arrays()), [*range(len(asks))])
    assert all(each == first for each in found)


@pytest.mark.parametrize("channel", ["typed", "english"])
def test_many_words_each_with_others_of_its_own(channel: Channel) -> None:
    model = SpellingModel.load()
    latin = [*dice.sample(vocabulary("en"), 20), "", "12"]
    urdu = [dice.sample(vocabulary("ur"), at % 4) for at in range(len(latin))]
    together = model.log_likelihoods(latin, urdu, channel)
    for word, others, logs in zip(latin, urdu, together, strict=True):
        np.testing.assert_allclose(logs, model.log_likelihood(word, others, channel), rtol=1e-6)
    assert [len(each) for each in model.log_likelihoods(["wazir"], [[]], channel)] == [0]


def test_beginnings(kind: str, sounds: SoundIndex) -> None:
    rows = np.arange(0, 3 * len(sounds.words), 3, dtype=np.int32)
    wanted = np.array(dice.sample(rows.tolist(), 200), np.int32)
    pairs = [(row, sounds.words[row // 3]) for row in wanted.tolist()]
    plain = SoundPrefixes.build(pairs, latin=kind == "en").arrays()
    for name, made in SoundPrefixes.of_sounds(sounds, rows, wanted).arrays().items():
        assert made.tolist() == plain[name].tolist()


def skeleton(consonants: str) -> str:
    return re.sub(r"(.)\1+", r"\1", consonants).removesuffix("n")[:14]


def one_away(consonants: str) -> set[str]:
    """Skeletons with one consonant more, another, or one less."""
    found = set()
    for at in range(len(consonants) + 1):
        before, behind = consonants[:at], consonants[at:]
        if len(consonants) > 1:
            found |= {before + more + behind for more in CLASSES}
            found |= (
                {before + other + behind[1:] for other in TAKEN_FOR[behind[0]]} if behind else set()
            )
        if len(consonants) > 2:
            found.add(before + behind[1:])
    return set(map(skeleton, found))


def test_one_consonant_away() -> None:
    letters = "krbfnl"  # each heard in one way
    words = sorted({"a".join(dice.choices(letters, k=dice.randrange(1, 18))) for _ in range(4_000)})
    table = SkeletonTable.build(words, latin=True)
    own = [skeleton(word.replace("a", "")) for word in words]
    for word in dice.sample(words, 150):
        near = one_away(word.replace("a", ""))
        wanted = [row for row, each in enumerate(own) if each in near]
        assert table.near([word], latin=True).tolist() == wanted
