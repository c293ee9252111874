"""How likely two ways of writing are one Urdu word, by their letters alone.

Costs are in units of log odds, 0 for what no reader minds. They follow what Urdu writers vary in: which
ہ and which hamza, vowels of English words (سیکیورٹی, سکیورٹی), letters of one sound (ذ, ز). A difference
that makes another form of a word (لڑکا, لڑکے; نکلنے, نکالنے) is none of spelling and has no cost at all.
"""

from __future__ import annotations

from functools import lru_cache

from index.text.analysis import stem
from index.text.edit_distance import edit_steps

_REMEMBERED = 1_000
_LONG_VOWELS = "اویے"
_VERBAL = ("تیں", "نے", "نا", "نی", "تا", "تے", "تی")
_ENDINGS = (
    *("یوں", "یاں", "ائیں", "ئیں", "وں", "یں", "ین", "ان"),
    *("ائی", "ائے", "ئی", "ئے", "ایا", "یا", "انے", "انا", "انی"),
    *("نے", "نا", "نی", "تا", "تے", "تی", "ا", "ے", "ی", "و", "ہ", "ں"),
)
"""What inflects nouns and verbs, causatives included; a word may end in several."""

_CAUSATIVE_LETTERS = 5
"""Letters from the وا of a causative to its end: کروائی, کرواتے."""

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

WRITTEN, INITIAL_ALEF, SOUND, VOWEL, NEAR, EYE, OTHER = 0.1, 0.4, 0.6, 1.3, 1.7, 2.2, 3.0
_VERB = 1.5
"""What one vowel more in an infinitive or participle costs more: most make another verb."""

_TWO_EYED, _ASPIRATE, _HAMZA, _DOUBLED, _SWAPPED, _FINAL_NASAL, _MADDA = (
    0.3,
    1.1,
    0.5,
    1.0,
    1.8,
    1.6,
    0.9,
)
_FIRST_LETTER = 0.7
"""What a difference in the first letter costs more: people seldom err there."""

_AT_THE_END = 1.0
"""What a difference in the last letter costs more: endings say what a word does in its sentence."""

MOST_COST = 3.5

LOOSE_LETTERS = "اآویےئءہھحعںن"
"""Letters that come and go: vowels and those that ride on them. Two words that differ in more than one
of the others are farther than `MOST_COST`."""


def _table() -> dict[tuple[str, str], float]:
    kinds = {
        EYE: _ALIKE_TO_THE_EYE,
        NEAR: (*_NEAR_SOUND, "ای"),
        VOWEL: (*_LOAN_SOUND, "اوے", "وی"),
        SOUND: _SAME_SOUND,
        _TWO_EYED: ("ہھ",),
        WRITTEN: _WRITTEN_ALIKE,
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


def spelling_cost(one: str, other: str) -> float | None:
    """The cost of taking two normalized Urdu words for one; None if they are not."""
    steps = edit_steps(one, other)
    if len(steps) == 2 and len(one) == len(other) and _swapped(one, other):
        total = _SWAPPED
    else:
        total = 0.0
        for kind, at, there in steps:
            cost = _step(kind, one, at, other, there)
            if cost is None or (total := total + cost) > MOST_COST:
                return None
    if stem(one) == stem(other):
        return 0.0
    if total > _HAMZA and _bases(one) & _bases(other):
        return None
    return total + _VERB if _other_verb(one, other) else total


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


@lru_cache(maxsize=_REMEMBERED)
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
    if set(pair) == {"آ", "ا"}:
        return WRITTEN if at else _MADDA
    if set(pair) == {"ں", "ن"}:
        return _FINAL_NASAL if last else WRITTEN
    if not at and not there and set(pair) == {"ہ", "ا"} and one[1:2] in _SIBILANTS:
        return INITIAL_ALEF  # ہسپتال, اسپتال
    cost = _INSTEAD.get(pair, OTHER)
    if not last:
        return cost if at and there else cost + _FIRST_LETTER
    if pair[0] in _LONG_VOWELS or pair[1] in _LONG_VOWELS:
        return None
    return cost + _AT_THE_END if cost == OTHER else cost


def _one_more(word: str, at: int) -> float | None:
    """Cost of a letter that one of two words has more."""
    letter = word[at]
    if at == len(word) - 1:
        if letter == "ھ":
            return _ASPIRATE + _AT_THE_END
        return None if letter in "اویےہںئ" else OTHER + _AT_THE_END
    if letter in "ئء":
        beside = word[at - 1 : at] + word[at + 1 : at + 2]
        return _HAMZA if set(beside) & set("یےوءئ") else VOWEL
    if letter == "ھ":
        return _ASPIRATE
    if letter == "ا" and at == 0:
        return INITIAL_ALEF if word[1] in _SIBILANTS else EYE
    if at and word[at - 1] == letter:
        return _DOUBLED
    if letter == "و" and word[at + 1] == "ا" and len(word) - at <= _CAUSATIVE_LETTERS:
        return None
    if letter in _LONG_VOWELS:
        return VOWEL if at else OTHER + _FIRST_LETTER
    if not at:
        return OTHER + _FIRST_LETTER
    return NEAR if letter in "عہح" else OTHER
