"""Where text becomes words: the one tokenizer, its ranking key and its stop words.

Documents, queries, highlighting and the vocabulary all call `tokenize`; nobody splits text on
their own. A `Token` says which stretch of the *original* text it is, so the original spelling is
what gets highlighted, and its `term` is `normalize(text[start:end])`, always.

What is one word:

*   A letter and whatever rides on it: vowel marks, tatweel, joiners and bidi controls stay inside
    (``\\w+`` would break کِتاب in two).
*   Scripts part: ``IMFکے`` is two words, and so is ``2019ء``. Latin letters and digits stay
    together (5G, F16, 20th), a hyphen parts (COVID-19 is covid + 19, found as a phrase).
*   An apostrophe between Latin letters joins (China's, O'Brien); `stem` drops the possessive.
*   Numbers keep their separators: 3,500 is ``3500``, 3.5 is ``3.5``. Initials are one word: U.S.

Two keys for each word: the *term*, for phrases and exact matches, and `stem(term)`, for ranking.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, Literal

from index.normalize import (
    APOSTROPHES,
    ARABIC,
    GROUPING,
    INVISIBLE,
    NORMALIZER_VERSION,
    RIDING,
    normalize,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `term` is its matching form, `text[start:end]` its spelling."""

    term: str
    start: int
    end: int


LONGEST_WORD = 64
"""Characters. Longer runs (base64, a line of dashes typed as letters) are cut into such pieces."""


_ARABIC_LETTERS = ARABIC.replace("\u0600-\u06ff", "\u0600-\u065f\u066a-\u06ef\u06fa-\u06ff")
_ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u0673\u0675-\u06d3\u06d5\u06ee\u06ef"
    "\u06fa-\u06fc\u06ff\u0750-\u077f\u08a0-\u08c7\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufcf1"
    "\ufcf5-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdf9\ufe80-\ufefc"
)
_NO_WORD = (
    f"_{APOSTROPHES}\u00bc-\u00be\u013f\u0140\u0149\u037a\u2150-\u215f\u2189\u2474-\u249b"
    "\u3220-\u3229\U0001f100-\U0001f10a"
)
"""What Python's ``\\w`` takes for a word and is none: ½, ⑴, the modifier apostrophe."""


def _marks() -> str:
    """Character class of all combining marks: Python's ``\\w`` knows none of them."""
    codes = [code for code in range(0x300, 0xFFFF) if unicodedata.category(chr(code))[0] == "M"]
    return "".join(map(chr, codes)) + RIDING


_PATTERN = (
    # a number with separators: 3,500  1,50,000  3.5  192.168.1.1
    r"(?:{nonzero}\d{{0,2}}(?:[{grouping}]\d{{2,3}})*[{grouping}]\d{{3}}(?!\d)(?:[.\u066b]\d+)?)"
    r"|\d+(?:[.\u066b]\d+)+"
    # initials: U.S.A
    r"|{latin}(?:\.{latin})+(?!\w)"
    # a word in Arabic script
    r"|(?!ء){arabic}{{1,{longest}}}(?:(?:[{marks}{invisible}]*[{marks}]|[{invisible}]+(?={arabic}))"
    r"{arabic}{{0,{longest}}}){{0,{longest}}}"
    # a word in any other script, digits and apostrophes inside
    r"|{latin_digit}{{1,{longest}}}(?:(?:[{marks}{invisible}]*[{marks}]|[{invisible}]+(?={latin_digit})"
    r"|[{apostrophes}](?={latin})){latin_digit}{{0,{longest}}}){{0,{longest}}}"
)
_TOKEN = re.compile(
    _PATTERN.format(
        nonzero="[1-9\u0661-\u0669\u06f1-\u06f9]",
        grouping=GROUPING,
        latin=f"[^\\W\\d{_NO_WORD}{ARABIC}]",
        latin_digit=f"[^\\W{_NO_WORD}{_ARABIC_LETTERS}]",
        arabic=f"[{_ARABIC}]",
        marks=_marks(),
        invisible=INVISIBLE,
        apostrophes=APOSTROPHES,
        longest=LONGEST_WORD,
    )
)

_normalized = lru_cache(maxsize=1 << 16)(normalize)


def tokenize(text: str) -> list[Token]:
    """The words of `text` in reading order. ``token.term == normalize(text[start:end])``."""
    tokens = []
    for match in _TOKEN.finditer(text):
        term = _normalized(match[0])
        if term:
            tokens.append(Token(term, match.start(), match.end()))
    return tokens


Script = Literal["ur", "en", "other"]


def script(term: str) -> Script:
    """In which script a term is written: `ur` for Arabic script, `en` for Latin, else `other`."""
    for char in term:
        if "\u0600" <= char <= "\u06ff" or "\u0750" <= char <= "\u077f":
            return "ur"
        if "a" <= char <= "z":
            return "en"
    return "other"


URDU_STOP_WORDS = """
کا کی کے کو نے میں سے پر تک اور یا ہے ہیں تھا تھی تھے تھیں ہو ہوا ہوئی ہوئے ہوں یہ وہ اس ان جو کہ
بھی ہی تو نہ ایک ء ھ
"""
ENGLISH_STOP_WORDS = """
a an the of to in on at by for from with and or is are was were be been am as that this it its
"""

stop_words: frozenset[str] = frozenset(
    normalize(word) for word in (URDU_STOP_WORDS + ENGLISH_STOP_WORDS).split()
)
"""Function words that say nothing about a document's subject. For ranking, never for phrases."""


def is_stop(term: str) -> bool:
    """Whether a term (as `tokenize` gives it) is left out of ranking."""
    return term in stop_words


URDU_SUFFIXES: tuple[tuple[str, str, int], ...] = (
    ("یوں", "ی", 2),
    ("یاں", "ی", 2),
    ("ئیں", "", 2),
    ("ؤں", "", 2),
    ("وں", "", 2),
    ("یں", "", 3),
)
"""Suffix, what stands in its place, how many letters must stand before it."""


@lru_cache(maxsize=1 << 16)
def stem(term: str) -> str:
    """The ranking key of a term: inflected forms of one word share it."""
    kind = script(term)
    if kind == "ur":
        return _urdu_stem(term)
    return _english_stem(term) if kind == "en" else term


def _urdu_stem(term: str) -> str:
    for suffix, ending, least in URDU_SUFFIXES:
        if term.endswith(suffix) and len(term) - len(suffix) >= least:
            return term[: -len(suffix)] + ending
    return term


def _english_stem(term: str) -> str:
    stemmed: str = _snowball().stemWord(term)
    return stemmed.replace("'", "") or term


@cache
def _snowball() -> Any:
    """The stemmer, loaded when the first English word comes (it imports slowly)."""
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()


def _fingerprint() -> str:
    parts = [
        NORMALIZER_VERSION,
        _PATTERN,
        _ARABIC,
        repr(URDU_SUFFIXES),
        " ".join(sorted(stop_words)),
        f"snowball-english {version('snowballstemmer')}",
    ]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


ANALYZER_FINGERPRINT = _fingerprint()
"""Changes with every rule above: an index made by other rules is refused, not searched wrongly."""
