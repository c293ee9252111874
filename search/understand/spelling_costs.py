"""How likely two ways of writing are one Urdu word, by their letters alone.

Costs are in units of log odds, 0 for what no reader minds. They follow what Urdu writers vary in: which
ہ and which hamza, vowels of English words (سیکیورٹی, سکیورٹی), letters of one sound (ذ, ز). A difference
that makes another form of a word (لڑکا, لڑکے; نکلنے, نکالنے) is none of spelling and has no cost at all.
"""

from __future__ import annotations

from functools import lru_cache

from index.text.analysis import stem
from index.text.edit_distance import edit_steps
from search.config import CacheSizes, SpellingCosts

_LONG_VOWELS = "اویے"
_VERBAL = ("تیں", "نے", "نا", "نی", "تا", "تے", "تی")
_ENDINGS = (
    *("یوں", "یاں", "ائیں", "ئیں", "وں", "یں", "ین", "ان"),
    *("ائی", "ائے", "ئی", "ئے", "ایا", "یا", "انے", "انا", "انی"),
    *("نے", "نا", "نی", "تا", "تے", "تی", "ا", "ے", "ی", "و", "ہ", "ں"),
)
"""What inflects nouns and verbs, causatives included; a word may end in several."""


_SIBILANTS = "سشص"

_WRITTEN_ALIKE = ("ئی", "ےی")
_SAME_SOUND = ("زذضظ", "سثص", "تط", "ہح", "اع")
_LOAN_SOUND = ("تٹ", "دڈ", "رڑ", "سش")
"""What English words and names are heard as, this way or that."""

_NEAR_SOUND = ("ژزج", "کق", "قخ", "گغ", "پف")
_ALIKE_TO_THE_EYE = (
    "بپتٹثنی",
    "جچحخ",
    "دڈذ",
    "رڑزژو",
    "سش",
    "صض",
    "طظ",
    "عغ",
    "فق",
    "کگ",
    "لا",
    "مہ",
    "ںن",
)
"""Letters that differ by their dots or by little else: slips of the eye, and of programs that read."""


LOOSE_LETTERS = "اآویےئءہھحعںن"
"""Letters that come and go: vowels and those that ride on them. Two words that differ in more than one
of the others are farther than `SpellingCosts.MOST`."""


def _table() -> dict[tuple[str, str], float]:
    kinds = {
        SpellingCosts.EYE: _ALIKE_TO_THE_EYE,
        SpellingCosts.NEAR: (*_NEAR_SOUND, "ای", "اوے", "وی"),
        SpellingCosts.VOWEL: _LOAN_SOUND,
        SpellingCosts.SOUND: _SAME_SOUND,
        SpellingCosts.TWO_EYED: ("ہھ",),
        SpellingCosts.WRITTEN: _WRITTEN_ALIKE,
    }
    return {
        (a, b): cost
        for cost, groups in kinds.items()
        for group in groups
        for a in group
        for b in group
        if a != b
    }


_INSTEAD = _table()
_MADDA, _NASAL, _ALEF = ({(a, b), (b, a)} for a, b in ("آا", "ںن", "ہا"))


def spelling_cost(one: str, other: str) -> float | None:
    """The cost of taking two normalized Urdu words for one; None if they are not."""
    steps = edit_steps(one, other)
    if len(steps) == 2 and len(one) == len(other) and _swapped(one, other):
        total = SpellingCosts.SWAPPED
    else:
        total = 0.0
        for kind, at, there in steps:
            cost = _step(kind, one, at, other, there)
            if cost is None or (total := total + cost) > SpellingCosts.MOST:
                return None
    if stem(one) == stem(other):
        return 0.0
    if total > SpellingCosts.HAMZA and _bases(one) & _bases(other):
        return None
    return total + SpellingCosts.VERB if _other_verb(one, other) else total


def _other_verb(one: str, other: str) -> bool:
    """Whether two words may be forms of two verbs, one what happens and one what is done."""
    ending = next((each for each in _VERBAL if one.endswith(each) and other.endswith(each)), "")
    if not ending or len(one) == len(other):
        return False
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(
        longer[:at] + longer[at + 1 :] == shorter
        for at, c in enumerate(longer)
        if c in _LONG_VOWELS
    )


@lru_cache(maxsize=CacheSizes.SPELLING_COSTS)
def _bases(word: str) -> frozenset[str]:
    """What a word may be an inflection of."""
    found = (word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
    return frozenset(base for base in found if base)


def _swapped(one: str, other: str) -> bool:
    at = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]


def _step(kind: str, one: str, at: int, other: str, there: int) -> float | None:
    if kind == "replace":
        return _replaced(one, at, other, there)
    longer, place = (one, at) if kind == "delete" else (other, there)
    return _one_more(longer, place)


def _replaced(one: str, at: int, other: str, there: int) -> float | None:
    pair = (one[at], other[there])
    last = at == len(one) - 1 and there == len(other) - 1
    if pair in _MADDA:
        return SpellingCosts.WRITTEN if at else SpellingCosts.MADDA
    if pair in _NASAL:
        return SpellingCosts.FINAL_NASAL if last else SpellingCosts.WRITTEN
    if not at and not there and pair in _ALEF and one[1:2] in _SIBILANTS:
        return SpellingCosts.INITIAL_ALEF  # ہسپتال, اسپتال
    cost = _INSTEAD.get(pair, SpellingCosts.OTHER)
    if not last:
        return cost if at and there else cost + SpellingCosts.FIRST_LETTER
    if pair[0] in _LONG_VOWELS or pair[1] in _LONG_VOWELS:
        return None
    return cost + SpellingCosts.AT_THE_END if cost == SpellingCosts.OTHER else cost


def _one_more(word: str, at: int) -> float | None:
    """Cost of a letter that one of two words has more."""
    letter = word[at]
    if at == len(word) - 1:
        if letter == "ھ":
            return SpellingCosts.ASPIRATE + SpellingCosts.AT_THE_END
        return None if letter in "اویےہںئ" else SpellingCosts.OTHER + SpellingCosts.AT_THE_END
    if letter in "ئء":
        beside = word[at - 1 : at] + word[at + 1 : at + 2]
        if beside == "او":
            return SpellingCosts.WRITTEN  # جائوں, جاؤں
        return SpellingCosts.HAMZA if set(beside) & set("یےوءئ") else SpellingCosts.VOWEL
    if letter == "ھ":
        return SpellingCosts.ASPIRATE
    if letter == "ا" and at == 0:
        return SpellingCosts.INITIAL_ALEF if word[1] in _SIBILANTS else SpellingCosts.EYE
    if at and word[at - 1] == letter:
        return SpellingCosts.DOUBLED
    if letter == "و" and word[at + 1] == "ا" and len(word) - at <= SpellingCosts.CAUSATIVE_LETTERS:
        return None
    if letter in _LONG_VOWELS:
        return SpellingCosts.VOWEL if at else SpellingCosts.OTHER + SpellingCosts.FIRST_LETTER
    if not at:
        return SpellingCosts.OTHER + SpellingCosts.FIRST_LETTER
    return SpellingCosts.NEAR if letter in "عہح" else SpellingCosts.OTHER
