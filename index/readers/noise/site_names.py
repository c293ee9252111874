"""The name of the site that stands behind a headline, or before it, and is no part of it.

Rain in Thar - The Misal          تھر میں بارش | روزنامہ مثال          BBC Urdu | تھر میں بارش

A part of a headline is such a name where the host of its address says so (`themisal.com`), or where many headlines of
one file or folder have the same part: a headline is said once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from heapq import nsmallest
from itertools import chain
from pathlib import Path

from index.documents import Document, Skipped
from index.readers.content import Content
from index.readers.noise.rules import fold_line
from index.readers.plain_text import has_words, without_headline
from index.readers.records import Note
from index.text.normalize import normalize

SEPARATOR = re.compile(r"\s+[|–—:•·»~-]+\s+|\s*[|»•]+\s*|\s+-\s*$|::+")
MAX_WORDS = 6
"""Words of a site's name, at most."""
_SECTION_WORDS = (
    "video videos watch live opinion editorial editorials column columns photos pictures blog blogs analysis news sports "
    "ویڈیو ویڈیوز براہ راست اداریہ کالم تصاویر بلاگ تجزیہ رپورٹ خبریں کھیل فیچر"
)
_SECTIONS = frozenset(_SECTION_WORDS.split())
"""What many headlines have behind them that is no site's name."""
_PAPER = re.compile(
    r"(?:روزنامہ|ہفت روزہ|ماہنامہ) \w.{1,30}|[\w-]+\.(?:com|pk|tv|net|org)(?:\.pk)?", re.I
)
"""A name that says of itself that it is one of a newspaper or of a site."""
_HOST = re.compile(
    r"^(?:https?:)?(?://)?(?:(?:www|amp|m|urdu|en|ur|e|epaper)\.)*([^./:?#]+)\.", re.I
)
_SOUNDED = 4  # letters of a host's name, at least, of which it is told how it sounds
_BEGINNING = re.compile(r"\A(?:the|daily|roznama)+(?=...)")
_ENDING = re.compile(r"(?<=...)(?:com|comp?k|pk|tv|net|org)\Z")
_MOSTLY, _PARTLY = 0.7, 0.4
"""Share of a host's name that a name has to be, and of a name that its host's has to be."""
_KIND_WORDS = "روزنامہ ہفت روزہ ماہنامہ نیوز ٹی وی اردو ڈاٹ کام اخبار دی ڈیلی ٹائمز"
_KINDS = frozenset(normalize(_KIND_WORDS).split())
_HELD, _HELD_CHARS = 24, 1_000_000
"""Articles, and characters of them, that are looked at before the first is given on."""
_NAMED = (
    rb"(?:[|:~-]|\xe2\x80[\x93\x94\xa2]|\xc2\xbb)\s*(?:%(name)s)\s*(?:</title|[\"'\r\n]|\Z)"
    rb"|<title[^>]{0,100}>\s*(?:%(name)s)\s*[|\xbb]"
)
_BAR = re.compile(r"\s*[|»•]")
_FEWEST = 4
_MANY, _NEARLY_ALL = 0.5, 0.8
_NEIGHBOURS = 20
_HEAD_BYTES = 1 << 14
_ENCODINGS = ("utf-8", "cp1256")


def parted(title: str) -> Iterator[tuple[str, str]]:
    """What a title is but for its last or first part, and that part, which may be a name; the longest rest first."""
    marks = list(SEPARATOR.finditer(title))
    for mark in reversed(marks):
        end = title[mark.end() :].strip()
        if has_words(end) and len(end.split()) <= MAX_WORDS:
            yield title[: mark.start()].strip(), end
    for mark in marks[:1]:
        start = title[: mark.start()].strip()
        if has_words(start) and len(start.split()) <= MAX_WORDS:
            yield title[mark.end() :].strip(), start


def is_host(name: str, address: str) -> bool:
    """Whether a name is that of the site at an address: by its letters, or by its sound."""
    found = _HOST.match(address)
    host = re.sub(r"\W", "", found[1]).lower() if found else ""
    letters = re.sub(r"\W", "", name).lower()
    if len(host) < 3 or not letters:
        return False
    if not letters.isascii():
        return (host in letters) or (len(host) >= _SOUNDED and _sounds(name, host))
    bare, host = _BEGINNING.sub("", _ENDING.sub("", letters)), _BEGINNING.sub("", host)
    shorter, longer = sorted((bare, host), key=len)
    is_end = longer.startswith(shorter) or longer.endswith(shorter)
    return is_end and len(shorter) >= (_MOSTLY if shorter is bare else _PARTLY) * len(longer)


@lru_cache(maxsize=1024)
def _sounds(name: str, host: str) -> bool:
    """Whether Urdu words are what Latin letters spell, but for those that say what kind of paper it is."""
    # Not at the top: it loads numpy, which every child of the sandbox would.
    from index.sound.phonetic_keys import skeletons

    words = normalize(name).split()
    own = "".join(word for word in words if word not in _KINDS)
    keys = skeletons(host, latin=True) - {0}
    return any(
        not keys.isdisjoint(skeletons(each, latin=False)) for each in {own, "".join(words)} if each
    )


def without_site(title: str, source: str, url: str) -> tuple[str, str]:
    """A headline without the name of its newspaper or site, which services put behind it, and the name that was not
    known: `source` is the name, or the host, `url` the address of the article."""
    for rest, name in parted(title):
        if not has_words(rest):
            continue
        if source and title.endswith(name) and name.casefold() == source.casefold():
            return rest, ""
        if is_host(name, url) or is_host(name, source) or _PAPER.fullmatch(name):
            return rest, name
    return title, ""


class SharedNames:
    """The names of sites that many headlines of one file or folder have behind or before them."""

    def __init__(self, titles: Sequence[str]) -> None:
        rests: dict[str, set[str]] = defaultdict(set)
        for title in titles:
            for rest, name in _outermost(title):
                rests[fold_line(name)].add(rest)
        often = {name: len(found) for name, found in rests.items() if len(found) >= _FEWEST - 1}
        ended = sum(
            any(fold_line(name) in often for _, name in _outermost(each)) for each in titles
        )
        least = _FEWEST if ended >= _NEARLY_ALL * len(titles) else max(_FEWEST, _MANY * len(titles))
        self.names = {name for name, count in often.items() if count >= least}

    def add(self, names: Iterable[str]) -> None:
        """Take down names that are known otherwise."""
        self.names.update(map(fold_line, names))

    def off(self, document: Document, tell: Callable[[Note], None]) -> Document:
        """An article whose headline has no such name; it is the source where none is said."""
        for title, name in _outermost(document.title) if self.names else ():
            if has_words(title) and fold_line(name) in self.names:
                tell(
                    Note("the name of a site that many headlines have was taken off", example=name)
                )
                source = document.source or ("" if name == document.extra.get("author") else name)
                body = without_headline(document.body, title)
                return replace(document, title=title, body=body, source=source)
        return document


def _outermost(title: str) -> Iterator[tuple[str, str]]:
    """The last part of a title, and its first before a bar, each with the rest, that may be the names of sites."""
    for rest, name in parted(title):
        is_outer = not SEPARATOR.search(name) and any(map(str.isalpha, name))
        is_first = title.startswith(name)
        is_section = _SECTIONS.issuperset(fold_line(name).split())
        if is_outer and not is_section and (not is_first or _BAR.match(title, len(name))):
            yield rest, name


class Neighbours:
    """The beginnings of files, for what those of a folder share; of the folder asked for last they are kept."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._heads: dict[str, list[bytes]] = {}

    def share(self, name: str, path: Path) -> bool:
        """Whether a name ends lines or titles of most of the files beside a file, or begins titles."""
        heads = self._beside(path)
        written = b"|".join({re.escape(name.encode(each, "ignore")) for each in _ENCODINGS} - {b""})
        pattern = re.compile(_NAMED % {b"name": written}, re.I)
        count = sum(bool(pattern.search(head)) for head in heads)
        return count >= max(_FEWEST, _MANY * len(heads))

    def _beside(self, path: Path) -> list[bytes]:
        """The beginnings of the first files of a kind in a folder."""
        kind = path.suffix.lower()
        if path.parent != self._folder:
            self._folder, self._heads = path.parent, {}
        if kind not in self._heads:
            self._heads[kind] = []
            with suppress(OSError):
                files = (each for each in path.parent.iterdir() if each.suffix.lower() == kind)
                self._heads[kind] = [_head(each) for each in nsmallest(_NEIGHBOURS, files)]
        return self._heads[kind]


def _head(path: Path) -> bytes:
    with suppress(OSError):
        return Content.of_file(path).head(_HEAD_BYTES) if path.is_file() else b""
    return b""


def without_site_names(
    items: Iterator[Document | Skipped],
    path: Path,
    neighbours: Neighbours,
    tell: Callable[[Note], None],
) -> Iterator[Document | Skipped]:
    """The articles of a file, their headlines without the names of sites that many of them have: of those of the file, or,
    where it is one article, of the files beside it. A name is the source where none is said."""
    held: list[Document | Skipped] = []
    titles: list[str] = []
    size = 0
    for item in items:
        held.append(item)
        if isinstance(item, Document):
            titles.append(item.title)
            size += len(item.body)
        if len(held) >= _HELD or size >= _HELD_CHARS:
            break
    names = SharedNames(titles)
    if len(titles) == 1:
        names.add(name for _, name in _outermost(titles[0]) if neighbours.share(name, path))
    for item in chain(held, items):
        yield names.off(item, tell) if isinstance(item, Document) else item
