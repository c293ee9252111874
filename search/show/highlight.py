"""Which words of a text answer the query: spans on the original spelling, never HTML.

A word is what `index.text.analysis.tokenize` says it is, so vowel marks, ZWNJ and both keyboards
are inside the mark, and a mark never ends within a word. Kinds, strongest first:

    exact     the word as typed, up to marks, keyboard and letter case
    variant   another inflection: only the stems agree
    meaning   no letter in common: a translation, the name in the other script, a word that the
              encoder takes for the query's (`search.show.alignment`), or the sentence the semantic
              arm found

A word typed in Roman Urdu counts as if it had been typed in Urdu.

A phrase is one mark over its run of words, for the reader asked for it as one thing; its words
alone are not marked. Stop words are marked inside a phrase, and alone only for a query that has
nothing else.

Kinds of evidence that know nothing of each other meet in `settle`: it keeps the stronger wherever
two overlap. What finds words by meaning has only to add its spans there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter
from typing import NamedTuple

from index.text.analysis import is_stop, stem, term_of, tokenize_from, words_in
from index.text.compounds import acronym, hyphenated
from index.text.openings import Openings
from search.config import Marking
from search.models import Span
from search.understand.understanding import Understanding, name_of

KINDS = ("exact", "variant", "meaning")
"""Strongest first."""


_Verdict = tuple[str, str, float]
"""The kind of a mark, the query's word and the strength."""

_Judgement = tuple["_Verdict | None", tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]
"""Of a word: its own verdict, and the phrases and the runs that may begin with it."""


class Meant(NamedTuple):
    """What a phrase of the other language answers, how surely, and the term it was looked up as."""

    surface: str
    strength: float
    term: str


@dataclass(frozen=True)
class Wanted:
    """What to mark: exact term -> the query's word, and runs of terms -> the query's phrase.

    `meanings` are stems of other words that answer a query's word, `strengths` how surely; `runs` the
    phrases among them: the stems of their words in a row, and what they were looked up as.
    `acronyms` are marked only where they are in capitals. `names` are the phrases that spell a name of
    the query otherwise, `spelt` other spellings of a query's words and phrases, as runs of terms.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    strengths: Mapping[str, float] = field(default_factory=dict)
    acronyms: Mapping[str, str] = field(default_factory=dict)
    runs: Mapping[tuple[str, ...], Meant] = field(default_factory=dict)
    names: frozenset[tuple[str, ...]] = frozenset()
    spelt: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, understood: Understanding) -> Wanted:
        """The wanted words and phrases of a query, those of `title:` included."""
        words: dict[str, str] = {}
        phrases: dict[tuple[str, ...], str] = {}
        meanings: dict[str, str] = {}
        strengths: dict[str, float] = {}
        acronyms: dict[str, str] = {}
        runs: dict[tuple[str, ...], Meant] = {}
        together = {word: each.surface for each in understood.expressions for word in each.words}
        names: set[tuple[str, ...]] = set()
        spelt = {
            run: atom.surface
            for atom, runs in understood.query.spelt
            for run in runs
            if atom in understood.query.atoms and atom.within is None
        }
        for atom in understood.query.atoms:
            if atom.phrase and atom.within is None:
                phrases.setdefault(atom.words, atom.surface)
                continue
            for run in atom.compound.runs:
                phrases.setdefault(run.words, run.surface)
            for run in understood.same(atom):
                phrases.setdefault(run.words, name_of(atom))
                names.add(run.words)
            for joined in atom.compound.joined:
                words.setdefault(joined, atom.surface)
            if atom.acronym:
                acronyms.setdefault(atom.acronym, atom.surface)
            if atom.acronym or not atom.compound.alone:
                continue
            meaning = understood.of(atom)
            for word in () if atom.stop else understood.words(atom):
                if meaning.weight >= Marking.MARKED_FROM and not meaning.function_word:
                    words.setdefault(word, atom.surface)
                for other in meaning.wanted:
                    if other.source == "spelling":
                        spelt.setdefault(tuple(other.word.split(" ")), atom.surface)
                    elif other.weight >= Marking.MARKED_FROM and other.source == "roman":
                        words.setdefault(other.word, atom.surface)
                    elif " " in other.word:
                        stems = tuple(map(stem, other.word.split()))
                        if other.weight > runs.get(stems, _UNSURE).strength:
                            term, joined = understood.terms_of(other.word)
                            surface = together.get(word, atom.surface)
                            runs[stems] = Meant(surface, min(1.0, other.weight), term)
                            meanings[joined], strengths[joined] = surface, runs[stems].strength
                    elif other.weight > strengths.get(key := stem(other.word), Marking.MARKED_FROM):
                        meanings[key], strengths[key] = atom.surface, min(1.0, other.weight)
        names_otherwise = frozenset(names)
        return cls(words, phrases, meanings, strengths, acronyms, runs, names_otherwise, spelt)

    @cached_property
    def stems(self) -> Mapping[str, str]:
        """Stem -> the query's word; the first typed wins where two share a stem."""
        stems: dict[str, str] = {}
        for term, word in self.words.items():
            stems.setdefault(stem(term), word)
        return stems

    @cached_property
    def openings(self) -> Openings:
        """How all begins that may be wanted."""
        alone = (run[0] for run in self.spelt if len(run) == 1)
        several = (*self.openers, *self.run_openers, *self.acronyms)
        return Openings((*self.words, *self.stems, *self.meanings, *alone, *several))

    @cached_property
    def spelt_runs(self) -> Mapping[tuple[str, ...], str]:
        """The other spellings that are several words in a row."""
        return {run: word for run, word in self.spelt.items() if len(run) > 1}

    @cached_property
    def openers(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """First term -> the phrases that begin with it, longest first."""
        return _by_first({*self.phrases, *self.spelt_runs})

    @cached_property
    def run_openers(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """First stem -> the runs that begin with it, longest first."""
        return _by_first(self.runs)

    @cached_property
    def judged(self) -> Mapping[str, _Judgement | None]:
        """Word as a text spells it -> how it is judged by itself, and the phrases and the runs that may
        begin with it, longest first. Each is judged when it is first met: texts repeat their words."""
        return _Remembered(self._judge)

    def _judge(self, word: str) -> _Judgement | None:
        capitals = self.acronyms.get(acronym(word)) if self.acronyms else None
        term = term_of(word)
        verdict = ("exact", capitals, 1.0) if capitals else self.verdict(term)
        phrases = self.openers.get(term, ())
        runs = self.run_openers.get(stem(term), ()) if self.runs else ()
        return (verdict, phrases, runs) if verdict or phrases or runs else None

    def verdict(self, term: str) -> _Verdict | None:
        """The kind of mark that a term gets, the query's word that it answers and how surely."""
        if word := self.words.get(term):
            return "exact", word, 1.0
        if word := self.spelt.get((term,)):
            return "variant", word, 1.0
        if is_stop(term):
            return None
        stemmed = stem(term)
        if word := self.stems.get(stemmed):
            return "variant", word, 1.0
        word = self.meanings.get(stemmed)
        return ("meaning", word, self.strengths.get(stemmed, 1.0)) if word else None

    def __bool__(self) -> bool:
        return bool(
            self.words or self.phrases or self.meanings or self.acronyms or self.runs or self.spelt
        )


_UNSURE = Meant("", Marking.MARKED_FROM, "")


class _Remembered(dict[str, "_Judgement | None"]):
    def __init__(self, judge: Callable[[str], _Judgement | None]) -> None:
        self._judge = judge

    def __missing__(self, word: str) -> _Judgement | None:
        self[word] = judged = self._judge(word)
        return judged


def mark(text: str, wanted: Wanted) -> tuple[Span, ...]:
    """The spans of `text` that answer the query: ordered, apart, each from word edge to word edge."""
    if not wanted:
        return ()
    pieces = wanted.openings.pieces(text)
    found = _mark_words(text, wanted, pieces)
    joined = [  # hyphenated words that the query has as one: ex-minister for exminister
        Span(start + first, start + last, *verdict)
        for start, end in (pieces if wanted.words else ())
        for first, last, word in hyphenated(text[start:end])
        if (verdict := wanted.verdict(word))
    ]
    return settle((*joined, *found)) if joined else tuple(found)


def _by_first(runs: Iterable[tuple[str, ...]]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """First word -> the runs that begin with it, longest first."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for run in sorted(runs, key=len, reverse=True):
        found[run[0]] = (*found.get(run[0], ()), run)
    return found


def _mark_words(text: str, wanted: Wanted, pieces: Iterable[tuple[int, int]]) -> list[Span]:
    """Words and phrases that begin in some pieces: a word within a phrase is not marked by itself."""
    spans: list[Span] = []
    taken = 0  # What stands before this is marked or passed.
    for match in chain.from_iterable(words_in(text, *piece) for piece in pieces):
        if (judged := wanted.judged[match[0]]) is None:
            continue
        (start, end), (verdict, phrases, runs) = match.span(), judged
        if not phrases and not runs:
            if verdict and start >= taken:
                spans.append(Span(start, end, *verdict))
            continue
        longest = max(len(each) for each in chain(phrases, runs))
        tokens = tokenize_from(text, start, longest)
        terms = tuple(token.term for token in tokens)
        if phrase := next((each for each in phrases if terms[: len(each)] == each), None):
            # Where two phrases overlap, the second gets what the first left.
            left = [token for token in tokens[: len(phrase)] if token.start >= taken]
            if left:
                word = wanted.phrases.get(phrase)
                kind = "meaning" if phrase in wanted.names else "exact" if word else "variant"
                word = word or wanted.spelt_runs[phrase]
                spans.append(Span(left[0].start, left[-1].end, kind, word))
                taken = left[-1].end
        stems = tuple(map(stem, terms)) if runs and start >= taken else ()
        if run := next((each for each in runs if stems[: len(each)] == each), None):
            taken = tokens[len(run) - 1].end
            surface, strength, _ = wanted.runs[run]
            spans.append(Span(start, taken, "meaning", surface, round(strength, 3)))
        if verdict and start >= taken:
            spans.append(Span(start, end, *verdict))
    return spans


def settle(spans: Iterable[Span]) -> tuple[Span, ...]:
    """One layer of marks from many: where two overlap, the stronger one stays, then the earlier.

    A weaker span gives way as a whole: cut in two it would mark words that nothing vouches for.
    """
    ordered = sorted(spans, key=_start)
    if all(one.start < one.end <= other.start for one, other in pairwise((*ordered, _END))):
        return tuple(ordered)
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(ordered, key=_weakness):
        places = range(span.start, span.end)
        if places and taken.isdisjoint(places):
            kept.append(span)
            taken.update(places)
    return tuple(sorted(kept, key=_start))


_start = attrgetter("start")
_END = Span(sys.maxsize, sys.maxsize, "")
"""Where every text has ended."""


def _weakness(span: Span) -> tuple[int, float, int, int]:
    kind = KINDS.index(span.kind) if span.kind in KINDS else len(KINDS)
    return kind, -span.strength, span.start, -span.end
