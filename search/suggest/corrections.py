"""Did you mean: other spellings of a query that found little.

Only single words outside of marks are looked at, and of them only those that the archive does not
know, or hardly knows, and that do not read as Roman Urdu. A correction is offered when more articles
hold it together with the greater part of the other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import inf, log1p

import numpy as np

from index import budget
from index.arrays import Ints, Mask
from index.opened import OpenIndex
from index.parts.keyword.bm25 import Concept, combine, idf
from index.parts.suggestions.phrase_mining import is_content
from index.text.analysis import is_stop, script, stem, tokenize
from search.config import Correcting, SearchConfig
from search.models import SearchRequest
from search.query.conditions import documents_meeting
from search.query.filters import documents_passing
from search.query.query import Atom, Query, parse_query
from search.rank.ranking import request_filters
from search.suggest.near_words import Near, NearWords
from search.understand.expansion import Expander
from search.understand.understanding import Understanding


@dataclass(frozen=True)
class _Change:
    """What the words `first` to `last` - 1 of the query may be meant for, and where that stands."""

    first: int
    last: int
    words: tuple[str, ...]
    spelt: str
    articles: Ints
    score: float


class Corrector:
    """Finds corrections in one index. Safe under threads."""

    def __init__(self, index: OpenIndex, config: SearchConfig) -> None:
        self._expander = Expander(index.lexicon, config, spelt=lambda: index.suggestions.spelt)
        self._index = index
        self._config = config
        self._near = NearWords(index.lexicon)

    def corrections(self, request: SearchRequest, understood: Understanding) -> tuple[str, ...]:
        """Up to `Correcting.MOST` whole queries that would find more, best first."""
        query = understood.query
        atoms = [atom for atom in query.atoms if atom.plain]
        doubtful = (at for at, atom in enumerate(atoms) if self._suspect(atom, understood))
        suspects = list(islice(doubtful, Correcting.MOST_SUSPECTS))
        if not suspects:
            return ()
        others = [atom for at, atom in enumerate(atoms) if at not in suspects and not atom.stop]
        candidates = self._candidates(request, understood, others)
        changes = [
            found for at in suspects if (found := self._changes(at, atoms, understood, candidates))
        ]
        texts = (_rewritten(query, atoms, chosen, self._config) for chosen in _together(changes))
        return tuple(islice((text for text in texts if text), Correcting.MOST))

    def _suspect(self, atom: Atom, understood: Understanding) -> bool:
        """Whether the archive does not know a word, or hardly, and it is no Roman Urdu of its words."""
        word, rare = atom.words[0], self._index.keyword.document_count // Correcting.RARE_IN
        if (
            len(word) < Correcting.LETTERS
            or not word.isalpha()
            or is_stop(word)
            or script(word) == "other"
        ):
            return False
        read = understood.of(atom).resolved
        is_read = bool(read) and self._index.lexicon.head(read) >= 0
        return not is_read and self._frequency(word) <= rare

    def _frequency(self, word: str) -> int:
        """In how many articles a word is, in its most frequent form."""
        head = self._index.lexicon.head(word)
        return int(self._index.lexicon.frequencies[head]) if head >= 0 else 0

    def _candidates(
        self, request: SearchRequest, understood: Understanding, others: Sequence[Atom]
    ) -> Mask:
        """The articles that pass the filters and hold enough of the other words."""
        columns = self._index.columns
        query = understood.query
        holding = documents_passing(columns, (request_filters(request), query.filters))
        lookup = understood.lookup(self._index, self._config)
        holding = documents_meeting(query.conditions, lookup, holding)
        held, total = np.zeros(len(columns), np.float32), 0.0
        for atom in others:
            articles = self._found_by(atom, understood)
            rarity = idf(len(articles), len(columns))
            held[articles] += np.float32(rarity)
            total += rarity
        holding &= held >= Correcting.COMPANY * total
        return holding

    def _found_by(self, atom: Atom, understood: Understanding) -> Ints:
        """The articles that hold a typed word, or what it surely stands for.

        What the encoder makes of a word that nobody wrote is a guess, and finds nothing.
        """
        known = self._frequency(atom.words[0]) > 0
        sure = (
            term
            for other in understood.of(atom).wanted
            if other.weight >= Correcting.SURE and (known or other.source != "meaning")
            if other.source != "spelling"  # it is searched already, and the correction says so
            for term in understood.terms_of(other.word)
        )
        return self._any_of([stem(atom.words[0]), *sure])

    def _any_of(self, terms: Sequence[str]) -> Ints:
        wanted = tuple((term, 1.0) for term in dict.fromkeys(terms))
        return combine(Concept("", wanted), self._index.keyword.posting)[0].docids

    def _changes(
        self, at: int, atoms: Sequence[Atom], understood: Understanding, candidates: Mask
    ) -> list[_Change]:
        """What one word may be meant for that is found more often, the likeliest first."""
        budget.check()
        word = atoms[at].words[0]
        if int(candidates[self._any_of([stem(word)])].sum()) >= Correcting.FEW:
            return []
        found = int(candidates[self._found_by(atoms[at], understood)].sum())
        least = max(1, Correcting.MUCH_MORE * self._frequency(word))
        options = [(at, at + 1, near) for near in self._near.near(word)]
        for first in (at - 1, at):
            if first >= 0 and first + 1 < len(atoms):
                pair = (atoms[first].words[0], atoms[first + 1].words[0])
                if joined := self._near.joined(*pair):
                    options.append((first, first + 2, joined))
        likely = sorted(options, key=lambda option: -self._likelihood(option[2], least))
        changes = []
        for first, last, near in likely[: Correcting.TRIED]:
            if self._likelihood(near, least) > -inf:
                words = tuple(self._index.lexicon.words[row] for row in near.rows)
                articles = self._all_of(words, candidates)
                if found and len(articles) <= found:
                    articles = self._all_of(words, candidates, alternatives=True)
                if len(articles) > found:
                    score = log1p(len(articles)) - Correcting.COST * near.cost
                    changes.append(_Change(first, last, words, self._spelt(near), articles, score))
        return sorted(changes, key=lambda change: -change.score)

    def _spelt(self, near: Near) -> str:
        """As the archive writes it, with the marks and joiners of Urdu; English in small letters."""
        spelt, words = self._index.suggestions.spelt, self._index.lexicon.words
        return " ".join(
            spelt.get(row, words[row]) if script(words[row]) == "ur" else words[row]
            for row in near.rows
        )

    def _likelihood(self, near: Near, least: int) -> float:
        words = [self._index.lexicon.words[row] for row in near.rows]
        frequency = min(self._frequency(word) for word in words)
        if frequency < least or not any(map(is_content, words)):
            return -inf
        return log1p(frequency) - Correcting.COST * near.cost

    def _all_of(
        self, words: Sequence[str], candidates: Mask, *, alternatives: bool = False
    ) -> Ints:
        """The candidates that hold all of some words, or what they surely stand for."""
        held = np.flatnonzero(candidates).astype(np.int32)
        for word in filter(is_content, words):
            meant = [word]
            if alternatives:
                others = self._expander.alternatives(word)
                meant += [
                    self._index.lexicon.words[e.row] for e in others if e.weight >= Correcting.SURE
                ]
            held = np.intersect1d(held, self._any_of(list(map(stem, meant))), assume_unique=True)
        return held


def _together(changes: Sequence[Sequence[_Change]]) -> Iterator[tuple[_Change, ...]]:
    """Changes of all words that some article holds together, else of one word; likeliest first."""
    if not changes:
        return
    combined = sorted(
        product(*(found[: Correcting.TRIED] for found in changes)),
        key=lambda chosen: -sum(change.score for change in chosen),
    )
    held = [chosen for chosen in combined if _apart(chosen) and _shared(chosen)]
    yield from held or ((change,) for found in changes for change in found[:1])


def _apart(chosen: Sequence[_Change]) -> bool:
    """Whether no word is changed twice."""
    places = [at for change in chosen for at in range(change.first, change.last)]
    return len(places) == len(set(places))


def _shared(chosen: Sequence[_Change]) -> bool:
    budget.check()
    common = set(chosen[0].articles.tolist())
    return bool(common.intersection(*(change.articles.tolist() for change in chosen[1:])))


def _rewritten(
    query: Query, atoms: Sequence[Atom], chosen: Sequence[_Change], config: SearchConfig
) -> str:
    """The query as typed but for the changes; empty if they cannot be made without touching more."""
    places = [at for at, atom in enumerate(query.atoms) if atom.plain]
    text, wanted = query.text, [atom.words for atom in query.atoms]
    for change in sorted(chosen, key=lambda each: -each.first):
        first, typed = places[change.first], atoms[change.first : change.last]
        wanted[first : first + len(typed)] = [(word,) for word in change.words]
        candidates = _replacements(text, [atom.words[0] for atom in typed], change.spelt)
        text = next((each for each in candidates if _reads(each, wanted, query, config)), "")
        if not text:
            return ""
    return text


def _replacements(text: str, typed: Sequence[str], new: str) -> Iterator[str]:
    """`text` with one place that has the typed words changed, for each such place."""
    tokens = tokenize(text)
    for at in range(len(tokens) - len(typed), -1, -1):
        if [token.term for token in tokens[at : at + len(typed)]] == list(typed):
            begin, end = tokens[at].start, tokens[at + len(typed) - 1].end
            spelt = new.capitalize() if text[begin].isupper() else new
            yield text[:begin] + spelt + text[end:]


def _reads(
    text: str, wanted: Sequence[tuple[str, ...]], query: Query, config: SearchConfig
) -> bool:
    """Whether a query has just these words, and the marks of another."""
    if len(text) > config.max_query_chars:
        return False
    read = parse_query(text, config, filtered=True)
    same = read.filters == query.filters and read.excluded == query.excluded
    same = same and len(read.conditions) == len(query.conditions)
    return same and [atom.words for atom in read.atoms] == list(wanted)
