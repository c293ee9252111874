"""Latin letters and numbers as Urdu says them: پی ٹی آئی is PTI, ٹی ٹوئنٹی is T20, ایف سولہ is F-16."""

from __future__ import annotations

from collections.abc import Mapping

from index.text.normalize import normalize

_LETTERS = """
A اے | B بی | C سی | D ڈی | E ای | F ایف | G جی | H ایچ ایج اچ | I آئی ائی آی | J جے | K کے | L ایل | M ایم
N این | O او | P پی | Q کیو | R آر ار | S ایس | T ٹی | U یو | V وی | W ڈبلیو ڈبلو | X ایکس | Y وائی وای
Z زیڈ زی زڈ
"""

LETTER_NAMES: Mapping[str, tuple[str, ...]] = {
    letter.lower(): tuple(dict.fromkeys(map(normalize, names)))
    for letter, *names in map(str.split, _LETTERS.strip().replace("\n", "|").split("|"))
}
"""Each Latin letter -> its names in Urdu, the usual one first."""

LETTER_NAMED: dict[str, str] = {}
for _letter, _names in LETTER_NAMES.items():
    for _name in _names:
        LETTER_NAMED.setdefault(_name, _letter)
"""The Latin letter that each normalized word is the Urdu name of."""

_URDU_NUMBERS = """
صفر ایک دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس بیس
اکیس بائیس تئیس چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس تیس اکتیس بتیس تینتیس چونتیس پینتیس چھتیس سینتیس اڑتیس انتالیس چالیس
اکتالیس بیالیس تینتالیس چوالیس پینتالیس چھیالیس سینتالیس اڑتالیس انچاس پچاس
اکیاون باون ترپن چون پچپن چھپن ستاون اٹھاون انسٹھ ساٹھ اکسٹھ باسٹھ تریسٹھ چونسٹھ پینسٹھ چھیاسٹھ سڑسٹھ اڑسٹھ انہتر ستر
اکہتر بہتر تہتر چوہتر پچھتر چھہتر ستتر اٹھہتر اناسی اسی اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی نوے
اکانوے بانوے ترانوے چورانوے پچانوے چھیانوے ستانوے اٹھانوے ننانوے سو
"""

_ENGLISH_NUMBERS = """
0 زیرو | 1 ون | 2 ٹو | 3 تھری | 4 فور | 5 فائیو فائیف | 6 سکس | 7 سیون | 8 ایٹ | 9 نائن | 10 ٹین | 11 الیون
12 ٹویلو ٹوئلو | 13 تھرٹین | 14 فورٹین | 15 ففٹین | 16 سکسٹین | 17 سیونٹین | 18 ایٹین | 19 نائنٹین
20 ٹوئنٹی ٹونٹی ٹوینٹی ٹوئینٹی ٹونٹئ | 30 تھرٹی | 40 فورٹی | 50 ففٹی | 60 سکسٹی | 70 سیونٹی | 80 ایٹی | 90 نائنٹی
100 ہنڈرڈ
"""


def _number_words() -> dict[str, tuple[str, ...]]:
    found = {str(number): [word] for number, word in enumerate(_URDU_NUMBERS.split())}
    for number, *words in map(str.split, _ENGLISH_NUMBERS.strip().replace("\n", "|").split("|")):
        found[number] += words
    return {number: tuple(map(normalize, words)) for number, words in found.items()}


NUMBER_WORDS: Mapping[str, tuple[str, ...]] = _number_words()
"""Numbers up to a hundred, in figures -> as Urdu says them, and as it says them in English."""

_NUMBER_OF = {word: number for number, words in NUMBER_WORDS.items() for word in words}


def letters_of(word: str) -> str:
    """The Latin letter that a normalized word is or names (t, ٹی), or the several that one word
    names (آئیایمایف, joined without spaces); empty for any other word."""
    if len(word) == 1 and "a" <= word <= "z":
        return word
    return LETTER_NAMED.get(word) or _parted(word)


def _parted(word: str) -> str:
    """Letters whose names, one behind the other, are a word; of several ways the longest names."""
    found = [""] + [""] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(end - 2, -1, -1):
            if (not start or found[start]) and (letter := LETTER_NAMED.get(word[start:end])):
                found[end] = found[start] + letter
    return found[len(word)]


def number_of(word: str) -> str:
    """The number, in figures, that a normalized word is or says; empty for any other word."""
    return word if word.isdecimal() else _NUMBER_OF.get(word, "")
