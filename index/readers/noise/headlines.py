"""A text that is nothing but a list of headlines: the day's stories by name, and the text of none.

Such a list is no article: it would be found by the words of stories that are not in it. Short lines are
many things, though: verse is told by its rhyme and its couplets, and by who speaks in it and how its lines go on, a table of prices by its figures, the
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
_SPOKEN_WORDS = (
    "مجھے مجھ میرا میری میرے مرا مری مرے تم تو تیرا تیری تیرے ترا تری ترے تمہارا تمہاری تمہارے تمہیں تجھے تجھ ہم ہمارا ہماری ہمارے "
    "ہمیں وہ اسے انہیں i my me we us our you your she he her his they their its myself mujhe mera meri mere tum tera teri "
    "tere hum hamara hamari wo woh"
)
_BEGINNING_WORDS = (
    "اور مگر کہ جو جب جیسے پھر تو یا لیکن کبھی کوئی کسی جس جن یہ اے میں and but or of in with over under into only the "
    "a an that which where when who whose as like for from to at on not nor so no nobody somebody nothing something someone everyone aur magar jo jab jaise phir koi "
    "kisi main mein yeh"
)
_ENDING_WORDS = (
    "کے کی کا میں سے پر کو تک اور کہ نے جیسے کر ہے ہیں ہوں تھا تھی تھے تھیں the a of in with and to for from on at by is are "
    "ke ki ka se mein par ko tak aur hai hain hun hoon tha thi"
)
_SPOKEN, _BEGINNING, _ENDING = (
    frozenset(map(fold_line, words.split()))
    for words in (_SPOKEN_WORDS, _BEGINNING_WORDS, _ENDING_WORDS)
)
"""Words of a line in which somebody speaks or is spoken of, and at its beginning or end, of one that goes on from the
last or into the next, or is a whole sentence."""
_TOLD, _TOLD_BRIEFLY = 0.35, 0.15
_BRIEF_WORDS = 5
"""The share of lines with such words. Of 5,000 headlines drawn from an archive it is 0.06 in Urdu and 0.08 in English, of
lists of ten it is above 0.35 in one of a hundred; of unrhymed verse it is 0.4 to 0.9, but 0.2 where all lines are as brief as
few headlines are."""
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
    middle = median(len(line.split()) for line in headlines)
    if middle < _MIDDLE_WORDS:
        return True
    count = len(headlines)
    if sum(any(map(str.isdecimal, line)) for line in headlines) > _MOST * count:
        return True
    if sum(": " in line for line in headlines) > _MOST * count:
        return True
    if _share_used_again(headlines[:_TOGETHER]) > _ONE_TEXT:
        return True
    if _share_told(headlines) > (_TOLD_BRIEFLY if middle <= _BRIEF_WORDS else _TOLD):
        return True
    return _rhymes([fold_line(line) for line in headlines])


def _share_told(lines: Sequence[str]) -> float:
    """The share of lines that are of a text, not about one."""
    return sum(map(_is_told, lines)) / len(lines)


def _is_told(line: str) -> bool:
    words = fold_line(line).split()
    is_inner = line[:1].islower() or words[0] in _BEGINNING or words[-1] in _ENDING
    return is_inner or not _SPOKEN.isdisjoint(words)


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
