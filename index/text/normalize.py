"""One spelling for every word: the fold that documents and queries both pass through.

`normalize` turns text into the form that is *matched*, never the form that is *shown*. It is pure
and idempotent, so applying it twice does no harm. What it does, and why:

1.  **What nobody sees goes**: bidi controls, byte order mark, joiner and non-joiner, soft hyphen,
    variation selectors. Real pages carry them inside words. The non-joiner (ZWNJ) *joins* the
    parts of one Urdu word, so its removal leaves one word.
2.  **Quotes used as apostrophes** become ``'``: China’s, China‘s, China's.
3.  **NFKC**: presentation forms (``ﻻ``), full width forms and ا + madda become the plain letter.
    A symbol that would turn into letters (``™``, ``㎏``, ``½``) becomes a space instead: it is no
    part of the word it stands beside.
4.  **Marks go**: harakat, superscript alef, honorific and Quranic signs, tatweel. pyarabic knows
    which (`araby.DIACRITICS`); its `strip_tashkeel` would leave U+0670 and U+0610-061A.
5.  **Letters typed on an Arabic keyboard**, and the hamzas that Urdu writers set as they please,
    become one letter: see `URDU_LETTERS` and `URDU_ENDINGS`. pyarabic's `normalize_hamza` and
    `normalize_alef` are not used: they turn آم into ءءم and لائبریری into لاءبریری.
6.  **Digits** of every script become 0-9, and the commas of 3,500 and 1,50,000 go.
7.  **Latin letters** lose case and accents (Café is cafe), and initials their dots (U.S. is us).

Kept apart, because they make other words: ے and ی (کے, کی), ھ and ہ (بھائی, بہائی), ں and ن
(میں, مین), آ and ا (آپ, اپ), and ئ inside a word (where only spelling differs, as in ایئر and
ائیر, `index.text.analysis.stem` joins them). A term stays a word that an Urdu reader recognises.

`benchmarks/analysis_ablation.py` measures the rules for letters, marks and endings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TypeVar, cast

from pyarabic import araby

_K = TypeVar("_K")
_V = TypeVar("_V")

NORMALIZER_VERSION = "2"
"""Raise it with every change of what `normalize` returns: indexes built before must be rebuilt. A test
fails if it is forgotten."""

INVISIBLE = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
)
"""What takes no room on the page. This and what follows are insides of a regular expression's []."""

MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
"""Marks on Arabic letters."""

JOINERS = "\u200c\u200d"
"""What Urdu writes inside words to keep letters apart or together."""

RIDING = "\u0640\u0674\u06e5\u06e6\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f"
"""What Unicode calls a letter, but is only a mark on one: tatweel, high hamza, lone harakat."""

APOSTROPHES = "'\u2018\u2019\u201b\u02bb\u02bc\u0060\u00b4\uff07"
"""What people type for the apostrophe of China's."""

GROUPING = ",\u060c\u066b\u066c"
"""Between groups of digits: 3,500 and ۳،۵۰۰ and, the Pakistani way, 1,50,000."""

ARABIC = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefe"
"""The blocks of the Arabic script."""

URDU_LETTERS: dict[str, str] = {
    # The Arabic keyboard's letters: the same ones to an Urdu reader.
    araby.YEH: "ی",
    araby.ALEF_MAKSURA: "ی",
    "\u06cd": "ی",
    araby.KAF: "ک",
    "\u06aa": "ک",
    araby.HEH: "ہ",
    "\u06d5": "ہ",
    # Hamza on alef is Arabic spelling; Urdu writes the bare letter.
    araby.ALEF_HAMZA_ABOVE: "ا",
    araby.ALEF_HAMZA_BELOW: "ا",
    araby.ALEF_WASLA: "ا",
    "\u0672": "ا",
    "\u0673": "ا",
    "\u0675": "ا",
    # Typed with and without: مؤثر and موثر, ڈاؤن and ڈاون. No two words differ by it alone.
    araby.WAW_HAMZA: "و",
    # Over final heh it only marks izafat: درجۂ حرارت is درجہ and حرارت. Over ے it is ئے.
    "\u06c0": "ہ",
    "\u06c2": "ہ",
    "\u06d3": "ئے",
    # Two keyboards for one letter, and سورۃ is more often سورہ than سورت.
    araby.TEH_MARBUTA: "ہ",
    "\u06c3": "ہ",
}
"""Letter -> letter, after NFKC and the removal of marks."""

URDU_ENDINGS: tuple[tuple[str, str], ...] = (
    # لئے and لیے, چاہئے and چاہیئے and چاہیے, گۓ: one word. After ا or و the hamza is needed (آئے).
    (r"(?<=[ب-نٹپچڈڑژکگھہں])ی?ئے(?!\w)", "یے"),
    # ایشیاء and ایشیا, علماء and علما, وزراء and وزرا.
    (r"(?<=ا)ء+(?!\w)", ""),
)
"""Pattern -> replacement at the end of a word, on folded text."""

_LATIN_LETTERS = {
    "ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h",
}  # fmt: skip
"""Latin letters that have a plain form, but no decomposition in Unicode."""

_LETTER = f"[^\\W\\d_{ARABIC}]"
_REMOVED = re.compile(f"[{INVISIBLE}{RIDING}]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_YEH_HAMZA = re.compile(f"[{araby.ALEF_MAKSURA}ی]{araby.HAMZA_ABOVE}")
_ENDINGS = [(re.compile(pattern), ending) for pattern, ending in URDU_ENDINGS]
_INITIALS = re.compile(rf"(?<![^\W_{ARABIC}]){_LETTER}(?:\.{_LETTER})+(?!\w)")
_GROUPED = re.compile(
    r"(?<!\d)(?<!\d[.,])"  # at the start of a number
    rf"[1-9]\d{{0,2}}(?:[{GROUPING}]\d{{2,3}})*[{GROUPING}]\d{{3}}(?!\d)"
)
_DECIMAL = re.compile(r"(?<=\d)\u066b(?=\d)")


def normalize(text: str) -> str:
    """Fold `text` to the form in which it is matched. Idempotent; the module tells the rules."""
    if text.isascii():
        folded = text.lower().replace("`", "'")
    else:
        folded = unicodedata.normalize("NFKC", text.translate(_FIRST))
        folded = _YEH_HAMZA.sub("ئ", folded)
        folded = unicodedata.normalize("NFC", folded.translate(_LETTERS))
        for pattern, ending in _ENDINGS:
            folded = pattern.sub(ending, folded)
    folded = _INITIALS.sub(_without_dots, folded) if "." in folded else folded
    folded = _GROUPED.sub(_digits_only, folded)
    return _DECIMAL.sub(".", folded)


def _without_dots(match: re.Match[str]) -> str:
    return match[0].replace(".", "")


def _digits_only(match: re.Match[str]) -> str:
    return "".join(filter(str.isdigit, match[0]))


class Table(dict[_K, _V]):
    """A table that works out a value when it is first asked for; one of `most` begins anew when it is full.

    For words, one after another: a look-up takes half as long as a call that remembers.
    """

    def __init__(self, make: Callable[[_K], _V], most: int | None = None) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: _K) -> _V:
        if self._most is not None and len(self) >= self._most:
            self.clear()
        value = self[key] = self._make(key)
        return value


def _first(code: int) -> str | None:
    """Steps 1 and 2, and the symbols that NFKC must not turn into letters."""
    char = chr(code)
    if char == "\u0674":  # high hamza, typed for the one that rides on a letter
        return cast(str, araby.HAMZA_ABOVE)
    if _REMOVED.match(char):
        return None
    plain = unicodedata.normalize("NFKC", char)
    if char in APOSTROPHES or plain in APOSTROPHES:
        return "'"
    return char if char.isspace() or _same_kind(char, plain) else " "


def _letter(code: int) -> str | None:
    """Steps 4 to 7, one character at a time; Urdu's own letters are given."""
    digit = unicodedata.decimal(chr(code), None)
    if digit is not None:
        return str(digit)
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", chr(code))).casefold()
    bare = "".join(_LATIN_LETTERS.get(letter, letter) for letter in bare)
    return unicodedata.normalize("NFKC", bare)


def _same_kind(char: str, plain: str) -> bool:
    """Whether NFKC leaves a letter letters, and a sign free of letters."""
    if char.isalnum():
        return all(_in_word(part) for part in plain)
    return plain == char or not any(map(str.isalnum, plain))


def _in_word(char: str) -> bool:
    return (char.isalnum() or unicodedata.category(char)[0] == "M") and char not in APOSTROPHES


_FIRST: Table[int, str | None] = Table(_first)
_LETTERS: Table[int, str | None] = Table(_letter)
_LETTERS.update({ord(char): letter for char, letter in URDU_LETTERS.items()})
_LETTERS.update({ord(char): char for char in "آئ"})  # NFD would take their madda and hamza
_LETTERS.update(dict.fromkeys(map(ord, [*araby.DIACRITICS, "\u0674"])))
_LETTERS.update(dict.fromkeys([*range(0x8D3, 0x8E2), *range(0x8E3, 0x900)]))


def one_keyboard(text: str) -> str:
    """`text` with the Arabic keyboard's ي and ك as Urdu writes them, letter for letter.

    For the encoder, which reads the two keyboards as different words; nothing else is folded,
    because it knows marks, digits and letter case better than a rule does.
    """
    return text.replace("ي", "ی").replace("ك", "ک")  # a table takes ten times as long
