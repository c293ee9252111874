"""Fits the weights of index/parts/stories/evidence.py: how sure it is that two articles tell one
story.

    python -m training.story_links --stories SET DATA [--judged FILE] --counter SET DATA
        --translations SET DATA --seeds DATA --near-miss DATA

SET is the folder of a test set, DATA that of its index (`talash index rebuild SET/documents.jsonl
--data DATA`). Nothing of a text is learned, only ten numbers for pairs of two languages, ten for
pairs of one and two for what is left when pairs are settled:

    stories       real tellings of two newsrooms: pairs of rel 2 tell one event, of rel 1 one running
                  story. The judgements are incomplete; FILE (id, id, 0 to 2) holds those made by reading
                  what an earlier fit thought likely. Every other pair counts as unrelated, which makes
                  the probabilities cautious. Only pairs of two languages.
    counter       agency reports and what newspapers made of them (COUNTER): all of one event
    translations  documents that answer one query (TICO-19), with the weight of few: they are easy. Those
                  of one language, all on one subject, tell different things.
    seeds         the sample archive; articles of one name tell the same, those of one language do not
    near-miss     the articles of tests/data/near_miss, indexed together with those of seeds/

Prints the weights and, for each set, how many links they would make and how many of them are right, the
weights then being fitted without the events that are judged (five parts). Of the stories also with which
probability what is left after settling tells one event, and how many links are left from each probability on.
"""

from __future__ import annotations

import argparse
import csv
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.opened import OpenIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.stories import stories
from index.parts.stories.build import StoryFinder, settle
from index.parts.stories.compare import judged
from index.parts.stories.evidence import Evidence
from index.store.manifest import current

NAMES = ("margin", "titles", "covered", "shared", "numbers", "other", "differ", "days")
WEIGHTS = {
    "across": {"stories": 1.0, "seeds": 1.0, "translations": 0.03, "near-miss": 1.0},
    "within": {"counter": 1.0, "seeds": 1.0, "translations": 0.3, "near-miss": 10.0},
}
"""What a pair of each set counts, of two languages and of one. Near misses in one language, of which no other
set has any that are judged, are few."""
RIDGE = 5e-6
PARTS = 5
EVENT, RUNNING = 2, 1
LEAST_LOGIT = -5.0
"""Of pairs that are settled: what is less likely is never the likeliest."""

Pair = frozenset[str]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One pair: the set it is of, its ids and codes of their languages, what is known of it, its label (0 to
    2), and a name for its event."""

    part: str
    names: tuple[str, str]
    languages: tuple[int, int]
    evidence: Evidence
    label: int
    event: str


def pairs(data: Path) -> Iterator[tuple[tuple[str, str], tuple[int, int], Evidence]]:
    """Every candidate pair of an index: its ids, its languages and what is known of it."""
    index, generation = OpenIndex.open_current(data), current(data)
    names = {docid: document.id for docid, document in index.catalogue.iter_documents()}
    finder = StoryFinder.of(
        generation, index.catalogue, Lexicon.open(generation), index.manifest.encoder.id
    )
    firsts = np.flatnonzero(index.columns.firsts).astype(np.int32)
    for first, second, evidence in finder.evidence(firsts, ruled_out=True):
        languages = index.columns.lang[[first, second]].tolist()
        yield (names[first], names[second]), (languages[0], languages[1]), evidence
    index.close()


def judgements(folder: Path) -> dict[str, dict[str, int]]:
    """The relevant documents of each query."""
    found: dict[str, dict[str, int]] = {}
    with (folder / "qrels.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            found.setdefault(row["qid"], {})[row["docid"]] = row["rel"]
    return found


def told(folder: Path, prefix: int) -> dict[Pair, int]:
    """Pairs of the document that a query was made of (its id follows the prefix) and its answers."""
    found: dict[Pair, int] = {}
    for query, documents in judgements(folder).items():
        for name, label in documents.items():
            if name != query[prefix:]:
                pair = frozenset((query[prefix:], name))
                found[pair] = max(label, found.get(pair, 0))
    return found


def answering_together(folder: Path) -> dict[Pair, int]:
    """Pairs of documents that answer one query."""
    return {
        frozenset((a, b)): EVENT
        for documents in judgements(folder).values()
        for a in documents
        for b in documents
        if a != b
    }


def read_judged(path: Path | None) -> dict[Pair, int]:
    """Pairs judged by reading: two ids and a label, with spaces between them."""
    if path is None:
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {frozenset(line.split()[:2]): int(line.split()[2]) for line in lines if line.strip()}


def near_misses() -> dict[Pair, int]:
    """The pairs that the near-miss articles were written to be."""
    path = Path("tests") / "data" / "near_miss_pairs.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {frozenset((row["first"], row["second"])): EVENT for row in rows}


def short(name: str) -> str:
    """The id without the folder that several folders of articles are told apart by."""
    return "/".join(name.split("/")[-2:])


def gather(options: argparse.Namespace) -> list[Row]:
    """The labelled pairs of all sets."""
    rows: list[Row] = []

    def add(part: str, data: Path, known: Mapping[Pair, int]) -> None:
        for (a, b), languages, evidence in pairs(data):
            pair = frozenset((a, b)) if part in known_by_id else frozenset((short(a), short(b)))
            event = a[:4] if part == "counter" else min(a, b)
            rows.append(Row(part, (a, b), languages, evidence, known.get(pair, 0), event))

    known_by_id = ("stories", "counter", "translations")
    read = read_judged(options.judged)
    folder, data = map(Path, options.stories)
    add("stories", data, read | told(folder, len("e-")))
    folder, data = map(Path, options.counter)
    counter = {pair: EVENT for pair, label in told(folder, len("h")).items() if label}
    add("counter", data, read | counter)
    folder, data = map(Path, options.translations)
    add("translations", data, answering_together(folder))
    names = [path.name for path in Path("seeds/ur").glob("*.md")]
    same = {frozenset((f"ur/{name}", f"en/{name}")): EVENT for name in names}
    add("seeds", options.seeds, same)
    add("near-miss", options.near_miss, same | near_misses())
    return rows


def fit(measures: Floats, labels: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """Weights that are not below 0, then the steps to an event and to a running story: the sum of both
    steps' logistic losses with one set of weights, and a ridge."""
    count, share = measures.shape[1], weights / weights.sum()

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, slope = 0.0, np.zeros_like(theta)
        for step, least in ((count, EVENT), (count + 1, RUNNING)):
            signs = np.where(labels >= least, 1.0, -1.0)
            logits = (measures @ theta[:count] - theta[step]) * signs
            value += float(share @ np.logaddexp(0, -logits))
            pull = -signs * share / (1 + np.exp(np.clip(logits, -50, 50)))
            slope[:count] += measures.T @ pull
            slope[step] -= pull.sum()
        slope[:count] += 2 * RIDGE * theta[:count]
        return value + RIDGE * float(theta[:count] @ theta[:count]), slope

    bounds = [(0.0, None)] * count + [(None, None)] * 2
    found: Floats = minimize(
        loss, np.zeros(count + 2), jac=True, bounds=bounds, method="L-BFGS-B"
    ).x
    return found


def report(name: str, rows: list[Row]) -> Floats:
    """Print the weights of one kind of pairs, and how they do on events they were not fitted on; the logits
    that they give such pairs."""
    rows_of = {part: np.array([row.part == part for row in rows]) for part in WEIGHTS[name]}
    measures = np.array([row.evidence.measures for row in rows])
    labels = np.array([row.label for row in rows])
    weights = np.array([WEIGHTS[name][row.part] for row in rows])
    part = np.array([zlib.crc32(row.event.encode()) % PARTS for row in rows])
    theta = fit(measures, labels, weights)
    values = [f"{each} {value:.2f}" for each, value in zip(NAMES, theta, strict=False)]
    print(name, *values, f"event {theta[-2]:.2f} running {theta[-1]:.2f}")
    event, running = np.zeros(len(rows)), np.zeros(len(rows))
    for number in range(PARTS):
        inside = part != number
        without = fit(measures[inside], labels[inside], weights[inside])
        logits = measures[~inside] @ without[:-2]
        event[~inside], running[~inside] = logits - without[-2], logits - without[-1]
    for each, mine in rows_of.items():
        told_one = labels[mine] == EVENT
        links = event[mine] > 0
        loose = (running[mine] > 0) & ~links
        print(
            f"    {each}: {told_one.sum()} of one event among {mine.sum()} candidates; event links "
            f"{links.sum()}, right {told_one[links].sum()}, of a running story "
            f"{(labels[mine][links] == RUNNING).sum()}; running links {loose.sum()}, right "
            f"{(labels[mine][loose] > 0).sum()}"
        )
    return event


def report_settled(rows: list[Row], logits: Floats, within: list[Row]) -> None:
    """Print what the logit of a pair of two languages says when pairs are settled, and the links it makes.

    `within` are the pairs of one language, which settle the others as they are linked now.
    """
    language = {
        name: code
        for row in (*rows, *within)
        for name, code in zip(row.names, row.languages, strict=True)
    }
    ids = {name: at for at, name in enumerate(language)}
    found = [(row, *judged(row.evidence)) for row in within]
    linked = [(row.names, kind, chance) for row, kind, chance in found if kind != stories.RUNNING]
    hoped = np.flatnonzero(logits > LEAST_LOGIT)
    chances = 1 / (1 + np.exp(-logits[hoped]))
    linked += [
        (rows[at].names, stories.STORY, float(chance))
        for at, chance in zip(hoped.tolist(), chances, strict=True)
    ]
    ends = np.sort(np.array([[ids[a], ids[b]] for (a, b), _, _ in linked], np.int32))
    left = settle(
        stories.Pairs(
            ends[:, 0],
            ends[:, 1],
            np.array([kind for _, kind, _ in linked], np.int8),
            np.array([chance for _, _, chance in linked], np.float32),
        ),
        np.array([*language.values()], np.int8),
    )
    kept = hoped[left.kinds[len(linked) - len(hoped) :] != stories.RUNNING]
    labels = np.array([rows[at].label for at in kept])
    slope, offset = minimize(
        lambda theta: np.logaddexp(
            0, -np.where(labels == EVENT, 1, -1) * (theta[0] * logits[kept] + theta[1])
        ).sum(),
        np.zeros(2),
    ).x
    print(f"settled: slope {slope:.2f} offset {offset:.2f}")
    for least in np.arange(0.2, 0.8, 0.1):
        some = labels[slope * logits[kept] + offset > np.log(least / (1 - least))]
        print(
            f"    from {least:.1f}: links {len(some)}, of one event {(some == EVENT).sum()}, of a running "
            f"story {(some == RUNNING).sum()}"
        )


def main() -> None:
    """Read the arguments, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--stories", "--counter", "--translations"):
        parser.add_argument(name, nargs=2, metavar=("SET", "DATA"), required=True)
    parser.add_argument("--seeds", type=Path, required=True)
    parser.add_argument("--near-miss", type=Path, required=True)
    parser.add_argument("--judged", type=Path)
    rows = gather(parser.parse_args())
    across = [row for row in rows if not row.evidence.same_language]
    within = [row for row in rows if row.evidence.same_language]
    logits = report("across", across)
    report("within", [row for row in within if row.part in WEIGHTS["within"]])
    told_apart = np.array([row.part == "stories" for row in across])
    report_settled(
        [row for row in across if row.part == "stories"],
        logits[told_apart],
        [row for row in within if row.part == "stories"],
    )


if __name__ == "__main__":
    main()
