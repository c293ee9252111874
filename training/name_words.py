"""Words of names in both scripts, from texts that have the same name in each.

A table of names, the dictionary's entries of several words and sentences with their translations hold
far more names than the dictionary has entries of one word. `candidates` puts their words side by side;
which of them spell each other is said by a spelling model (`sounding_alike`), so a translated half of a
name (*Western* Balochi, *مغربی* بلوچی) is left out.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import Channel, SpellingModel, fold_latin
from index.text.analysis import Token, is_stop, script, tokenize
from training.bitext_files import sentence_pairs

Found = Counter[tuple[str, str]]
"""(folded Latin word, normalized Urdu word) -> in how many places the two were side by side."""

SOUNDS_ALIKE = 0.8
"""Margin over the background, nats a letter, from which a dictionary entry is a transliteration."""

NAMES_ALIKE = 0.5
"""The same for two words in one place of one name."""

_FEWEST_LETTERS = 3
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?:;\"“”'‘’(\[]\s*)$")


def sounding_alike(
    model: SpellingModel,
    entries: Iterable[tuple[str, str]],
    channel: Channel,
    margin: float = SOUNDS_ALIKE,
) -> list[tuple[str, str]]:
    """The pairs whose Latin word is a spelling of the Urdu word."""
    return [
        (latin, urdu)
        for latin, urdu in entries
        if model.log_likelihood(latin, [urdu], channel)[0] - model.background(latin)
        > margin * len(latin)
    ]


def from_tables(*paths: Path) -> Found:
    """Words of names and of dictionary entries, place by place; where the two scripts part a name
    into different numbers of words, the name as one."""
    found: Found = Counter()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                urdu, english = _words(row["urdu"], "ur"), _words(row["english"], "en")
                if urdu and len(urdu) == len(english):
                    found.update(_pairs(english, urdu))
                elif urdu and english and row.get("kind"):  # a dictionary entry may say it freely
                    found.update(_pairs(["".join(english)], ["".join(urdu)]))
    return found


def _words(text: str, kind: str) -> list[str]:
    text = re.sub(r"^\w+:|[/\\]", " ", text)  # Category:Belarus, /Peru
    found = [token.term for token in tokenize(text)]
    return found if all(script(term) == kind for term in found) else []


def _pairs(english: Sequence[str], urdu: Sequence[str]) -> Iterator[tuple[str, str]]:
    for latin, word in zip(map(fold_latin, english), urdu, strict=True):
        if len(latin) > 1 and len(word) > 1:
            yield latin, word


def from_sentences(path: Path, model: SpellingModel, channel: Channel) -> Found:
    """Names of sentences: an English word with a capital and the Urdu word of the translation that it
    spells best, if that is spelled by no other word of the sentence better."""
    sides = [
        (names, words)
        for urdu, english, _ in sentence_pairs(path)
        if (names := _capitals(english)) and (words := _urdu(urdu))
    ]
    margins = _margins(sides, model, channel)
    found: Found = Counter()
    for names, words in sides:
        best: dict[str, tuple[float, str]] = {}
        for latin in names:
            margin, urdu = max((margins.get((latin, word), -1.0), word) for word in words)
            if margin > SOUNDS_ALIKE and margin > best.get(urdu, (0.0, ""))[0]:
                best[urdu] = margin, latin
        found.update((latin, urdu) for urdu, (_, latin) in best.items())
    return found


def _capitals(text: str) -> set[str]:
    """The words of a sentence that are names as far as capitals tell."""
    tokens = tokenize(text)
    return {
        latin
        for token in tokens
        if _is_name(text, token) and len(latin := fold_latin(token.term)) >= _FEWEST_LETTERS
    }


def _is_name(text: str, token: Token) -> bool:
    spelt = text[token.start : token.end]
    return spelt.istitle() and not _SENTENCE_BEGINS.search(text[: token.start])


def _urdu(text: str) -> set[str]:
    words = {token.term for token in tokenize(text)}
    return {
        word
        for word in words
        if script(word) == "ur" and len(word) >= _FEWEST_LETTERS and not is_stop(word)
    }


def _margins(
    sides: Sequence[tuple[set[str], set[str]]], model: SpellingModel, channel: Channel
) -> Mapping[tuple[str, str], float]:
    """By how much each name is likelier as a spelling of a word beside it than by chance, in nats a
    letter; only of words that share a skeleton."""
    keys = {word: skeletons(word, latin=False) for _, words in sides for word in words}
    beside: dict[str, set[str]] = defaultdict(set)
    for names, words in sides:
        for latin in names:
            mine = skeletons(latin, latin=True)
            beside[latin].update(word for word in words if not mine.isdisjoint(keys[word]))
    margins = {}
    for latin, words in beside.items():
        if words:
            ordered = sorted(words)
            logs = model.log_likelihood(latin, ordered, channel) - model.background(latin)
            margins.update(
                ((latin, word), value)
                for word, value in zip(
                    ordered, (np.asarray(logs) / len(latin)).tolist(), strict=True
                )
            )
    return margins
