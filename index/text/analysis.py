"""Where text becomes words: the one tokenizer, its ranking key and its stop words.

Documents, queries, highlighting and the vocabulary all call `tokenize`; nobody splits text on
their own. A `Token` says which stretch of the *original* text it is, so the original spelling is
what gets highlighted, and its `term` is `normalize(text[start:end])`, always.

What is one word:

*   A letter and whatever rides on it: vowel marks, tatweel, joiners and bidi controls stay inside
    (``\\w+`` would break کِتاب in two).
*   Scripts part: ``IMFکے`` is two words. The year sign of ``2019ء`` is none, so that 2019 ء میں
    and 2019 میں are one phrase.
*   Letters and digits part in every script, and so do the parts of a hyphen: Rs1,400, 20kg and
    ٹی20 hold a number that is a word of its own, and covid19, COVID-19 and Covid 19 are the same
    two words in a row. That such words were typed as one, `index.text.compounds` sees.
*   An apostrophe between Latin letters joins (China's, O'Brien); `stem` drops the possessive.
*   Numbers keep their separators (3,500 is ``3500``, 3.5 is ``3.5``), initials their letters
    (U.S. is ``us``).

Two keys for each word: the *term*, for phrases and exact matches, and `stem(term)`, for ranking.
Ranking is best by both: stems, plus exact terms at half weight (`benchmarks/analysis_ablation.py`).
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

import Stemmer

from index.text.normalize import (
    APOSTROPHES,
    ARABIC,
    GROUPING,
    INVISIBLE,
    NORMALIZER_VERSION,
    RIDING,
    Table,
    normalize,
)

Script = Literal["ur", "en"]
SCRIPTS: tuple[Script, ...] = ("ur", "en")
"""Of the two languages, in the order of every table that has a row for each."""


class Token(NamedTuple):
    """One word: `term` is its matching form, `text[start:end]` its spelling."""

    term: str
    start: int
    end: int


LONGEST_WORD = 64
"""Letters. What runs on longer (base64, a gene) is cut, so that no term is a page long."""

CACHED_WORDS = 1 << 17
"""Distinct words kept normalized and stemmed: most of the vocabulary of a large archive."""

_ARABIC_LETTERS = (
    "\u0620\u0622-\u063f\u0641-\u064a\u066e\u066f\u0671-\u0673\u0675-\u06d3\u06d5\u06ee\u06ef"
    "\u06fa-\u06fc\u06ff\u0750-\u077f\u08a0-\u08c7\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufcf1"
    "\ufcf5-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdf9\ufe81-\ufefc"
)
"""Letters that begin a word. Lone hamza does not: it is the year sign of 2019ء."""

_NO_LETTERS = (
    f"_{APOSTROPHES}\u00bc-\u00be\u013f\u0140\u0149\u037a\u2150-\u215f\u2189\u2474-\u249b"
    "\u3220-\u3229\U0001f100-\U0001f10a"
)
"""What Python's ``\\w`` takes for a letter or a digit and is none: ½, ⑴, ʼ."""

_SMALL_DIGITS = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2473\u24ea"
"""Digits that Python's ``\\d`` leaves out: m² is m and 2."""

_NUMBER = (
    # With separators: 3,500  1,50,000  3.5  192.168.1.1
    r"{nonzero}\d{{0,2}}(?:[{grouping}]\d{{2,3}})*[{grouping}]\d{{3}}(?!\d)(?:[.\u066b]\d+)?"
    r"|\d+(?:[.\u066b]\d+)+"
    r"|\d{{1,{most}}}|[{small}]{{1,{most}}}"
)
_INITIALS = (  # U.S.A
    r"{latin}[{marks}{invisible}]*(?:\.{latin}[{marks}{invisible}]*)+(?![\w{marks}{invisible}])"
)
_ARABIC_WORD = (  # letters, then marks, or invisible signs with a letter behind them
    r"[{arabic}][{arabic}\u0621]{{0,{most}}}(?:(?:[{marks}{invisible}]*[{marks}]"
    r"|[{invisible}]+(?=[{arabic}\u0621]))[{arabic}\u0621]{{0,{most}}}){{0,{most}}}"
)
_OTHER_WORD = (  # in any other script: the same, and apostrophes inside
    r"{other}{{1,{most}}}(?:(?:[{marks}{invisible}]*[{marks}]|[{invisible}]+(?={other})"
    r"|[{apostrophes}](?={latin})){other}{{0,{most}}}){{0,{most}}}"
)
WORD_PATTERN = f"{_NUMBER}|{_INITIALS}|{_ARABIC_WORD}|{_OTHER_WORD}"
_PLAIN_WORD = r"[a-zA-Z]{{1,{most}}}(?![\w.{marks}{invisible}{apostrophes}])"
_QUICK_PATTERN = f"(?! )(?:{_PLAIN_WORD}|{_ARABIC_WORD}|{_INITIALS}|{_OTHER_WORD}|{_NUMBER})"
"""Finds the words of `WORD_PATTERN`, which is the rule, in half the time: what is met most often is tried
first. No two kinds begin alike but those in Latin letters."""


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of words, with its classes of signs put in."""
    digits = "\u0660-\u0669\u06f0-\u06f9"
    blocks = ARABIC.replace("\u0600-\u06ff", "\u0600-\u065f\u066a-\u06ef\u06fa-\u06ff")
    marks = [
        chr(code) for code in range(0x300, 0xFFFF) if unicodedata.category(chr(code))[0] == "M"
    ]
    return re.compile(
        pattern.format(
            nonzero=f"(?![0\u0660\u06f0])[0-9{digits}]",
            grouping=GROUPING,
            latin=f"[^\\W\\d{_NO_LETTERS}{_SMALL_DIGITS}{ARABIC}]",
            other=f"[^\\W\\d{_NO_LETTERS}{_SMALL_DIGITS}{blocks}]",
            small=_SMALL_DIGITS,
            arabic=_ARABIC_LETTERS,
            marks="".join(marks) + RIDING,
            invisible=INVISIBLE,
            apostrophes=APOSTROPHES,
            most=LONGEST_WORD,
        )
    )


_TOKEN = compiled(_QUICK_PATTERN)
_PARTED = re.compile(f"({_TOKEN.pattern})")
_TERMS: Table[str, str] = Table(normalize, CACHED_WORDS)
term_of = _TERMS.__getitem__
"""The term of one word as it is spelt in a text."""


def tokenize(text: str) -> list[Token]:
    """The words of `text` in reading order, each with its place."""
    return [Token(term_of(match[0]), *match.span()) for match in _TOKEN.finditer(text)]


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The words of `text` from the place `start` on, where one begins: read as they are taken."""
    return (Token(term_of(match[0]), *match.span()) for match in _TOKEN.finditer(text, start))


def tokenize_from(text: str, start: int, most: int) -> list[Token]:
    """The first `most` words of `text` from the place `start` on, where one begins."""
    return list(islice(tokens(text, start), most))


def terms(text: str) -> list[str]:
    """The terms of `tokenize(text)`, without their places: faster, for whole archives."""
    return [_TERMS[word] for word in _TOKEN.findall(text)]


def surfaces(text: str) -> list[str]:
    """The words of `text` as they are spelt, in reading order."""
    found: list[str] = _TOKEN.findall(text)
    return found


def parted(text: str) -> list[str]:
    """What stands between the words of `text` and the words as they are spelt, by turns; both ends are no
    words, and may be empty. Where words stand is told by the lengths, faster than by `tokenize`."""
    return _PARTED.split(text)


def words_in(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The words of a part of `text` that no word crosses the ends of, as they are spelt."""
    return _TOKEN.finditer(text, start, end)


def script(term: str) -> Script | Literal["other"]:
    """In which script a term is written: `ur` for Arabic script, `en` for Latin, else `other`."""
    for char in term:
        if "a" <= char <= "z":
            return "en"
        if "\u0600" <= char <= "\u06ff" or "\u0750" <= char <= "\u077f":
            return "ur"
    return "other"


# Case markers and postpositions, forms of to be, pronouns, questions: each was left out singly
# and the ranking measured; the last line gained most (کس 53 queries to 4).
URDU_STOP_WORDS = """
کا کی کے کو نے میں سے پر تک لیے کیلیے اور یا کہ تو بھی ہی نہ ھ
ہے ہیں تھا تھی تھے تھیں ہو ہوں ہوا ہوئی ہوئے کر گا گی گے سکتا سکتے سکتی
یہ وہ اس ان اسے انہوں انھوں جو جس جن جب ایک
کیا کون کب کہاں کیوں کیسے کتنا کتنی کتنے کس
"""

# Not who, us, it, may: in the news they are WHO, US, IT and a month.
ENGLISH_STOP_WORDS = """
a an the of to in on at by for from with and or but as that this
is are was were be been has have had do does did he she his her they their its
what which when where how why
"""

stop_words: frozenset[str] = frozenset(
    normalize(word) for word in (URDU_STOP_WORDS + ENGLISH_STOP_WORDS).split()
)
"""Function words that say nothing about a document's subject. For ranking, never for phrases."""


def is_stop(term: str) -> bool:
    """Whether a term (as `tokenize` gives it) is left out of ranking."""
    return term in stop_words


URDU_SUFFIXES: tuple[tuple[tuple[str, str, int], ...], ...] = (
    # Plural and oblique: شہریوں is شہری, ملاقاتیں is ملاقات, لڑکیاں is لڑکی, ورکرز is ورکر.
    (("وں", "", 2), ("یں", "", 2), ("یاں", "ی", 2), ("ز", "", 4)),
    # Arabic plurals and abstract nouns: سوالات is سوال, اکثریت is اکثر, ہدایات is ہدایت.
    (("یات", "", 3), ("ات", "", 3), ("یت", "", 3)),
    # The endings that inflect: حملہ, حملے (and حملوں); لڑکا, لڑکے; امریکا, امریکہ.
    (("ے", "", 2), ("ہ", "", 2), ("ا", "", 2)),
)
"""Rounds of (suffix, what replaces it, letters that must stand before it); one rule a round.

No rule for ی: it would make شہر (city) of شہری (citizen), with as many queries lost as won.
"""


@lru_cache(maxsize=CACHED_WORDS)
def stem(term: str) -> str:
    """The ranking key of a term: inflected forms and loose spellings of one word share it.

    Words in a row (`index.text.compounds.Run.term`) are looked up as they stand.
    """
    if " " in term:
        return term
    kind = script(term)
    if kind == "en":
        return _stemmers.english.stemWord(term).replace("'", "") or term
    return _urdu_stem(term) if kind == "ur" else term


def _urdu_stem(term: str) -> str:
    word = term.replace("ئ", "ی")  # ایئر and ائیر, شائد and شاید; as a term it would be misspelt
    for rules in URDU_SUFFIXES:
        for suffix, ending, least in rules:
            if word.endswith(suffix) and len(word) - len(suffix) >= least:
                word = word[: -len(suffix)] + ending
                break
    return word


class _Stemmers(threading.local):
    """The Snowball stemmer, one a thread: it keeps the word it works on and must not be shared."""

    def __init__(self) -> None:
        self.english = Stemmer.Stemmer("english", 0)


_stemmers = _Stemmers()


# What `index.text.compounds` posts beside the words of a text. It stands here to be in the fingerprint.

HYPHENS = "-\u2010\u2011\u2013"

MOST_PARTS = 3
"""Parts of a hyphenated word that is posted joined: Tehreek-e-Insaf, not state-of-the-art."""

ACRONYM = r"[A-Z](?<![^\W\d_].)(?:[A-Z]{1,5}|(?:\.[A-Z]){1,5})(?![^\W\d_])"
"""A word in capitals, with dots or without; longer ones are headlines and datelines. It begins with
the capital, not with what may not stand before it, because that is several times as fast."""

SENTENCE_END = r"[!?:;۔؟\n]|\.(?=\s|$)"
"""What a sentence that is all in capitals reaches to."""


def fingerprint() -> str:
    """A digest of every rule above."""
    rules = (
        NORMALIZER_VERSION,
        f"{WORD_PATTERN} {LONGEST_WORD} {_ARABIC_LETTERS} {_NO_LETTERS} {_SMALL_DIGITS}",
        repr(URDU_SUFFIXES),
        " ".join(sorted(stop_words)),
        f"snowball-english {Stemmer.version()}",
        f"{HYPHENS} {MOST_PARTS} {ACRONYM} {SENTENCE_END}",
    )
    return hashlib.blake2b("\0".join(rules).encode(), digest_size=8).hexdigest()


ANALYZER_FINGERPRINT = fingerprint()
"""Changes with the rules above: an index made by other rules is refused, not searched wrongly. A test
fails if words come out otherwise and this is as it was."""
