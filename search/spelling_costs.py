"""How likely two ways of writing are one Urdu word, by their letters alone.

Costs are in units of log odds, 0 for what no reader minds. They follow what Urdu writers vary in: which
ہ and which hamza, vowels of English words (سیکیورٹی, سکیورٹی), letters of one sound (ذ, ز). A difference
that makes another form of a word (لڑکا, لڑکے; نکلنے, نکالنے) is none of spelling and has no cost at all.
"""

from __future__ import annotations

from index.analysis import stem
from index.edits import edit_steps

_LONG_VOWELS = "اویے"
_VERBAL = ("تیں", "نے", "نا", "نی", "تا", "تے", "تی")
_ENDINGS = ("یوں یاں ئیں وں یں ئی ئے نے نا نی تا تے تی ا ے ی و ہ ں").split()
_CAUSATIVE_LETTERS = 5
"""Letters from the وا of a causative to its end: کروائی, کرواتے."""

_SIBILANTS = "سشص"

_WRITTEN_ALIKE = ("ہھ", "ئی", "ےی")
_SAME_SOUND = ("زذضظ", "سثص", "تط", "ہح", "اع")
_NEAR_SOUND = ("تٹ", "دڈ", "رڑ", "ژزج", "سش", "کق", "قخ", "گغ", "پف")
_ALIKE_TO_THE_EYE = ("بپتٹثنی", "جچحخ", "دڈذ", "رڑزژو", "سش", "صض", "طظ", "عغ", "فق", "کگ", "لا", "مہ", "ںن")
"""Letters that differ by their dots or by little else: slips of the eye, and of programs that read."""

WRITTEN, INITIAL_ALEF, SOUND, VOWEL, NEAR, EYE, OTHER = 0.1, 0.9, 0.9, 1.3, 1.7, 2.2, 3.0
_ASPIRATE, _DOUBLED, _SWAPPED, _FINAL_NASAL, _MADDA = 0.6, 1.0, 1.8, 1.6, 0.9
_AT_THE_END = 1.0
"""What a difference in the last letter costs more: endings say what a word does in its sentence."""

MOST_COST = 3.5

LOOSE_LETTERS = "اآویےئءہھحعںن"
"""Letters that come and go: vowels and those that ride on them. Two words that differ in more than one
of the others are farther than `MOST_COST`."""


def _table() -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    kinds = ((_ALIKE_TO_THE_EYE, EYE), (_NEAR_SOUND, NEAR), (_SAME_SOUND, SOUND))
    for groups, cost in (*kinds, ((_LONG_VOWELS,), VOWEL), (_WRITTEN_ALIKE, WRITTEN)):
        found |= {(a, b): cost for group in groups for a in group for b in group if a != b}
    return found


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
    return None if _other_form(one, other) else total


def _other_form(one: str, other: str) -> bool:
    """Whether two words are inflections of one, not spellings."""
    if _base(one) == _base(other):
        return True
    ending = next((each for each in _VERBAL if one.endswith(each) and other.endswith(each)), "")
    if not ending:
        return False
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(
        longer[:at] + longer[at + 1 :] == shorter for at, c in enumerate(longer) if c in _LONG_VOWELS
    )


def _base(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 2), "")
    return word[: len(word) - len(ending)]


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
    if not at and not there and set(pair) == {"ہ", "ا"}:
        return SOUND  # ہسپتال, اسپتال
    cost = _INSTEAD.get(pair, OTHER)
    if not last:
        return cost
    if pair[0] in _LONG_VOWELS or pair[1] in _LONG_VOWELS:
        return None
    return cost if cost == WRITTEN else cost + _AT_THE_END


def _one_more(word: str, at: int) -> float | None:
    """Cost of a letter that one of two words has more."""
    letter = word[at]
    if at == len(word) - 1:
        return None if letter in "اویےہںئ" else OTHER + _AT_THE_END
    if letter in "ئء":
        return WRITTEN
    if letter == "ھ":
        return _ASPIRATE
    if letter == "ا" and at == 0:
        return INITIAL_ALEF if word[1] in _SIBILANTS else EYE
    if at and word[at - 1] == letter:
        return _DOUBLED
    if letter == "و" and word[at + 1] == "ا" and len(word) - at <= _CAUSATIVE_LETTERS:
        return None
    if letter in _LONG_VOWELS:
        return VOWEL if at else OTHER
    return NEAR if letter in "عہح" and at else OTHER
