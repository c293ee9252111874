"""Learns index/data/bilingual.npz: which words of Urdu and English translate each other.

    python -m training.train_lexicon PARALLEL URDU_ENGLISH NAMES [--measure]

PARALLEL is a table of `urdu, english, source`, URDU_ENGLISH one of `urdu, english, count` (votes), NAMES
one of `urdu, english, kind, source`, all tab-separated with a heading; `README.md` beside this file
tells where they come from. What is done with them is in `word_alignment.py`.

With `--measure` a tenth of the words of the dictionary (by a hash of their stems, in each language) and
of the names is kept out of learning and looked up, by how often the word stands in the sentences; else
everything is learned from and written.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.encoders.registry import open_encoder
from index.parts.lexicon import bilingual
from index.parts.lexicon.bilingual import BilingualLexicon, family, pack
from index.parts.vectors import unit
from index.text.analysis import Script, stem
from training.bitext_files import Pair, read_dictionary, read_names, read_parallel
from training.phrase_pairs import LONGEST_RUN, PhrasePair, apart, extract, listed, runs_of
from training.word_alignment import Meetings, Numbers, Sides, Vectors, Weights, align, cosines, meet

OUTPUT = Path(bilingual.__file__).parents[2] / "data" / "bilingual.npz"

NEWS_WORDS = Path(__file__).with_name("news_words.tsv")
"""Words of the news of these years that the tables lack, or know in other senses; the project's own, and always
learned from."""

HELD = 10
"""One in so many words and names is kept out to measure by."""

LEAST_COUNT, LEAST_SHARE, LEAST_SURETY = 0.25, 0.01, 0.1
"""Of a pair that is kept: less is noise. The share is that in the better direction."""

MOST = 24
"""Translations of a word that are kept in one direction."""

ENTRY_BIAS, ENTRY_VOTE, ENTRY_GAIN = 0.4, 0.5, 4.5
"""Log odds that a dictionary entry of single words is right: of one, what each further vote and the
cosine add. From reading 150 entries of one vote: of those with a cosine below 0 six in ten are
right, of those around .15 three quarters, of those above .35 all but two; most are literary."""

NAME_SURETY = 0.95

PHRASE_SURETY = 0.4
"""Least surety of a pair of phrases: what is said to be right with .4 is so in seven of ten cases."""

NEGATIONS, OPPOSITE_SHARE = ("un", "non", "in", "im", "il", "ir", "dis", "mis"), 0.05
"""What makes an English word its opposite, and how common a translation of the word without it must be to
be none of the word with it."""

READER_LEANING = 1.0
"""What is added to the log odds of `fit_surety`. It takes what the dictionary does not list for wrong with
one chance for all; of 96 pairs read, the rarer ones were right far more often than that (of those
said to be right with .1 to .3, two in five)."""

_FIT_FROM = 0.3
_BANDS = ((0, 1), (1, 3), (3, 11), (11, 101), (101, 10**9))


@dataclass(frozen=True)
class Learned:
    """Pairs of forms: their numbers, evidence and surety; parallel arrays."""

    urdu: npt.NDArray[np.int64]
    english: npt.NDArray[np.int64]
    count: Weights
    surety: Weights


def main() -> None:
    """Learn and write, or measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parallel", type=Path)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("names", type=Path)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    started = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - started:6.0f} s  {text}", file=sys.stderr, flush=True)

    news = [*read_dictionary(NEWS_WORDS)]
    pairs = [
        *read_parallel(options.parallel),
        *read_dictionary(options.dictionary),
        *read_names(options.names),
        *news,
    ]
    say(f"{len(pairs)} pairs of texts")
    sides = Sides.of(pairs)
    vectors = _vectors(sides.urdu, pairs, "urdu"), _vectors(sides.english, pairs, "english")
    say(f"{len(sides.urdu.known)} Urdu and {len(sides.english.known)} English stems have vectors")
    own = set(map(id, news))
    held = [pair for pair in pairs if _held(pair) and id(pair) not in own]
    out = set(map(id, held))
    kept = [pair for pair in pairs if id(pair) not in out]
    met = meet(kept, sides)
    links = align(met, likeness := cosines(met, *vectors))
    surety = fit_surety(met, links, likeness, kept, held, sides)
    say(f"log odds of a pair met in sentences: {np.round(surety, 3).tolist()}")
    if not options.measure:
        met = meet(kept := pairs, sides)
        links = align(met, likeness := cosines(met, *vectors))
    phrases = [*extract(kept, met, links, sides), *_entries(kept)]
    links = np.where(apart(kept, met, phrases, sides), 0.0, links)
    learned = _pruned(_forms(met, links, likeness, kept, surety), sides.english_forms)
    arrays = _arrays(learned, _one_each(phrases), sides, pairs)
    say(
        f"{len(learned.count)} pairs of words and {len(arrays['count']) - len(learned.count)} of phrases"
    )
    if options.measure:
        _measure(BilingualLexicon(arrays), held, kept)
        return
    np.savez_compressed(options.output, allow_pickle=False, **arrays)
    say(f"{options.output.name}: {options.output.stat().st_size:,} bytes")


def _vectors(stems: Numbers, pairs: Sequence[Pair], side: str) -> Vectors:
    """The centred unit vector of each stem's most frequent form."""
    counts = Counter(word for pair in pairs for word in getattr(pair, side))
    best: dict[str, str] = {}
    for word, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        best.setdefault(stem(word), word)
    found = open_encoder().encode_queries([best[name] for name in stems.words]).astype(np.float32)
    return unit(found - found.mean(axis=0))


def _held(pair: Pair) -> bool:
    if pair.kind == "name" or listed(pair):
        return zlib.crc32(" ".join(pair.urdu).encode()) % HELD == 0
    return _entry(pair) and bool(_asked(pair))


def _asked(pair: Pair) -> list[tuple[Script, str, str]]:
    """The questions that a single-word entry kept out answers: language, stem and right stem."""
    urdu, english = stem(pair.urdu[0]), stem(pair.english[0])
    asked: list[tuple[Script, str, str]] = []
    if zlib.crc32(urdu.encode()) % HELD == 0:
        asked.append(("ur", urdu, english))
    if zlib.crc32(english.encode()) % HELD == 1:
        asked.append(("en", english, urdu))
    return asked


def _entry(pair: Pair) -> bool:
    """Whether a pair is a dictionary entry of single words."""
    single = len(pair.urdu) == len(pair.english) == 1
    return pair.kind == "dictionary" and single and not listed(pair)


def fit_surety(
    met: Meetings,
    links: Weights,
    likeness: Weights,
    kept: Sequence[Pair],
    held: Sequence[Pair],
    sides: Sides,
) -> Weights:
    """The weights of `_features` in the log odds that a pair met in sentences is a translation.

    Fitted on the dictionary entries kept out, which list only some of what is right: a pair is listed
    with the chance that it is right times a recall that is fitted too (Elkan and Noto, "Learning
    classifiers from only positive and unlabeled data", KDD 2008).
    """
    right: dict[Script, set[tuple[int, int]]] = {"ur": set(), "en": set()}
    for pair in filter(_entry, held):
        both = sides.urdu.of(stem(pair.urdu[0])), sides.english.of(stem(pair.english[0]))
        for kind, _, _ in _asked(pair):
            right[kind].add(both)
    count = np.bincount(met.cell, links * _of_kind(kept, met, "sentence"))
    features = _features(count, likeness, met)
    rows, labels = [], []
    for place, (kind, source) in enumerate((("ur", met.urdu), ("en", met.english))):
        asked = np.unique([both[place] for both in right[kind]])  # type: ignore[index]
        for at in np.flatnonzero(np.isin(source, asked) & (count > _FIT_FROM)).tolist():
            rows.append(at)
            labels.append((int(met.urdu[at]), int(met.english[at])) in right[kind])  # type: ignore[index]
    inputs, listed = features[rows], np.array(labels)

    def loss(weights: Weights) -> float:
        chance = _logistic(inputs @ weights[:-1]) * _logistic(weights[-1:])
        chance = np.clip(chance, 1e-9, 1 - 1e-9)
        told = np.where(listed, np.log(chance), np.log1p(-chance)).sum()
        return float(0.05 * (weights[1:-1] ** 2).sum() - told)

    start = np.append(np.zeros(inputs.shape[1]), 1.0)
    found: Weights = minimize(loss, start).x[:-1]
    found[0] += READER_LEANING
    return found


def _features(count: Weights, likeness: Weights, met: Meetings) -> Weights:
    """1, log count, mean log share of both directions, cosine."""
    first = count / (np.bincount(met.urdu, count)[met.urdu] + 0.5)
    second = count / (np.bincount(met.english, count)[met.english] + 0.5)
    tiny = 1e-9
    shares = np.log(first * second + tiny**2) / 2
    return np.stack([np.ones(len(count)), np.log(count + tiny), shares, likeness], axis=1)


def _logistic(odds: Weights) -> Weights:
    chance: Weights = 1.0 / (1.0 + np.exp(-odds))
    return chance


def _of_kind(pairs: Sequence[Pair], met: Meetings, kind: str) -> npt.NDArray[np.bool_]:
    return np.array([pair.kind == kind for pair in pairs])[met.pair]


def _forms(
    met: Meetings, links: Weights, likeness: Weights, pairs: Sequence[Pair], surety: Weights
) -> Learned:
    """The evidence of stems given to the forms it was met in; dictionary entries by their odds."""
    sentence = _of_kind(pairs, met, "sentence")
    entry = np.array([_entry(pair) for pair in pairs])[met.pair]
    name = _of_kind(pairs, met, "name")
    votes = ENTRY_VOTE * (met.weight - 1.0)
    chance = _logistic(ENTRY_BIAS + votes + ENTRY_GAIN * likeness[met.cell])
    links = np.where(entry, links * chance, links)
    by_sentences = np.bincount(met.cell, links * sentence)
    sure = _logistic(_features(by_sentences, likeness, met) @ surety)[met.cell]
    size = int(met.english_form.max()) + 1
    keys, place = np.unique(met.urdu_form * size + met.english_form, return_inverse=True)
    doubt = np.ones(len(keys))
    told = np.where(entry, chance, np.where(name, NAME_SURETY * (links > 0.5), 0.0))
    for part in (np.where(by_sentences[met.cell] > 0, sure, 0.0), told):
        highest = np.zeros(len(keys))
        np.maximum.at(highest, place, part)
        doubt *= 1.0 - highest
    return Learned(keys // size, keys % size, np.bincount(place, links), 1.0 - doubt)


def _pruned(learned: Learned, english: Numbers) -> Learned:
    """What is more than noise."""
    count = learned.count
    ours = count / np.maximum(np.bincount(learned.urdu, count)[learned.urdu], LEAST_COUNT)
    theirs = count / np.maximum(np.bincount(learned.english, count)[learned.english], LEAST_COUNT)
    good = (count >= LEAST_COUNT) & (learned.surety >= LEAST_SURETY)
    good &= np.maximum(ours, theirs) >= LEAST_SHARE
    good &= ~_negated(learned, theirs, english)
    best = _among_first(learned.urdu, ours * good) | _among_first(learned.english, theirs * good)
    at = np.flatnonzero(good & best)
    return Learned(learned.urdu[at], learned.english[at], count[at], learned.surety[at])


def _negated(learned: Learned, share: Weights, english: Numbers) -> npt.NDArray[np.bool_]:
    """Which pairs are of a word and the translation of its opposite: unclear, of which the alignment keeps
    the واضح of غیر واضح. `share` is that of what the English word is translated by."""
    base = {
        number: english.known[word.removeprefix(prefix)]
        for word, number in english.known.items()
        for prefix in NEGATIONS
        if word.startswith(prefix) and len(word) >= len(prefix) + 3
        if word.removeprefix(prefix) in english.known
    }
    size = len(english.known)
    known = set((learned.urdu * size + learned.english)[share >= OPPOSITE_SHARE].tolist())
    pairs = zip(learned.urdu.tolist(), learned.english.tolist(), strict=True)
    return np.array([e in base and u * size + base[e] in known for u, e in pairs], bool)


def _among_first(source: npt.NDArray[np.int64], share: Weights) -> npt.NDArray[np.bool_]:
    order = np.lexsort((-share, source))
    ordered = source[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    found = np.zeros(len(order), bool)
    found[order] = rank < MOST
    return found


def _entries(pairs: Sequence[Pair]) -> list[PhrasePair]:
    """The phrases that the dictionary and the names list."""
    entries = [pair for pair in pairs if listed(pair)]
    runs = [runs_of(pair) for pair in entries]
    texts = [" ".join(urdu) for urdu, _ in runs], [" ".join(english) for _, english in runs]
    ours, theirs = (open_encoder().encode_queries(each).astype(np.float32) for each in texts)
    ours, theirs = unit(ours - ours.mean(axis=0)), unit(theirs - theirs.mean(axis=0))
    found = []
    cosines = np.einsum("ij,ij->i", ours, theirs).tolist()
    for pair, (urdu, english), cosine in zip(entries, runs, cosines, strict=True):
        votes = ENTRY_VOTE * (pair.weight - 1.0)
        chance = float(_logistic(np.array(ENTRY_BIAS + votes + ENTRY_GAIN * cosine)))
        sure = NAME_SURETY if pair.kind == "name" else chance
        found.append(PhrasePair(urdu, english, pair.weight * sure, sure))
    return found


def _one_each(phrases: Sequence[PhrasePair]) -> Iterator[tuple[str, str, float, float]]:
    """The sure pairs of phrases, the evidence of each taken together."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for each in phrases:
        both = " ".join(each.urdu), " ".join(each.english)
        count, doubt = found.get(both, (0.0, 1.0))
        found[both] = count + each.count, doubt * (1.0 - each.surety)
    for (urdu, english), (count, doubt) in found.items():
        if 1.0 - doubt >= PHRASE_SURETY:
            yield urdu, english, count, 1.0 - doubt


def _arrays(
    learned: Learned,
    phrases: Iterable[tuple[str, str, float, float]],
    sides: Sides,
    pairs: Sequence[Pair],
) -> dict[str, npt.NDArray[Any]]:
    """The file's arrays; words that have no pair are left out."""
    urdu, english = sides.urdu_forms.words, sides.english_forms.words
    rows = zip(learned.urdu, learned.english, learned.count, learned.surety, strict=True)
    words = [(urdu[u], english[e], float(count), float(surety)) for u, e, count, surety in rows]
    return pack(
        [*words, *phrases], {"ur": _millions(pairs, "urdu"), "en": _millions(pairs, "english")}
    )


def _millions(pairs: Sequence[Pair], side: str) -> dict[str, float]:
    """How often each word is met in a million content words of sentences."""
    met = Counter(word for pair in pairs if pair.kind == "sentence" for word in getattr(pair, side))
    return {word: count * 1e6 / met.total() for word, count in met.items()}


def _measure(lexicon: BilingualLexicon, held: Sequence[Pair], kept: Sequence[Pair]) -> None:
    """Print how the words and phrases kept out are translated."""
    met: dict[Script, Counter[str]] = {"ur": Counter(), "en": Counter()}
    for pair in kept:
        if pair.kind == "sentence":
            met["ur"].update(_families(pair.urdu_text))
            met["en"].update(_families(pair.english_text))
    print("| kept out | from | in sentences | words | known | P@1 | P@5 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    right = _right(held)
    for table in ("dictionary", "names", "phrases"):
        for kind in met:
            for least, most in _BANDS:
                found = [
                    (_first(lexicon, word, kind), answers)
                    for (name, lang, word), answers in right.items()
                    if (name, lang) == (table, kind) and least <= met[kind][family(word)] < most
                ]
                known = [(first, answers) for first, answers in found if first]
                one = sum(first[0] in answers for first, answers in known)
                five = sum(not answers.isdisjoint(first) for first, answers in known)
                size = max(1, len(found))
                print(
                    f"| {table} | {kind} | {least} to {most - 1} | {len(found)} "
                    f"| {len(known) / size:.3f} | {one / size:.3f} | {five / size:.3f} |"
                )


def _families(words: Sequence[str]) -> set[str]:
    """The words and runs of words of a text, as the lexicon tells them apart."""
    return {
        family("".join(words[at : at + size]))
        for size in range(1, LONGEST_RUN + 1)
        for at in range(len(words) + 1 - size)
    }


def _right(held: Sequence[Pair]) -> dict[tuple[str, Script, str], set[str]]:
    """The questions that what was kept out answers: table, language and word or phrase; and what is right."""
    right: dict[tuple[str, Script, str], set[str]] = defaultdict(set)
    for pair in held:
        if _entry(pair):
            for kind, asked, answer in _asked(pair):
                right["dictionary", kind, asked].add(answer)
            continue
        urdu, english = map(" ".join, runs_of(pair))
        table = "phrases" if listed(pair) else "names"
        if listed(pair) or " " not in urdu + english:
            right[table, "ur", urdu].add(family(english))
            right[table, "en", english].add(family(urdu))
    return right


def _first(lexicon: BilingualLexicon, word: str, kind: Script) -> list[str]:
    """The first five stems that a word is translated by."""
    forms: Counter[str] = Counter()
    for each in lexicon.meanings(word, kind).found:
        forms[family(each.word)] += each.share  # type: ignore[assignment]
    return [name for name, _ in forms.most_common(5)]


if __name__ == "__main__":
    main()
