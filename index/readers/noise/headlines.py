"""A text that is nothing but a list of headlines: the day's stories by name, and the text of none.

Such a list is no article: it would be found by the words of stories that are not in it. Short lines are
many things, though: verse is told by its rhyme and its couplets, a table of prices by its figures, the
names of a squad and the things of a recipe by how short they are, prose and the points of one story by its
words, which come again. All of them stay articles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from index.readers.noise.cleaning import byline_of, marks_of
from index.readers.noise.rules import fold_line

HEADLINES_ALONE = "no article: a list of {:,} headlines, without the text of any"
"""What is said of a text of so many."""

_FEWEST = 10
_MAX_CHARS = 300
_MAX_LINES = 2_000
_WORDS = range(3, 51)
_MIDDLE_WORDS = 4
_NEARLY_ALL = 0.8
_MOST = 0.5
_ONE_TEXT = 0.35
"""The share of long words that are used again within `_TOGETHER` lines. Of headlines drawn by chance from
an archive it is below 0.3, of wrapped prose without a full stop above 0.45."""
_TOGETHER = 30
_LONG_WORD = re.compile(r"\w{4,}")
_STEM = 5
_RHYME = 0.4
_BULLET = re.compile(r"\s*(?:[•·●▪■◆►▶➤*–—-]|[\d۰-۹]{1,3}[.)۔-])\s+(?=\S)")
_KICKER = re.compile(r".{2,60}[:：؛;]\s*")
_CLAUSE_END = "۔.،,؛;:："
_SENTENCE = re.compile(r"[۔।]\s*\w|(?<!\b[A-Z])(?<!\b(?:Dr|Mr|Ms|St|vs|No))\.\s")
"""A headline may ask first and answer then."""


def headlines_alone(text: str) -> int:
    """How many headlines a text lists that holds nothing else; 0 for any other text."""
    lines = text.split("\n", _MAX_LINES)
    if len(lines) < _FEWEST or len(lines) > _MAX_LINES:
        return 0
    marks = marks_of(lines)
    kept = ["" if i in marks or byline_of(line) else line for i, line in enumerate(lines)]
    units = _units(kept)
    told = [unit for unit in units if len(unit.split()) >= _WORDS.start]
    headlines = [unit for unit in told if _is_headline(unit)]
    enough = len(headlines) >= max(_NEARLY_ALL * len(told), _MOST * len(units))
    if len(told) < _FEWEST or not enough or any(len(unit) > _MAX_CHARS for unit in units):
        return 0
    return 0 if _is_something_else(headlines) else len(headlines)


def _units(lines: Sequence[str]) -> list[str]:
    """What stands for itself: a line, or the lines that one headline is written in. The kicker above one
    is left out. Nothing where blank lines part lines that belong together otherwise, as in verse."""
    bulleted = sum(bool(_BULLET.match(line)) for line in lines) >= _FEWEST
    groups: list[list[str]] = [[]]
    for line in lines:
        bullet = _BULLET.match(line)
        if groups[-1] and (bullet or not line.strip()):
            groups.append([])
        if line.strip() and not _KICKER.fullmatch(line):
            groups[-1].append(line[bullet.end() :].strip() if bullet else line.strip())
    groups = [group for group in groups if group]
    pairs = [group for group in groups if len(group) > 1]
    if bulleted or (pairs and _are_wrapped(pairs)):
        return [" ".join(group) for group in groups]
    of_two = sum(len(group) in (2, 4) for group in groups)
    if len(groups) > 2 and of_two > _MOST * len(groups):
        return []
    return [line for group in groups for line in group]


def _are_wrapped(groups: Sequence[Sequence[str]]) -> bool:
    """Whether no line of a group has room for the first word of the next."""
    width = max(len(line) for group in groups for line in group)
    return all(
        len(line) + 1 + len(below.partition(" ")[0]) > width
        for group in groups
        for line, below in pairwise(group)
    )


def _is_headline(unit: str) -> bool:
    """Whether these are the words of a headline: no sentence ends in them, and none with them."""
    return (
        len(unit.split()) in _WORDS
        and unit.rstrip("\"'”’») ")[-1:] not in _CLAUSE_END
        and not _SENTENCE.search(unit)
    )


def _is_something_else(headlines: Sequence[str]) -> bool:
    """Whether lines that could be headlines are of one text, verse, figures, or names and their values."""
    if median(len(line.split()) for line in headlines) < _MIDDLE_WORDS:
        return True
    count = len(headlines)
    if sum(any(map(str.isdecimal, line)) for line in headlines) > _MOST * count:
        return True
    if sum(": " in line for line in headlines) > _MOST * count:
        return True
    if _share_used_again(headlines[:_TOGETHER]) > _ONE_TEXT:
        return True
    return _rhymes([fold_line(line) for line in headlines])


def _rhymes(lines: Sequence[str]) -> bool:
    """Whether lines end alike as those of verse do: in a word that comes again at the end of many, or of
    most second ones; in Latin script in the letters that a line near by ends in."""
    last = [line.split()[-1] for line in lines]
    for words, share in ((last, _RHYME), (last[::2], 1.5 * _RHYME), (last[1::2], 1.5 * _RHYME)):
        if Counter(words).most_common(1)[0][1] > share * len(words):
            return True
    ends = [word[-2:] if word.isascii() else "" for word in last]
    near = (ends[max(i - 2, 0) : i] + ends[i + 1 : i + 3] for i in range(len(ends)))
    return sum(
        bool(end) and end in others for end, others in zip(ends, near, strict=True)
    ) > _MOST * len(ends)


def _share_used_again(lines: Sequence[str]) -> float:
    """How many of the long words in lines stand in others of them, too."""
    words = [{word[:_STEM] for word in _LONG_WORD.findall(fold_line(line))} for line in lines]
    counts = Counter(word for each in words for word in each)
    return sum(count for count in counts.values() if count > 1) / max(counts.total(), 1)
