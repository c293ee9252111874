"""Words that were typed as one: what joins them, and the ranking terms that only they have.

`index.text.analysis.tokenize` parts ``ex-minister`` and ``T20``, so that a phrase, a mark and a
search for one half find them. What is lost by that is kept here:

*   A document's hyphenated words are posted joined, too (``ex-minister`` under ``exminister``), so
    that one spelling finds the other.
*   A word in capitals (``IT``, ``U.S.``) is posted in capitals, too, unless its whole sentence is:
    the acronym is another word than the pronoun. Terms are folded to small letters, so nothing
    else is ever posted so.
*   Of a query's words, `typed_as_one` says which stand together, for ``T20`` asks for neither every
    T nor every 20.

The additional terms are in the ranking fields only: phrases, the vocabulary and what is learned
from it do not know them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.text.analysis import (
    ACRONYM,
    HYPHENS,
    LONGEST_WORD,
    MOST_PARTS,
    SENTENCE_END,
    Token,
    is_stop,
    stem,
    tokenize,
)
from index.text.normalize import ARABIC, normalize

_HYPHEN = re.compile(f"[{HYPHENS}]")
_BETWEEN_LETTERS = re.compile(rf"[{HYPHENS}](?<=[^\W\d_].)(?=[^\W\d_])")
_ACRONYM = re.compile(ACRONYM)
_SENTENCE_END = re.compile(SENTENCE_END)
_WORD_IN_CAPITALS = re.compile(r"(?<![^\W\d_])[A-Z]{2,}(?![^\W\d_])")
_ARABIC_LETTER = re.compile(f"[{ARABIC}]")

CURRENCIES = frozenset(normalize("rs re pkr inr usd eur gbp روپے روپیہ روپیے ڈالر").split())
"""What is glued to a number and leaves it a number: Rs50 is 50, too."""


class Run(NamedTuple):
    """Words in a row: their terms, and the stretch of text they are."""

    words: tuple[str, ...]
    surface: str

    @property
    def term(self) -> str:
        """Under which `KeywordIndex.posting` finds where they stand in a row."""
        return " ".join(self.words)


class Compound(NamedTuple):
    """How a word of a query stands among those it was typed together with.

    `runs` are the words in a row that it is looked for in, `alone` says that it means something
    without them, `joined` are the words that it may be a part of, written as one. `same` are other
    spellings of its run, or of itself, that the archive has: PTI for پی ٹی آئی
    (`index.text.spoken_letters`); `letters` says that it is an acronym, and no other word.
    """

    runs: tuple[Run, ...] = ()
    alone: bool = True
    joined: tuple[str, ...] = ()
    same: tuple[Run, ...] = ()
    letters: bool = False


ALONE = Compound()


def additions(text: str) -> list[str]:
    """The joined forms of the hyphenated words of a text, and its acronyms in capitals."""
    found = [stem(joined) for _, _, joined in hyphenated(text)]
    for sentence in _SENTENCE_END.split(text) if _ACRONYM.search(text) else ():
        acronyms = _ACRONYM.findall(sentence)
        if acronyms and not in_capitals(sentence):
            found += [acronym.replace(".", "") for acronym in acronyms]
    return found


def hyphenated(text: str) -> Iterator[tuple[int, int, str]]:
    """The hyphenated words of a text: where they begin and end, and the term of all parts as one."""
    end = 0
    while match := _BETWEEN_LETTERS.search(text, end):
        start, end = match.span()
        while start and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        piece = text[start:end]
        for first, last, joined in _joined(piece, tokenize(piece)):
            yield start + first.start, start + last.end, joined


def _joined(text: str, tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, str]]:
    """The first and the last token of each hyphenated word, and its term as one."""
    at = 0
    while at < len(tokens):
        end = at + 1
        while end < len(tokens) and _HYPHEN.fullmatch(
            text[tokens[end - 1].end : tokens[end].start]
        ):
            end += 1
        parts = tokens[at:end]
        joined = "".join(token.term for token in parts)
        if 2 <= len(parts) <= MOST_PARTS and _is_word(joined) and len(joined) <= LONGEST_WORD:
            yield parts[0], parts[-1], joined
        at = end


def _is_word(joined: str) -> bool:
    return joined.replace("'", "").isalpha()


def in_capitals(text: str) -> bool:
    """Whether a sentence of several words is all in capitals, so that they say nothing."""
    if not _WORD_IN_CAPITALS.search(text) or _ARABIC_LETTER.search(text):
        return False
    words = [piece for piece in text.split() if any(map(str.isupper, piece))]
    return len(words) > 1 and not any(map(str.islower, text))


def acronym(spelling: str) -> str:
    """The term of a word typed in capitals (IT, U.S., PIA's); empty for any other word."""
    match = _ACRONYM.match(spelling)
    if match is None or spelling[match.end() :].lower() not in ("", "'s", "’s"):
        return ""
    return match[0].replace(".", "")


def typed_as_one(text: str, tokens: Sequence[Token]) -> list[Compound]:
    """For each word of a query, the compound it is typed in; `tokens` are those of `text`."""
    close = [
        not any(map(str.isspace, text[before.end : after.start]))
        for before, after in pairwise(tokens)
    ]
    joined = {
        token.start: (term,)
        for first, last, term in _joined(text, tokens)
        for token in tokens
        if first.start <= token.start <= last.start
    }
    found = []
    for at, token in enumerate(tokens):
        pairs = [
            tokens[first : first + 2]
            for first in (at - 1, at)
            if 0 <= first < len(close) and close[first]
        ]
        bound = bool(pairs) and _says_little(token, [each for pair in pairs for each in pair])
        runs = tuple(_run(text, pair) for pair in pairs) if bound else ()
        found.append(Compound(runs, not bound, joined.get(token.start, ())))
    return found


def side_by_side(words: Sequence[str]) -> list[tuple[str, ...]]:
    """For each word of a query, what it is as one with its neighbours: ex minister, exminister.

    An empty word is the neighbour of none, and so is a stop word: in form is not inform.
    """
    pairs = [
        f"{one}{other}" if _may_join(one) and _may_join(other) else ""
        for one, other in pairwise(words)
    ]
    return [
        tuple(filter(None, (before, after)))
        for before, after in zip(["", *pairs], [*pairs, ""], strict=True)
    ][: len(words)]


def _may_join(word: str) -> bool:
    return word.isalpha() and not is_stop(word)


def _run(text: str, tokens: Sequence[Token]) -> Run:
    words = tuple(token.term for token in tokens)
    return Run(words, text[tokens[0].start : tokens[-1].end])


def _says_little(token: Token, compound: Sequence[Token]) -> bool:
    """Whether a word means nothing without its neighbours: the T and the 20 of T20, the K of
    K-Electric, the kg of 20kg; not the number of Rs50 or Rs1,400, nor the US of US-China."""
    others = [other.term for other in compound if other is not token]
    if token.term.isdecimal() and CURRENCIES.issuperset(others):
        return False
    if token.term in CURRENCIES and any(term[0].isdigit() for term in others):
        return True
    if len(token.term) == 1:
        return True
    return len(token.term) == 2 and any(term[0].isdigit() for term in (token.term, *others))
