"""The keyword arm: what a query asks for in words, and which documents hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from index.arrays import Floats, Ints, Mask, placed, united
from index.budget import checked
from index.parts.catalogue.catalogue import Columns
from index.parts.keyword.bm25 import Concept, KeywordScores, Posting, score
from index.parts.keyword.keyword_index import KeywordIndex
from index.text.analysis import SCRIPTS, is_stop, script, stem
from search.config import Scoring, SearchConfig
from search.query.conditions import Atom
from search.understand.understanding import Understanding, WordMeaning


@dataclass(frozen=True)
class Layer:
    """One way of looking the query's words up: by stem, or as the very words typed.

    `gains` are by how much more, or less, than 1 each document's score by this layer counts, dense over
    docids.
    """

    concepts: tuple[Concept, ...]
    lookup: Callable[[str], Posting]
    dfs: tuple[float, ...] = ()
    gains: Floats | None = None


@dataclass(frozen=True)
class KeywordResult:
    """Keyword scores of every document (0 for all but those in `docids`, ascending).

    Layer by layer the same concepts; the first is the one that decides what matches.
    `coverage` is the share (0..1) of the query's total rarity that the concepts a document holds carry, by
    whichever of their sure words; `weighted_coverage` the same with alternatives counted by their weight,
    and 0 for a document that holds none but loose ones: those add to its score, and do not make it found
    by words. `rarity` is what all of the query amounts to: the sum of the concepts' idf.
    """

    docids: Ints
    scores: Floats
    ceiling: float
    layers: tuple[Layer, ...]
    weighted_coverage: Floats
    coverage: Floats
    rarity: float

    def among(self, found: Mask) -> KeywordResult:
        """The same, where words count in some documents only: the others hold none."""
        docids = self.docids[found[self.docids]]
        scores, weighted_coverage, coverage = (
            placed(docids, each[docids], len(each))
            for each in (self.scores, self.weighted_coverage, self.coverage)
        )
        return replace(
            self,
            docids=docids,
            scores=scores,
            weighted_coverage=weighted_coverage,
            coverage=coverage,
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The query's words that documents were ranked by."""
        return tuple(concept.word for concept in self.layers[0].concepts)


def keyword_arm(
    understood: Understanding, index: KeywordIndex, columns: Columns, config: SearchConfig
) -> KeywordResult:
    """Score all documents for the query's words."""
    layers = _layers(understood, index, columns, config)
    size, documents = len(columns), index.document_count
    parts = [
        score(layer.concepts, layer.lookup, size, index.params, documents=documents)
        for layer in layers
    ]
    docids = united(size, (part.docids for part in parts))
    foreign = columns.lang[docids] != columns.language_code(understood.own_language)
    gains = _gains(parts, docids, foreign, config)
    scores = np.sum(
        [part.scores[docids] * (1 + own) for part, own in zip(parts, gains, strict=True)], axis=0
    )
    coverage = parts[0].coverage
    if len(parts) == 1:  # stop words say nothing of what else a document must hold
        coverage = placed(docids, parts[0].weighted_coverage[docids] > 0, size)
    return KeywordResult(
        docids,
        placed(docids, scores, size),
        sum(part.ceiling for part in parts),
        tuple(
            replace(layer, dfs=part.dfs, gains=placed(docids, own, size))
            for layer, part, own in zip(layers, parts, gains, strict=True)
        ),
        parts[0].weighted_coverage,
        coverage,
        parts[0].rarity,
    )


def _gains(
    parts: Sequence[KeywordScores], docids: Ints, foreign: Mask, config: SearchConfig
) -> list[Floats]:
    """By how much more than 1 the scores of each layer count in some documents.

    A document of another language than the query's (`foreign`) cannot hold its very words: what it
    lacks of them is made up for by its stems, as far as it holds all that was asked (its weighted coverage, in
    which a translation counts as much as it is sure). So no document exceeds the ceiling, and one that
    says all of it in another language stands above one that says some of it as typed.
    """
    if len(parts) == 1 or not parts[0].ceiling:
        return [np.zeros(len(docids), np.float32) for _ in parts]
    stems, exact = parts
    abroad = np.float32(config.exact_abroad) * stems.weighted_coverage[docids]
    made_up = np.where(foreign, abroad, np.float32(0))
    return [made_up * np.float32(exact.ceiling / stems.ceiling), -made_up]


def _layers(
    understood: Understanding, index: KeywordIndex, columns: Columns, config: SearchConfig
) -> tuple[Layer, ...]:
    """What to score by: stems, and the exact words at less weight.

    Stop words are left out unless there is nothing else; then the exact words alone are looked up,
    for only their field holds stop words.
    """
    all_stop = all(
        _unscored(word, atom, understood.of(atom))
        for atom in understood.query.atoms
        for word in understood.words(atom)
    )
    # Remembered for this search: every hit is explained by the same few postings.
    stemmed = cache(checked(_translations_of_other_languages(understood, index, columns)))
    exact = cache(checked(partial(index.posting, exact=True)))
    wanted = _concepts(understood, all_stop, config)
    exactly = tuple(words for _, words in wanted)
    if all_stop:
        return (Layer(exactly, exact),)
    return (
        Layer(tuple(stems for stems, _ in wanted), stemmed),
        Layer(tuple(replace(words, boost=Scoring.EXACT_WEIGHT) for words in exactly), exact),
    )


def _translations_of_other_languages(
    understood: Understanding, index: KeywordIndex, columns: Columns
) -> Callable[[str], Posting]:
    """Postings by stem; a translation's only from documents that are not of the language it was made
    from. What an Urdu article says it says in Urdu: the English words in it are names and titles."""
    made_from: dict[str, int] = {}
    kept = {stem(word) for atom in understood.query.atoms for word in understood.words(atom)}
    for meaning in understood.meanings.values():
        for other in meaning.wanted:
            terms = understood.terms_of(other.word)
            if other.source != "meaning":
                kept.update(terms)
            elif (source := "ur" if other.lang == "en" else "en") in columns.lang_names:
                made_from.update(dict.fromkeys(terms, columns.lang_names.index(source)))
    made_from = {term: code for term, code in made_from.items() if term not in kept}

    def look_up(term: str) -> Posting:
        found = index.posting(term)
        if term not in made_from:
            return found
        foreign = columns.lang[found.docids] != made_from[term]
        return Posting(found.docids[foreign], found.tf[foreign])

    return look_up


_Terms = tuple[tuple[str, float], ...]
_Word = tuple[str, Atom, WordMeaning]


def _unscored(word: str, atom: Atom, meaning: WordMeaning) -> bool:
    """Whether ranking passes over a word of an atom; never over an acronym or half of a T20."""
    if not atom.compound.alone or atom.acronym:
        return False
    return meaning.function_word or is_stop(word)


def _concepts(
    understood: Understanding, all_stop: bool, config: SearchConfig
) -> list[tuple[Concept, Concept]]:
    """Each concept, by its stems and by its exact words.

    A group of alternatives is one concept, and so are the words that a pattern stands for; each word
    of a phrase is one, and words that are looked up as the same are one.
    """
    found: dict[tuple[str, ...], tuple[str, dict[str, _Word]]] = {}
    spelt = dict(understood.query.spelt)
    for group in understood.query.groups:
        words = [
            (word, atom, understood.of(atom))
            for atom in group.alternatives
            for word in understood.words(atom)
            if all_stop or not _unscored(word, atom, understood.of(atom))
        ]
        several = len(group.alternatives) > 1 or group.alternatives[0].loose
        surface = " / ".join(atom.surface for atom in group.alternatives)
        for part in [words] if several and words else [[each] for each in words]:
            keys = tuple(dict.fromkeys(key for word in part for key in _keys(*word[:2])))
            _, typed = found.setdefault(keys, (surface if several else _name(*part[0][:2]), {}))
            for word in part:
                typed.setdefault(word[0], word)
    return [
        (
            _concept(word, stems, {stem(each) for each in _typed(typed)}, config),
            _concept(word, exact, _typed(typed), config),
        )
        for word, typed in found.values()
        for stems, exact in [_terms(typed.values(), understood, spelt, config)]
    ]


def _typed(words: dict[str, _Word]) -> set[str]:
    """The words of a concept that were typed as themselves, not for an acronym or a part of one."""
    return {word for word, atom, _ in words.values() if not (atom.acronym or atom.compound.runs)}


def _concept(word: str, terms: _Terms, typed: AbstractSet[str], config: SearchConfig) -> Concept:
    """A concept whose terms are loose if they were not typed and weigh little beside the best.

    The best of each language is not, if it is likely at all: the other has no article with the word typed.
    """
    needed = config.sure_from * max((weight for _, weight in terms), default=0.0)
    loose = {term for term, weight in terms if weight < needed and term not in typed}
    for kind in SCRIPTS:
        own = [(weight, term) for term, weight in terms if script(term) == kind]
        weight, best = max(own, default=(0.0, ""))
        if weight >= config.likely_from:
            loose.discard(best)
    return Concept(word, terms, loose=frozenset(loose))


def _keys(word: str, atom: Atom) -> tuple[str, ...]:
    """What a word is looked up as, before anything is added to it."""
    if not atom.compound.alone:
        return tuple(run.term for run in atom.compound.runs)
    return (atom.acronym or stem(word),)


def _name(word: str, atom: Atom) -> str:
    """A word as the reader sees it: one that needs its neighbours, with them."""
    if not atom.compound.alone:
        return " ".join(dict.fromkeys(run.surface for run in atom.compound.runs))
    return atom.acronym or word


def _terms(
    typed: Iterable[_Word],
    understood: Understanding,
    spelt: Mapping[Atom, Sequence[tuple[str, ...]]],
    config: SearchConfig,
) -> tuple[_Terms, _Terms]:
    """The weighted stems and exact words of a concept: typed ones, and what else they mean.

    A translation is looked up by its stem alone: which form it takes, the query does not say.
    """
    stems: dict[str, float] = {}
    exact: dict[str, float] = {}
    for word, atom, meaning in typed:
        acronym = [atom.acronym] if atom.acronym else []
        rows = (run.term for run in atom.compound.runs)
        for term in (*rows, *acronym, *(run.term for run in understood.same(atom))):
            _raise(stems, term, 1.0)
            _raise(exact, term, 1.0)
        for run in spelt.get(atom, ()):
            _raise(stems, stem(" ".join(run)), Scoring.SPELT_WEIGHT)
        for joined in atom.compound.joined:
            _raise(stems, stem(joined), config.joined_weight)
        if not atom.compound.alone:
            continue
        # Beside what it is a part of, or what it looks like.
        weight = config.letter_weight if atom.compound.runs else meaning.weight
        weight = config.acronym_word_weight if atom.acronym else weight
        _raise(stems, stem(word), weight)
        _raise(exact, word, weight)
        if meaning.function_word:
            _raise(exact, meaning.resolved, 1.0)
        for other in meaning.wanted:
            for term in understood.terms_of(other.word):
                _raise(stems, term, other.weight)
            if other.source == "roman":
                _raise(exact, other.word, other.weight)
    return tuple(stems.items()), tuple(exact.items())


def _raise(weights: dict[str, float], term: str, weight: float) -> None:
    weights[term] = max(weight, weights.get(term, 0.0))
