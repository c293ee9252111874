"""Makes index/data/story_centres.npz: the mean vector of many Urdu and of many English texts.

    python -m training.story_centres PARALLEL

PARALLEL is a table of `urdu, english, source`, tab-separated with a heading: sentence pairs of the Indian
Parallel Corpora, UQA with SQuAD and FLORES (all CC BY-SA). No source gives more than `MOST`
texts. Nothing of a text is left in the file but its part in the mean. What the means are
for is told in `index/parts/stories/candidates.py`.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path

import numpy as np

from index.encoders.registry import open_encoder
from index.parts.stories import candidates
from index.passages import PassageParams

OUTPUT = Path(candidates.__file__).parents[2] / "data" / "story_centres.npz"
MOST = 300
LEFT_OUT = ("quran", "UQA-paragraph")
"""Scripture, and paragraphs, which are longer than passages are."""
LANGUAGES = {"ur": "urdu", "en": "english"}


def sample(path: Path) -> list[dict[str, str]]:
    """The same rows every time, at most `MOST` of a source."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["source"] not in LEFT_OUT
            and min(len(row[name]) for name in LANGUAGES.values()) >= PassageParams().min_chars
        ]
    random.Random(12).shuffle(rows)  # noqa: S311 - not a secret
    counts: dict[str, int] = {}
    kept = []
    for row in rows:
        counts[row["source"]] = counts.get(row["source"], 0) + 1
        if counts[row["source"]] <= MOST:
            kept.append(row)
    print({source: min(count, MOST) for source, count in counts.items()})
    return kept


def main() -> None:
    """Read the arguments, encode and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parallel", type=Path)
    rows = sample(parser.parse_args().parallel)
    encoder = open_encoder("bundled")
    means = {
        name: encoder.encode_passages([row[column] for row in rows]).mean(axis=0)
        for name, column in LANGUAGES.items()
    }
    stamp = np.frombuffer(encoder.info.id.encode(), np.uint8)
    np.savez_compressed(
        OUTPUT, encoder=stamp, **{name: mean.astype(np.float16) for name, mean in means.items()}
    )
    print(f"{OUTPUT}: {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
