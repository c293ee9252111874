"""Urdu names: runs of Urdu words that sound, word by word, like an English name of the archive.

Urdu has no capitals; but whom the archive's English calls Mohsin Naqvi, its Urdu calls محسن نقوی.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import log

import numpy as np

from index.arrays import Floats, Ints
from index.parts.lexicon.lexicon import Lexicon, Linked
from index.parts.suggestions.phrase_mining import Mined, Runs, content_words, rows_of
from index.parts.suggestions.word_stream import Words
from index.sound.phonetic_keys import SoundIndex
from index.sound.transliteration import SpellingModel
from index.text.analysis import is_stop, script

LONGEST_NAME = 3
MOST_LOOKED_UP = 8_000
"""Words of names whose Urdu spellings are looked for, the most frequent; about 1 ms for each."""

SOUND_FROM, SOUND_ALONE_FROM = 0.5, 0.8
"""Chance from which a word of a longer name spells another, and from which a lone one does."""

_SPELLINGS = 6
_PARTED_LETTERS = 7
_MOST_PARTED = 2_000
_MOST_COMBINATIONS = 64
_Spelt = Mapping[int, float]


@dataclass(frozen=True)
class NamePair:
    """The same name in both scripts: how many words it has in each, and which such run it is."""

    urdu: tuple[int, int]
    english: tuple[int, int]


def pair_names(found: Sequence[Mined], words: Words, lexicon: Lexicon) -> list[NamePair]:
    """Names of up to `LONGEST_NAME` words in pairs; the most frequent ones choose first."""
    found = found[:LONGEST_NAME]
    spellings = _spellings(found, words, lexicon)
    content = content_words(lexicon.words)
    urdu = np.zeros(len(lexicon.words), bool)
    urdu[[row for each in spellings.values() for row in each]] = True
    pairs = [
        pair
        for mined in found
        for pair in _pairs(mined, words, spellings, urdu & content if mined is found[0] else urdu)
    ]
    paired = {pair.english for pair in pairs}
    alone = [at for at in np.flatnonzero(found[0].names).tolist() if (1, at) not in paired]
    return [*pairs, *_parted(found, alone, words, lexicon)]


def _pairs(
    mined: Mined, words: Words, spellings: Mapping[int, _Spelt], urdu: np.ndarray
) -> list[NamePair]:
    runs = mined.runs
    rows = rows_of(runs, words)
    spelt = np.flatnonzero(urdu[rows].all(axis=1))
    place = dict(zip(map(tuple, rows[spelt].tolist()), spelt.tolist(), strict=True))
    pairs = []
    names = np.flatnonzero(mined.names)
    for english in names[np.argsort(-runs.count[names], kind="stable")].tolist():
        options = [spellings.get(row, {}) for row in rows[english].tolist()]
        best = _best(options, place, runs)
        if best is not None:
            pairs.append(NamePair((runs.length, place.pop(best)), (runs.length, english)))
    return pairs


def _parted(
    found: Sequence[Mined], alone: Sequence[int], words: Words, lexicon: Lexicon
) -> list[NamePair]:
    """Names that English writes as one word and Urdu as two: Faisalabad, فیصل آباد."""
    runs = found[1].runs
    together = np.flatnonzero(found[1].phrases | found[1].names)
    joined = {
        "".join(lexicon.words[row] for row in pair): at
        for at, pair in zip(together.tolist(), rows_of(runs, words)[together].tolist(), strict=True)
        if all(script(lexicon.words[row]) == "ur" for row in pair)
    }
    if not joined:
        return []
    urdu = list(joined)
    sounds = SoundIndex.build(urdu)
    single = found[0].runs
    spelt = rows_of(single, words)[:, 0]
    names = [at for at in alone if len(lexicon.words[spelt[at]]) >= _PARTED_LETTERS]
    names.sort(key=lambda at: -int(single.count[at]))
    names = names[:_MOST_PARTED]
    asked = [lexicon.words[spelt[at]] for at in names]
    found_like = [
        tuple(zip(places.tolist(), logs.tolist(), strict=True))
        for places, logs in sounds.all_sounding_like(asked, channel="english", limit=1)
    ]
    pairs = []
    for english, like, chances in zip(names, found_like, _chances(asked, found_like), strict=True):
        if like and chances[0] >= SOUND_ALONE_FROM and urdu[like[0][0]] in joined:
            pairs.append(NamePair((2, joined.pop(urdu[like[0][0]])), (1, english)))
    return pairs


def _best(
    options: Sequence[_Spelt], place: Mapping[tuple[int, ...], int], runs: Runs
) -> tuple[int, ...] | None:
    """The likeliest Urdu run of words that spell these, by sound and by how often it occurs."""
    least = SOUND_FROM if len(options) > 1 else SOUND_ALONE_FROM
    best: tuple[float, tuple[int, ...]] | None = None
    for run in islice(product(*options), _MOST_COMBINATIONS):
        if run in place:
            chances = [each[row] for each, row in zip(options, run, strict=True)]
            score = sum(map(log, chances)) + log(runs.count[place[run]])
            if min(chances) >= least and (best is None or score > best[0]):
                best = (score, run)
    return best[1] if best else None


def _spellings(
    found: Sequence[Mined], words: Words, lexicon: Lexicon
) -> dict[int, dict[int, float]]:
    """For each word of the English names the Urdu words that may spell it, with their chances."""
    often: Ints = np.zeros(len(lexicon.words), np.int32)
    for mined in found:
        rows = rows_of(mined.runs, words)[mined.names]
        np.add.at(often, rows.ravel(), 1)
    wanted = np.flatnonzero(often)
    order = np.lexsort((-lexicon.frequencies[wanted], -often[wanted]))
    chosen = wanted[order[:MOST_LOOKED_UP]].tolist()
    chosen = [row for row in chosen if not is_stop(lexicon.words[row])]
    names = [lexicon.words[row] for row in chosen]
    near = lexicon.all_sounding_like(names, "ur", "english", _SPELLINGS)
    return {
        row: {
            other: chance
            for (other, _), chance in zip(like, chances.tolist(), strict=True)
            if chance >= SOUND_FROM and not is_stop(lexicon.words[other])
        }
        for row, like, chances in zip(chosen, near, _chances(names, near), strict=True)
        if like
    }


def _chances(names: Sequence[str], near: Sequence[Linked]) -> list[Floats]:
    """How likely it is that each of the words found for each name (with log P) spells it."""
    model = SpellingModel.load()
    counts = [len(each) for each in near]
    backgrounds = [model.background(name, "english") for name in names]
    logs = np.array([log for each in near for _, log in each], np.float32)
    lengths = np.repeat(np.array([*map(len, names)], np.int32), counts)
    chances = model.match_probability(logs, np.repeat(backgrounds, counts), lengths, "english")
    return np.split(chances, np.cumsum(counts)[:-1]) if counts else []
