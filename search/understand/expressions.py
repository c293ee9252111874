"""Words of a query that are one thing together: prime minister, وزیر خزانہ, imran khan.

What such words are translated by is found together, as a run of words or as one: the bundled lexicon knows
phrases, and the archive's own names and phrases (`index.parts.suggestions.suggestions`) tell the
rest, where one of them is made of the translations of all words of another (finance + minister:
وزیر خزانہ, whatever the order). Each word of the query stays a concept of its own, so that an
article of its own language is ranked as ever; what the run means is another way to hold each of
them, and what the word means alone weighs less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np

from index.arrays import Ints, Longs, place_of
from index.budget import check
from index.opened import OpenIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.suggestions.suggestions import NAME, PHRASE
from index.text.analysis import script, stem
from index.text.spoken_letters import letters_of
from search.config import SearchConfig, Translating
from search.models import Alternative
from search.query.query import Query
from search.understand.expansion import Equivalent, Expander


@dataclass(frozen=True)
class Expression:
    """Words in a row of a query that are one thing, as they were typed, and what they are searched by."""

    words: tuple[str, ...]
    surface: str
    alternatives: tuple[Alternative, ...]

    @property
    def wanted(self) -> tuple[Alternative, ...]:
        """The alternatives that the reader did not switch off."""
        return tuple(each for each in self.alternatives if not each.off)


def terms_of(phrase: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Under which terms `KeywordIndex.posting` finds a phrase: as a run of its words in any inflection
    that the archive holds, and written as one word."""
    words = (
        dict.fromkeys((word, *lexicon.forms(word, Translating.FORMS))) for word in phrase.split()
    )
    return " ".join("|".join(forms) for forms in words), stem(phrase.replace(" ", ""))


def runs_of(query: Query) -> Iterator[tuple[tuple[str, ...], str]]:
    """The runs of two words and more, of one script, that stand side by side in a query, the longest
    first; and as they were typed."""
    rows: list[list[tuple[str, str]]] = [[]]
    for group in query.groups:
        atom = group.alternatives[0]
        plain = len(group.alternatives) == 1 and atom.plain and not atom.acronym
        plain = plain and not (atom.compound.letters and letters_of(atom.words[0]))
        if not plain or (rows[-1] and script(rows[-1][-1][0]) != script(atom.words[0])):
            rows.append([])
        if plain:
            rows[-1].append((atom.words[0], atom.surface))
    for size in range(Translating.LONGEST_RUN, 1, -1):
        for row in rows:
            for at in range(len(row) + 1 - size):
                part = row[at : at + size]
                yield tuple(word for word, _ in part), " ".join(typed for _, typed in part)


def holds(index: OpenIndex, phrase: str) -> bool:
    """Whether a phrase stands somewhere in an archive. Where words stand in a row is slow to read: what the
    counts of pairs leave open is."""
    run, as_one = terms_of(phrase, index.lexicon)
    if index.keyword.posting(as_one).df:
        return True
    told = _stands_in_a_row([words.split("|") for words in run.split()], index.lexicon)
    return bool(index.keyword.posting(run).df) if told is None else told


def _stands_in_a_row(run: Sequence[Sequence[str]], lexicon: Lexicon) -> bool | None:
    """Whether words stand in a row somewhere, of each of some the archive has any, as far as it tells which Urdu
    words follow each other; None if it does not."""
    if any(script(word) != "ur" for words in run for word in words):
        return None
    rows = [np.array([row for word in words if (row := lexicon.row(word)) >= 0]) for words in run]
    met = all(lexicon.pair_counts(*pair).any() for pair in pairwise(rows))
    if met:
        return True if len(run) == 2 else None
    return False if lexicon.bigram_least == 1 else None


_Alternatives = tuple[Alternative, ...]


class ExpressionFinder:
    """Finds the words of queries that are one thing, by the bundled lexicon and one archive."""

    def __init__(self, index: OpenIndex, expander: Expander, config: SearchConfig) -> None:
        self._lexicon = index.lexicon
        self._suggestions = index.suggestions
        self._expander = expander
        self._config = config

    def read(
        self,
        query: Query,
        read: Mapping[str, str],
        meanings: Mapping[str, _Alternatives],
        off: AbstractSet[str],
    ) -> tuple[Expression, ...]:
        """What is one thing in a query, each word in one of them at most: those that the bundled lexicon
        knows before those composed, the longest and likeliest first.

        `read` is each word as it is read (Roman Urdu in Urdu script), `meanings` its alternatives, `off`
        what the reader switched off.
        """
        runs = [run for run in runs_of(query) if len(set(run[0])) == len(run[0])]
        taken: set[str] = set()
        found: list[Expression] = []
        for composing in (False, True):
            options = []
            for words, surface in runs:
                if not taken.isdisjoint(words):
                    continue
                check()
                typed = [read[word] for word in words]
                alternatives = (
                    self._composed(typed, [meanings[word] for word in words])
                    if composing
                    else self._known(typed)
                )
                if alternatives:
                    shown = (
                        replace(each, off=each.word in off)
                        for each in alternatives[: Translating.MOST]
                    )
                    options.append(Expression(words, surface, tuple(shown)))
            options.sort(key=lambda each: (-len(each.words), -each.alternatives[0].weight))
            for each in options:
                if taken.isdisjoint(each.words):
                    found.append(each)
                    taken.update(each.words)
        return tuple(found)

    def _known(self, words: Sequence[str]) -> _Alternatives:
        """What the bundled lexicon and the archive know words in a row as."""
        return self._as_alternatives(self._expander.phrase(words))

    def _composed(self, words: Sequence[str], meanings: Sequence[_Alternatives]) -> _Alternatives:
        """What two words mean that are a name or a phrase of the archive, by what each of them means."""
        heads = [self._lexicon.head(word) for word in words]
        if len(words) != 2 or self.entry(heads[0], heads[1]) < 0:
            return ()
        options = [
            [
                (each, self._lexicon.head(each.word))
                for each in (*alternatives, *self._as_alternatives(self._expander.faint(word)))
                if " " not in each.word and each.source != "roman"
            ]
            for word, alternatives in zip(words, meanings, strict=True)
        ]
        found: dict[str, Alternative] = {}
        for (one, its), (other, others) in product(*options):
            weight = (one.weight * other.weight) ** Translating.COMPOSED_POWER
            if weight < Translating.COMPOSED_FROM or its == others:
                continue
            source = "sound" if one.source == other.source == "sound" else "meaning"
            for entry in (self.entry(its, others), self.entry(others, its)):
                if entry < 0:
                    continue
                text = " ".join(self._lexicon.words[row] for row in self._suggestions.words(entry))
                if text not in found or found[text].weight < weight:
                    found[text] = Alternative(text, one.lang, weight, source)
        best = max((each.weight for each in found.values()), default=1.0)
        ranked = sorted(found.values(), key=lambda each: (-each.weight, each.word))
        return tuple(replace(each, weight=round(each.weight**2 / best, 3)) for each in ranked)

    def _as_alternatives(self, found: Sequence[Equivalent]) -> _Alternatives:
        words = [(each.phrase or self._lexicon.words[each.row], each) for each in found]
        return tuple(
            Alternative(word, script(word), round(each.weight, 3), each.source)
            for word, each in words
        )

    def entry(self, first: int, second: int) -> int:
        """The commonest name or phrase that is a form of one head and then a form of another; -1 for none."""
        keys, entries = self._pairs
        at = place_of(keys, first << 32 | second) if min(first, second) >= 0 else -1
        return int(entries[at]) if at >= 0 else -1

    @cached_property
    def _pairs(self) -> tuple[Longs, Ints]:
        """The heads of names and phrases of two words, as (first << 32 | second), ascending, each pair once,
        and the commonest of its entries; made when first needed."""
        suggestions, heads = self._suggestions, self._lexicon.heads
        double = (np.diff(suggestions.starts) == 2) & np.isin(suggestions.kinds, (NAME, PHRASE))
        entries = np.flatnonzero(double)
        starts = suggestions.starts[entries]
        first, second = suggestions.rows[starts], suggestions.rows[starts + 1]
        keys = heads[first].astype(np.int64) << 32 | heads[second]
        order = np.lexsort((entries, first, -suggestions.counts[entries], keys))
        kept, places = np.unique(keys[order], return_index=True)
        return kept, entries[order[places]].astype(np.int32)


def with_expressions(
    alternatives: Mapping[str, tuple[Alternative, ...]],
    expressions: Sequence[Expression],
    config: SearchConfig,
) -> dict[str, tuple[Alternative, ...]]:
    """What each word of the expressions is searched by: what they mean, and at less weight what it
    means alone. Its other spellings are the word itself, and stay."""
    found: dict[str, tuple[Alternative, ...]] = {}
    for each in expressions:
        best = max((other.weight for other in each.wanted), default=0.0)
        scale = 1.0 - (1.0 - config.part_weight) * best
        for word in each.words:
            own = ("roman", "spelling") if script(word) == "ur" else ("roman",)
            alone = [
                other
                if other.source in own
                else replace(other, weight=round(other.weight * scale, 3))
                for other in alternatives[word]
                if other.word not in {one.word for one in each.alternatives}
            ]
            least = max(config.searched_from, config.likely_from * best)
            kept = [other for other in alone if other.weight >= least or other.source in own]
            found[word] = tuple(
                sorted((*each.alternatives, *kept), key=lambda other: (-other.weight, other.word))
            )
    return found
