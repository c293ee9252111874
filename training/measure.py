"""Tables that say how well `index.sound.transliteration` finds words in a vocabulary."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.sound.phonetic_keys import SoundIndex
from index.sound.transliteration import CHANNELS, Channel, SpellingModel
from index.text.analysis import script, terms

LAMBDAS = (0.0, 0.3, 0.5, 0.7, 0.9)
"""Weights of the prior log(df + 1)."""


def vocabulary(documents: Path) -> tuple[list[str], npt.NDArray[np.float64]]:
    """The Urdu words of documents, and in how many they are."""
    df: Counter[str] = Counter()
    for line in documents.read_text("utf-8").splitlines():
        record = json.loads(line)
        df.update(set(terms(record["title"] + " " + record["text"])))
    words = sorted(word for word in df if script(word) == "ur")
    return words, np.array([df[word] for word in words], float)


def measure(
    model: SpellingModel,
    documents: Path,
    splits: Mapping[str, Mapping[tuple[str, str], int]],
    names: Sequence[tuple[str, str]],
    english: set[str],
    unseen: set[str],
    loans: Mapping[tuple[str, str], int],
) -> None:
    """Print everything."""
    words, df = vocabulary(documents)
    index = SoundIndex.build(words, model)
    print(f"{len(words)} Urdu words of {documents.name}")
    for split in ("dev", "test"):
        typed: dict[str, dict[str, float]] = {}
        for (latin, urdu), people in splits[split].items():
            typed.setdefault(latin, {})[urdu] = people
        table(f"typed, {split}", index, typed, "typed", np.log(df + 1))
    for channel in CHANNELS:
        loaned: dict[str, dict[str, float]] = {}
        for (latin, urdu), people in loans.items():
            loaned.setdefault(latin, {})[urdu] = people
        table(
            f"words of English spelling typed by two, channel {channel}",
            index,
            loaned,
            channel,
            np.log(df + 1),
        )
    latin_words = sorted(english | {latin for latin, _ in names})
    urdu_words = sorted({urdu for _, urdu in names} | set(words))
    by_latin: dict[str, dict[str, float]] = {}
    by_urdu: dict[str, dict[str, float]] = {}
    for latin, urdu in names:
        by_latin.setdefault(latin, {})[urdu] = 1.0
        by_urdu.setdefault(urdu, {})[latin] = 1.0
    for channel in CHANNELS:
        table(
            f"names by channel {channel}, Latin to {len(urdu_words)} Urdu",
            SoundIndex.build(urdu_words, model),
            by_latin,
            channel,
        )
        table(
            f"names by channel {channel}, Urdu to {len(latin_words)} Latin",
            SoundIndex.build(latin_words, model),
            by_urdu,
            channel,
        )
    typed_words = {latin for latin, _ in splits["test"]}
    real = sorted(unseen - {latin for latin, _ in names} - typed_words)
    typed_words -= english | {latin for latin, _ in splits["train"]}
    odds = [np.array([model.english_odds(w) for w in some]) for some in (real, sorted(typed_words))]
    rank = np.argsort(np.argsort(np.concatenate(odds)))[: len(odds[0])] + 1.0
    auc = (rank.sum() - len(odds[0]) * (len(odds[0]) + 1) / 2) / (len(odds[0]) * len(odds[1]))
    print(
        f"english_odds: AUC {auc:.4f} on {len(odds[0])} English and {len(odds[1])} typed words; right at 0: {np.mean(odds[0] > 0):.3f}, {np.mean(odds[1] < 0):.3f}"
    )
    for channel, pairs in (("typed", list(splits["test"])), ("english", list(names))):
        calibration(model, index, pairs, channel)


def table(
    title: str,
    index: SoundIndex,
    asked: Mapping[str, Mapping[str, float]],
    channel: Channel,
    logdf: npt.NDArray[np.float64] | None = None,
) -> None:
    """Recall and accuracy of the right words of `asked`, by weight, for every lambda."""
    row = {word: at for at, word in enumerate(index.words)}
    places: dict[float, list[float]] = {}
    weights: list[float] = []
    found, spent = [], []
    for word, right in asked.items():
        wanted = {row[other]: weight for other, weight in right.items() if other in row}
        if not wanted:
            continue
        begin = time.perf_counter()
        rows, scores = index.sounding_like(word, channel=channel, limit=1000)
        spent.append(1000 * (time.perf_counter() - begin))
        found.append(len(rows))
        weights += wanted.values()
        for weight in LAMBDAS if logdf is not None else (0.0,):
            order = scores if logdf is None else scores + weight * logdf[rows]
            ranked = rows[np.argsort(-order, kind="stable")].tolist()
            at = {other: place for place, other in enumerate(ranked)}
            places.setdefault(weight, []).extend(at.get(other, 10**6) for other in wanted)
    share = np.array(weights) / sum(weights)
    print(
        f"{title}: {len(found)} words, {np.mean(found):.0f} candidates scored, recall"
        f" {share[np.array(places[0.0]) < 10**6].sum():.4f}, ms a word p50 {np.median(spent):.2f},"
        f" p95 {np.percentile(spent, 95):.2f}, mean {np.mean(spent):.2f}"
    )
    for weight, place in places.items():
        top = [f"{share[np.array(place) < top].sum():.4f}" for top in (1, 3, 5)]
        print(f"    lambda {weight}: top 1 {top[0]}, top 3 {top[1]}, top 5 {top[2]}")


def calibration(
    model: SpellingModel, index: SoundIndex, pairs: Sequence[tuple[str, str]], channel: Channel
) -> None:
    """What `match_probability` says of right pairs, and of random candidates that are wrong."""
    random = np.random.default_rng(2)
    given: list[float] = []
    true: list[bool] = []
    right = set(pairs)
    for latin, urdu in pairs[:: max(1, len(pairs) // 2000)]:
        rows, scores = index.sounding_like(latin, channel=channel, limit=1000)
        wrong = [at for at, r in enumerate(rows.tolist()) if (latin, index.words[r]) not in right]
        if not wrong:
            continue
        pair = [
            model.log_likelihood(latin, [urdu], channel)[0],
            scores[wrong[random.integers(len(wrong))]],
        ]
        given += model.match_probability(
            np.array(pair, np.float32), model.background(latin, channel), len(latin), channel
        ).tolist()
        true += [True, False]
    p, y = np.array(given), np.array(true)
    print(f"match_probability, {channel}: said -> true")
    for low in np.arange(0, 1, 0.2):
        inside = (p >= low) & (p < low + 0.2 + 1e-9)
        if inside.any():
            print(f"    {p[inside].mean():.2f} -> {y[inside].mean():.2f} ({inside.sum()} pairs)")
