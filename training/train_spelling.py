"""Learns index/data/spelling.npz: how Urdu words are written in Latin letters.

    python -m training.train_spelling ROMAN_URDU URDU_ENGLISH NAMES PARALLEL [--documents JSONL] [--measure]

ROMAN_URDU is a table of `roman, urdu, count, split` (Dakshina, CC BY-SA 4.0), URDU_ENGLISH one of
`urdu, english, count` (the crowd dictionary of the Indian Parallel Corpora, CC BY-SA 3.0), NAMES one of
`urdu, english, kind` and PARALLEL one of sentences, `urdu, english, source`, all tab-separated with a
heading. `README.md` beside this file tells what is done with them.

First everything is learned from split train alone and measured on dev and test, and the logistic
of `match_probability` is fitted on dev. With `--measure` that is all; else the parameters are then
learned again from train and dev, and written. The words of `--documents` are the vocabulary to
measure in; nothing is learned from them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.sound import transliteration
from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import (
    BREADTH,
    CHANNELS,
    COUNT_UNIT,
    LEVELS,
    NGRAM_BITS,
    SITES,
    Channel,
    SpellingModel,
    fold_latin,
    ngrams,
    urdu_symbols,
)
from index.text.analysis import script, terms
from index.text.normalize import normalize
from training.alignment import OTHERS, PRIORS, Learned, Pairs, train
from training.measure import measure
from training.name_words import (
    NAMES_ALIKE,
    SOUNDS_ALIKE,
    Found,
    from_sentences,
    from_tables,
    sounding_alike,
)

Weights = dict[str, npt.NDArray[Any]]
People = Counter[tuple[str, str]]

OUTPUT = Path(transliteration.__file__).parents[1] / "data" / "spelling.npz"
SPLITS = ("train", "dev", "test")

MINED_WEIGHT, ENGLISH_WEIGHT, TYPED_WEIGHT = 2.0, 1.0, 0.3
"""In the `english` channel: of a mined pair, times 1 + log of the places it was found in; of a person who typed a word of English spelling;
and of one who typed another, which only smooths what is rare."""

KEPT = {"typed": (12.0, 0.5), "english": (8.0, 0.5)}
"""Wide contexts seen less often than this, and chunks of them, are left out of the file."""


def read_roman_urdu(path: Path) -> dict[str, People]:
    """Typed spellings by split. A word that normalizes to one of a later split is moved there."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    split_of: dict[str, int] = {}
    pairs = []
    for row in rows:
        urdu, latin = normalize(row["urdu"]), fold_latin(row["roman"])
        if latin and urdu_symbols([urdu])[0].size:
            split_of[urdu] = max(split_of.get(urdu, 0), SPLITS.index(row["split"]))
            pairs.append((latin, urdu, int(row["count"])))
    splits = {split: People() for split in SPLITS}
    for latin, urdu, count in pairs:
        splits[SPLITS[split_of[urdu]]][latin, urdu] += count
    return splits


def read_dictionary(path: Path) -> list[tuple[str, str]]:
    """Entries of one word on both sides: (folded English word, normalized Urdu word)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    entries = set()
    for row in rows:
        urdu, english = terms(row["urdu"]), terms(row["english"])
        if len(urdu) == len(english) == 1 and len(urdu[0]) > 1 and script(urdu[0]) == "ur":
            entries.add((fold_latin(english[0]), urdu[0]))
    return sorted(entry for entry in entries if len(entry[0]) > 1)


def held_out(urdu: str) -> int:
    """0 to 9, by the word alone: 0 is never learned from, 1 only for the final weights."""
    return hashlib.blake2b(urdu.encode(), digest_size=1).digest()[0] % 10


def channel_weights(learned: Learned, channel: Channel) -> Weights:
    """The arrays of one channel, pruned and packed as `index.sound.transliteration` reads them."""
    codes = np.zeros((SITES, BREADTH), np.int32)
    for site, chunks in enumerate(learned.chunks):
        for place, chunk in enumerate(chunks, BREADTH - 60):
            codes[site, place] = _code(chunk)
    weights: Weights = {
        f"{channel}_chunks": codes,
        f"{channel}_prior": np.array(PRIORS, np.float32),
    }
    least_context, least_chunk = KEPT[channel]
    before = np.ones(0, bool)
    for level in range(LEVELS):
        counts = np.where(learned.counts[level] < least_chunk, 0.0, learned.counts[level])
        kept = np.ones(len(counts), bool)
        if level > 1:
            kept = (counts.sum(axis=1) >= least_context) & before[learned.narrower[level]]
        units = np.rint(counts[kept] * COUNT_UNIT).astype(np.uint32)
        if level == 0:
            known = codes[learned.keys[0]] > 0
            known[:, 0] = True
            units = np.maximum(units, known)
        at = np.flatnonzero(units)
        weights[f"{channel}_keys{level}"] = _small(np.diff(learned.keys[level][kept], prepend=0))
        weights[f"{channel}_at{level}"] = _small(np.diff(at, prepend=0))
        weights[f"{channel}_n{level}"] = _small(units.ravel()[at])
        before = kept
    return weights


def _small(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return numbers.astype(np.uint16 if numbers.max(initial=0) < 2**16 else np.uint32)


def _code(chunk: str) -> int:
    code = 0
    for letter in chunk:
        code = code * 27 + ord(letter) - 96
    return code


def background_weights(words: Mapping[str, float]) -> npt.NDArray[np.float16]:
    """Letter trigrams of Latin words, interpolated with shorter ones: log P(c | a, b).

    One letter in five may be any at all, so that a chance key press is not taken for a match.
    """
    counts = np.zeros((27, 27, 27))
    for latin, weight in words.items():
        letters = [0, 0, *(ord(letter) - 96 for letter in latin), 0]
        for a, b, c in zip(letters, letters[1:], letters[2:], strict=False):
            counts[a, b, c] += weight
    single = counts.sum(axis=(0, 1)) + 1.0
    pair = counts.sum(axis=0) + 10.0 * single / single.sum()
    pair /= pair.sum(axis=1, keepdims=True)
    triple = counts + 10.0 * pair
    triple /= triple.sum(axis=2, keepdims=True)
    return np.log(0.8 * triple + 0.2 / 27).astype(np.float16)


def odds_weights(english: set[str], typed: set[str], steps: int = 150) -> Weights:
    """Logistic regression of English against typed Urdu on hashed n-grams, by Adam."""
    words = sorted(english - typed) + sorted(typed - english)
    target = np.repeat([1.0, 0.0], [len(english - typed), len(typed - english)])
    features = [ngrams(word) for word in words]
    column = np.concatenate(features)
    row = np.repeat(np.arange(len(words)), [len(some) for some in features])
    balance = np.where(target == 1.0, 0.5 / target.sum(), 0.5 / (len(target) - target.sum()))
    weights = np.zeros(1 << NGRAM_BITS)
    bias = 0.0
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        logit = np.bincount(row, weights[column], len(words)) + bias
        error = (1.0 / (1.0 + np.exp(-logit)) - target) * balance
        gradient = np.bincount(column, error[row], len(weights)) + 2e-7 * weights
        bias -= 2.0 * float(error.sum())
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = 0.03 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        weights -= rate * first / (np.sqrt(second) + 1e-9)
    unit = np.abs(weights).max() / 127
    return {
        "english": np.rint(weights / unit).astype(np.int8),
        "english_unit": np.array(unit, np.float32),
        "english_bias": np.array(bias, np.float32),
    }


def match_weights(
    model: SpellingModel, pairs: Pairs, vocabulary: Sequence[str], channel: Channel
) -> npt.NDArray[np.float32]:
    """Logistic of `match_probability`: pairs against one other word of the same skeleton each."""
    random = np.random.default_rng(1)
    of_skeleton: dict[int, list[str]] = {}
    for word in vocabulary:
        for key in skeletons(word, latin=False):
            of_skeleton.setdefault(key, []).append(word)
    spelled: dict[str, set[str]] = {}
    for latin, urdu in pairs:
        spelled.setdefault(latin, set()).add(urdu)
    features, target = [], []
    for latin, urdu in sorted(pairs):
        others = [w for key in skeletons(latin, latin=True) for w in of_skeleton.get(key, ())]
        others = [word for word in others if word not in spelled[latin]]
        if not others:
            continue
        both = [urdu, others[random.integers(len(others))]]
        loglik = model.log_likelihood(latin, both, channel)
        length = len(fold_latin(latin))
        features += [
            [1.0, (value - model.background(latin, channel)) / length, value / length]
            for value in loglik
        ]
        target += [1.0, 0.0]
    x, y = np.array(features), np.array(target)
    weights = np.zeros(3)
    for _ in range(30):  # Newton's method
        p = 1.0 / (1.0 + np.exp(-x @ weights))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(3)
        weights += np.linalg.solve(hessian, x.T @ (y - p))
    return weights.astype(np.float32)


@dataclass(frozen=True)
class Sources:
    """What the `english` channel is learned from, beside typed spellings: entries of the dictionary, the
    table of names and sentence pairs. `folds` are those of `held_out` that may be learned from."""

    entries: Sequence[tuple[str, str]]
    names: Found
    texts: Path
    folds: range

    @cached_property
    def dictionary(self) -> set[str]:
        """The English words of the dictionary."""
        return {latin for latin, _ in self.entries}

    def kept_out(self, model: SpellingModel) -> set[tuple[str, str]]:
        """Words of the dictionary and of names that sound alike and were not learned from."""
        kept = [
            {pair for pair in pairs if held_out(pair[1]) not in self.folds}
            for pairs in (self.entries, self.names)
        ]
        return {
            pair
            for channel in CHANNELS
            for pairs, margin in zip(kept, (SOUNDS_ALIKE, NAMES_ALIKE), strict=True)
            for pair in sounding_alike(model, pairs, channel, margin)
        }

    def mined(self, model: SpellingModel, channel: Channel) -> dict[tuple[str, str], int]:
        """Pairs that sound alike, and in how many places they were found."""
        found = dict.fromkeys(sounding_alike(model, self.entries, channel), 1)
        alike = sounding_alike(model, self.names, channel, NAMES_ALIKE)
        found |= {pair: self.names[pair] for pair in alike}
        for pair, times in from_sentences(self.texts, model, channel).items():
            found[pair] = found.get(pair, 0) + times
        return {pair: times for pair, times in found.items() if held_out(pair[1]) in self.folds}


def learn(typed: People, sources: Sources, match: Mapping[str, npt.NDArray[Any]]) -> Weights:
    """All weights, from these pairs and entries; those of the match are given."""
    people = Counter[str]()
    for (latin, _), times in typed.items():
        people[latin] += times
    weights: Weights = {"background": background_weights(people)}
    weights["english_background"] = weights["background"]  # until names are known
    weights["others"] = OTHERS.astype(np.float32)
    nothing = np.zeros((), np.float32)
    weights |= {"english": np.zeros(1 << NGRAM_BITS, np.int8)}
    weights |= {"english_unit": nothing, "english_bias": nothing}
    weights |= {f"{c}_match": match.get(c, np.zeros(3, np.float32)) for c in CHANNELS}
    say("channel typed")
    typed_channel = channel_weights(train(dict(typed), say), "typed")
    weights |= typed_channel
    weights |= {f"english{key[5:]}": value for key, value in typed_channel.items()}
    model = SpellingModel(weights)
    seen = [entry for entry in sources.entries if held_out(entry[1]) in sources.folds]
    alike = sounding_alike(model, seen, "typed")
    weights |= odds_weights(
        {latin for latin, _ in seen} - {latin for latin, _ in alike},
        {latin for latin, _ in typed},
    )
    for channel in CHANNELS:  # pairs found by the one teach the other, which finds more
        model = SpellingModel(weights)
        mined = sources.mined(model, channel)
        english = {latin for latin, _ in seen} | {latin for latin, _ in mined}
        weights["english_background"] = background_weights(dict.fromkeys(english, 1.0))
        say(f"channel english, from {len(mined)} pairs found by channel {channel}")
        weights |= channel_weights(
            train(english_pairs(model, typed, sources.dictionary, mined), say), "english"
        )
    return weights


def english_pairs(
    model: SpellingModel,
    typed: People,
    dictionary: set[str],
    mined: Mapping[tuple[str, str], int],
) -> dict[tuple[str, str], float]:
    """What the `english` channel is learned from, with weights."""
    pairs = {
        (latin, urdu): people
        * (ENGLISH_WEIGHT if english_spelling(model, latin, dictionary) else TYPED_WEIGHT)
        for (latin, urdu), people in typed.items()
    }
    for pair, times in mined.items():
        pairs[pair] = pairs.get(pair, 0.0) + MINED_WEIGHT * (1.0 + math.log(times))
    return pairs


def english_spelling(model: SpellingModel, latin: str, dictionary: set[str]) -> bool:
    """Whether a typed word is an English one or looks like one: school, not iskool."""
    return (latin in dictionary and model.english_odds(latin) > -1) or model.english_odds(latin) > 1


def say(message: str) -> None:
    """Tell how far it is."""
    print(f"{time.process_time():6.0f} s  {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Train, measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("roman_urdu", type=Path)
    parser.add_argument("urdu_english", type=Path)
    parser.add_argument("names", type=Path)
    parser.add_argument("parallel", type=Path)
    parser.add_argument("--documents", type=Path, help="measure in the vocabulary of these")
    parser.add_argument("--measure", action="store_true", help="write nothing")
    parser.add_argument("--keep", type=Path, help="also write what split train alone gave")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()

    splits = read_roman_urdu(options.roman_urdu)
    entries = read_dictionary(options.urdu_english)
    names = from_tables(options.names, options.urdu_english)
    sources = Sources(entries, names, options.parallel, range(2, 10))
    weights = learn(splits["train"], sources, {})
    model = SpellingModel(weights)
    alike = sorted(sources.kept_out(model))
    tuning, testing = ([pair for pair in alike if held_out(pair[1]) == n] for n in (1, 0))
    known = {urdu for pairs in splits.values() for _, urdu in pairs} | {u for _, u in entries}
    known |= {urdu for _, urdu in names}
    vocabulary = sorted(known)
    match = {
        "typed": match_weights(model, dict(splits["dev"]), vocabulary, "typed"),
        "english": match_weights(model, dict.fromkeys(tuning, 1.0), vocabulary, "english"),
    }
    weights |= {f"{channel}_match": value for channel, value in match.items()}
    if options.keep:
        np.savez_compressed(options.keep, allow_pickle=False, **weights)
    say(f"match {match}")
    if options.documents:
        english = {latin for latin, urdu in entries if held_out(urdu) == 0}
        model = SpellingModel(weights)
        everything = sources.dictionary
        loans = {
            pair: n
            for pair, n in splits["test"].items()
            if n > 1 and pair[0] in everything and english_spelling(model, pair[0], everything)
        }
        unseen = english - {latin for latin, urdu in entries if held_out(urdu) > 1}
        measure(model, options.documents, splits, testing, english, unseen, loans)
    if not options.measure:
        sources = replace(sources, folds=range(1, 10))
        weights = learn(splits["train"] + splits["dev"], sources, match)
        options.output.parent.mkdir(exist_ok=True)
        np.savez_compressed(options.output, allow_pickle=False, **weights)
        say(f"{options.output.name}: {options.output.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
