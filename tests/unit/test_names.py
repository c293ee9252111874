"""Names in the news, found by sound alone in the other script: `tests/data/names.tsv`.

They are sought among all words of the names and of the sample archive, word by word; a name that
the two scripts cut into different numbers of words is sought as one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import archives
import numpy as np
import pytest

from index.sound.phonetic_keys import SoundIndex
from index.sound.transliteration import SpellingModel, fold_latin
from index.text.analysis import script, terms

NAMES = Path(__file__).resolve().parents[1] / "data" / "names.tsv"
LATIN_TO_URDU, URDU_TO_LATIN = 92, 92
"""Names that must be found; 93 and 93 of 100 were when this was written."""


@dataclass(frozen=True)
class Name:
    """One name, with as many words in either script."""

    urdu: tuple[str, ...]
    latin: tuple[str, ...]

    @classmethod
    def of(cls, urdu: str, latin: str) -> Name:
        ours, theirs = terms(urdu), terms(latin)
        if len(ours) != len(theirs):
            ours, theirs = ["".join(ours)], ["".join(theirs)]
        return cls(tuple(ours), tuple(theirs))


@dataclass(frozen=True)
class Vocabulary:
    """All words of both scripts that a name is sought among."""

    urdu: SoundIndex
    latin: SoundIndex

    def urdu_for(self, word: str) -> str:
        """The Urdu word that a Latin one most probably spells; empty if none sounds like it."""
        return _best(self.urdu, word)

    def latin_for(self, word: str) -> str:
        """The Latin word that most probably spells an Urdu one; empty if none sounds like it."""
        return _best(self.latin, word)


def _best(index: SoundIndex, word: str) -> str:
    rows, logs = index.sounding_like(word, channel="english")
    if not len(rows):
        return ""
    model = SpellingModel.load()
    latin = [index.words[row] if index.latin else word for row in rows]
    background = np.array([model.background(each, "english") for each in latin], np.float32)
    lengths = np.array([len(fold_latin(each)) for each in latin], np.int32)
    chances = model.match_probability(logs, background, lengths, "english")
    return index.words[rows[chances.argmax()]]


@pytest.fixture(scope="module")
def names() -> list[Name]:
    with NAMES.open(encoding="utf-8", newline="") as file:
        return [Name.of(row["urdu"], row["latin"]) for row in csv.DictReader(file, delimiter="\t")]


@pytest.fixture(scope="module")
def vocabulary(names: list[Name]) -> Vocabulary:
    seeds = {
        word for path in archives.SEEDS.glob("*/*.md") for word in terms(path.read_text("utf-8"))
    }
    urdu = {word for word in seeds if script(word) == "ur"}
    latin = {word for word in seeds if script(word) == "en"}
    urdu.update(word for name in names for word in name.urdu)
    latin.update(word for name in names for word in name.latin)
    return Vocabulary(SoundIndex.build(sorted(urdu)), SoundIndex.build(sorted(latin)))


def test_there_are_a_hundred_names_among_thousands_of_words(
    names: list[Name], vocabulary: Vocabulary
) -> None:
    assert len(set(names)) == 100
    assert min(len(vocabulary.urdu.words), len(vocabulary.latin.words)) > 2_000


def test_a_latin_name_finds_the_urdu_one(names: list[Name], vocabulary: Vocabulary) -> None:
    missed = [n for n in names if tuple(map(vocabulary.urdu_for, n.latin)) != n.urdu]
    _told("Latin to Urdu", missed)
    assert len(names) - len(missed) >= LATIN_TO_URDU


def test_an_urdu_name_finds_the_latin_one(names: list[Name], vocabulary: Vocabulary) -> None:
    missed = [n for n in names if tuple(map(vocabulary.latin_for, n.urdu)) != n.latin]
    _told("Urdu to Latin", missed)
    assert len(names) - len(missed) >= URDU_TO_LATIN


def _told(what: str, missed: list[Name]) -> None:
    print(f"\n{what}: {100 - len(missed)} of 100 names")
    print(*(f"  missed: {' '.join(n.latin)}, {' '.join(n.urdu)}" for n in missed), sep="\n")
