"""Cuts the web page's frame off an article: comment forms, other articles' headlines, buttons.

What is left of it would rank: a page about a meeting would be found by the words of the forty
headlines below it. But cutting prose is worse than leaving noise, so rules match whole lines only
(see `rules`), a section is cut only at a heading that can hardly mean anything else, and a rule that
would take more than half of a text along with its line is doubted: it is not applied, and that is said.
Paragraphs and spelling stay as they were.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any

from index.readers.datelines import dateline_of
from index.readers.dates import find_date
from index.readers.noise.rules import (
    AUTHOR,
    BYLINE,
    PUBLISHER,
    RULES,
    Action,
    Rule,
    fold_line,
)
from index.readers.records import Note

_MAX_LINE = 300  # noise comes in short lines; paragraphs are not even looked at
_HEAD_LINES = 7  # where a byline stands
_PROSE_CHARS = 60  # a line with a full stop and this long, or twice as long without, is prose
_PROSE_STOP = re.compile(r"[۔؟।]|[.!?](?=[\s\"'”’)]|$)")
_BULLET = re.compile(r"\s*(?:[•·●▪■◆►▶➤*-]|\d{1,2}[.)])\s+\S")
_HEADLINE_CHARS = 200
_FOOTER_LINES = 4  # how far above `پڑھیں:` the footer of the article may stand

_BEFORE_DATE = re.compile(r"\s*[,،|–—(-]")
_LONG = re.compile(
    r"[\W_]*(?:کلید|كليد|مطلوب|ٹیگ|ٹيگ|key ?words?|tags?|topics)[^:：]{0,12}[:：]", re.I
)
"""Keyword stuffing knows no bounds."""


_DATELINE_LINES = 3  # a headline and a standfirst may stand above the line that opens with one
_FIRST_WEB_YEAR = 1995  # an older day alone on a line is what the article is about


@dataclass(frozen=True)
class Cleaned:
    """An article without its frame, and what the frame said of it.

    `cut` counts the characters that went by the name of the rule; `doubted` names the rules that would
    have taken more than half of the text, and did not. What was not stated is empty.
    """

    text: str
    cut: Mapping[str, int] = field(default_factory=dict)
    doubted: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    date: date | None = None
    author: str = ""
    place: str = ""
    captions: tuple[str, ...] = ()

    def extra(self) -> dict[str, Any]:
        """What a document keeps of this besides its text, date and source, under their names."""
        found = {
            "author": self.author,
            "place": self.place,
            "captions": list(self.captions),
            "cut": dict(self.cut),
            "not_cut": list(self.doubted),
        }
        return {name: value for name, value in found.items() if value}

    def notes(self) -> list[Note]:
        """What a report says of it: the characters that each rule cut, and the rules that cut nothing."""
        doubted = "not cut, for it would have been more than half of the text"
        return [
            *(Note(rule, kind="cut", amount=count) for rule, count in self.cut.items()),
            *(Note(f"{doubted} ({rule})") for rule in self.doubted),
        ]


Mark = tuple[Rule, re.Match[str]]
"""The rule that a line matches, and how."""


class _Page:
    """The lines of a text, what the rules say of each, and the verdict so far."""

    def __init__(self, lines: list[str], marks: dict[int, Mark], doubted: set[str]) -> None:
        self.lines = lines
        self.marks = {i: mark for i, mark in marks.items() if mark[0].name not in doubted}
        self.gone: dict[int, str] = {}
        self.source = ""
        self.url = ""
        self.author = ""
        self.date: date | None = None
        self.captions: list[str] = []
        self.prose: list[int] = []
        self.sentences: tuple[int, ...] = ()

    def measure(self) -> None:
        """Weigh the text once: a page can be all noise, and every rule asks about its place."""
        self.weights = [0, *accumulate(map(len, self.lines))]
        self.prose = [i for i in range(len(self.lines)) if self._is_prose(i)]
        self.sentences = tuple(self.prose)

    def _is_prose(self, index: int) -> bool:
        """Whether a line reads like a sentence of an article."""
        line = self.lines[index]
        if len(line) < _PROSE_CHARS or index in self.marks or index in self.gone:
            return False
        return len(line) >= 2 * _PROSE_CHARS or bool(_PROSE_STOP.search(line))

    def has_prose_above(self, index: int) -> bool:
        return bool(self.prose) and self.prose[0] < index

    def has_prose_below(self, index: int) -> bool:
        return bool(self.prose) and self.prose[-1] > index

    def is_smaller_part(self, index: int) -> bool:
        """Whether no more would go from this line on than stays above it."""
        return self.weights[-1] <= 2 * self.weights[index]

    def above(self, index: int, count: int) -> list[int]:
        """List the nearest lines above with anything on them."""
        found: list[int] = []
        while index and len(found) < count:
            index -= 1
            if self.lines[index].strip():
                found.append(index)
        return found

    def cut(self, indexes: Iterable[int], rule: str) -> None:
        """Cut these lines, unless another rule has."""
        for index in indexes:
            self.gone.setdefault(index, rule)

    def cut_from(self, index: int, rule: str) -> None:
        """Cut a line and all below it."""
        self.cut(range(index, len(self.lines)), rule)
        del self.prose[bisect_left(self.prose, index) :]

    def characters_cut(self) -> Counter[str]:
        """How many characters each rule has cut."""
        count: Counter[str] = Counter()
        for index, rule in self.gone.items():
            count[rule] += len(self.lines[index].strip())
        return +count

    def sentences_cut(self) -> set[str]:
        """The rules that have cut lines with sentences, beside the one they matched."""
        return {self.gone[index] for index in self.sentences if index in self.gone}


def clean(text: str) -> Cleaned:
    """Return `text` without the lines that are not part of the article."""
    lines = text.split("\n")
    marks = marks_of(lines)
    length = sum(len(line.strip()) for line in lines)
    doubted: set[str] = set()
    while True:
        page = _cut(lines, marks, doubted)
        cut = page.characters_cut()
        doubtful = {name for name in page.sentences_cut() if 2 * cut[name] > length}
        if not doubtful:
            break
        doubted |= doubtful
    kept = _join(page) if page.gone else text.strip()
    if not kept:  # a page that is all frame: whatever this is, it is not that
        return Cleaned(text.strip(), doubted=tuple(sorted(doubted)))
    place, day = _dateline(kept)
    return Cleaned(
        kept,
        cut,
        tuple(sorted(doubted)),
        page.source,
        page.url,
        page.date or day,
        page.author,
        place,
        tuple(page.captions),
    )


def _cut(lines: list[str], marks: dict[int, Mark], doubted: set[str]) -> _Page:
    """Apply all rules but the doubted ones."""
    page = _Page(lines, marks, doubted)
    _cut_byline(page)
    if page.marks:
        page.measure()
        _cut_tail(page)
        _cut_lists(page)
        _cut_lines(page)
        _cut_groups(page)
    _cut_strangers(page)
    return page


def _dateline(text: str) -> tuple[str, date | None]:
    """The place and the day of the line that opens the prose."""
    for line in text[:2000].split("\n")[: 2 * _DATELINE_LINES]:
        if found := dateline_of(line.strip()):
            return found.place, found.date
    return "", None


def marks_of(lines: list[str]) -> dict[int, Mark]:
    """Find the first rule each line matches."""
    marks: dict[int, Mark] = {}
    for index, line in enumerate(lines):
        if not line or (len(line) > _MAX_LINE and not _LONG.match(line)):
            continue
        folded = fold_line(line) or line.strip()
        for rule in RULES:
            if folded and (match := rule.pattern.fullmatch(folded)):
                marks[index] = (rule, match)
                break
    return marks


def _head(page: _Page) -> list[int]:
    """List the first lines with anything on them."""
    return [i for i, line in enumerate(page.lines[: 3 * _HEAD_LINES]) if line.strip()][:_HEAD_LINES]


@dataclass(frozen=True)
class Byline:
    """A line that holds nothing but a day and what goes with one; `told` if words say that it is one."""

    day: date
    told: bool
    publisher: str = ""
    author: str = ""


def byline_of(line: str) -> Byline | None:
    """Read a line as a byline with a day; None where it says more than one does."""
    if len(line) > 2 * _PROSE_CHARS:
        return None
    found, rest = find_date(fold_line(line))
    if not found:
        return None
    rest = find_date(rest)[1]  # of published and updated the first is meant
    told = any(piece["told"] for piece in BYLINE.finditer(rest))
    name = " ".join(BYLINE.sub(" ", rest).split())
    publisher, author = PUBLISHER.fullmatch(name), AUTHOR.fullmatch(name)
    told = told or bool(publisher and publisher["daily"])
    if author and (by := author["author"]) and (spelled := as_spelled(line, by)):
        told = told or _is_name(spelled)
    if name and not (told and (publisher or author)):
        return None
    if publisher:
        name = as_spelled(line, next(filter(None, publisher.groups())))
        return Byline(found, told, publisher=name)
    return Byline(
        found, told, author=as_spelled(line, author["author"] or author["name"]) if author else ""
    )


def caption_of(line: str) -> str:
    """What a caption says, without the word for it; "" where it only says whose picture it is."""
    mark = marks_of([line]).get(0)
    if mark is None:
        return line
    rule, match = mark
    return _original(line, match["caption"]) if rule.action is Action.CAPTION else ""


def _cut_byline(page: _Page) -> None:
    """Take day and names off a line near the top that holds nothing else, or off one of the last that says
    when and where it was published."""
    head = _head(page)
    for index in (*head, *(i for i in page.above(len(page.lines), _FOOTER_LINES) if i not in head)):
        found = byline_of(page.lines[index]) if index not in page.gone else None
        at_foot = index not in head
        if found and (found.told or (not at_foot and found.day.year >= _FIRST_WEB_YEAR)):
            page.cut([index], "byline")
            page.date = page.date or found.day
            page.source = page.source or found.publisher
            page.author = page.author or found.author


def as_spelled(line: str, folded: str) -> str:
    """The words of a line that were folded to these."""
    words, wanted = line.split(), folded.split()
    for start in range(len(words) - len(wanted) + 1):
        these = " ".join(words[start : start + len(wanted)])
        if fold_line(these).strip("،,:|. ") == folded:
            return these.strip("،,:|.*_ ")
    return ""


def _cut_tail(page: _Page) -> None:
    """Cut everything below the first heading that ends the article."""
    for index, (rule, _) in page.marks.items():
        if not page.weights[index]:
            continue  # nothing above: whatever it is, it is not the end
        smaller = page.is_smaller_part(index)
        if rule.action is Action.TAIL:
            sure = smaller or page.has_prose_above(index)
        elif rule.action is Action.ARTICLE:
            near = (page.marks.get(i) for i in page.above(index, _FOOTER_LINES))
            footer = any(mark and mark[0].action in FOOTERS for mark in near)
            sure = page.has_prose_above(index) and (smaller or footer)
        else:
            sure = rule.action is Action.FORM and not page.has_prose_below(index)
        if sure:
            page.cut_from(index, rule.name)
            return


_ANNOUNCES = (":", "：", "|")  # without one it is a button, and the next line the article's
FOOTERS = (Action.SOURCE, Action.ADDRESS, Action.FOOT)


def _cut_lists(page: _Page) -> None:
    """Cut the headlines of other articles that follow a heading for them."""
    for index, (rule, _) in page.marks.items():
        if index in page.gone:
            continue
        if rule.action is Action.LIST and page.has_prose_above(index):
            items = _items(page, index + 1)
            if sum(len(page.lines[i]) for i in items) <= page.weights[index]:
                page.cut((index, *items), rule.name)
        elif rule.action in (Action.NEXT, Action.ARTICLE):
            items = _items(page, index + 1)
            bullets = [i for i in items if _BULLET.match(page.lines[i])]
            announced = items[:1] if page.lines[index].rstrip("* ").endswith(_ANNOUNCES) else []
            page.cut((index, *(bullets or announced)), rule.name)
        elif rule.action is Action.FORM:
            page.cut([index], rule.name)


def _items(page: _Page, start: int) -> list[int]:
    """List the lines of a list that begins here: bullets, or headlines set close together."""
    items: list[int] = []
    bulleted = False
    for index in range(start, len(page.lines)):
        line = page.lines[index]
        if not line.strip():
            if items and not bulleted:
                break
            continue
        bullet = bool(_BULLET.match(line))
        headline = len(line) <= _HEADLINE_CHARS and not _PROSE_STOP.search(line.rstrip()[-2:])
        if index in page.marks or not (bullet or (headline and not bulleted)):
            break
        bulleted = bulleted or bullet
        items.append(index)
    return items


def _cut_lines(page: _Page) -> None:
    """Cut single lines, those at the edges by where the prose begins and ends."""
    head = set(_head(page))
    for index, (rule, match) in page.marks.items():
        if index in page.gone:
            continue
        foot = bool(page.prose) and index > page.prose[-1]
        if _goes(page, index, rule, match, in_head=index in head, foot=foot):
            page.cut([index], rule.name)


def _goes(
    page: _Page, index: int, rule: Rule, match: re.Match[str], *, in_head: bool, foot: bool
) -> bool:
    """Whether a line goes for itself; what it states is kept."""
    line, action = page.lines[index], rule.action
    if action is Action.SOURCE and (foot or in_head):
        name = _original(line, match["source"])
        day, _ = find_date(fold_line(name))
        page.date = page.date or day
        page.source = page.source or (_BEFORE_DATE.split(name)[0] if day else name)
        return True
    if action is Action.ADDRESS:
        above = page.above(index, 1)
        if not above or (match["label"] and (foot or in_head)):
            page.url = page.url or line.split()[-1].strip("*_ ")
            return True
        return above[0] in page.marks and page.marks[above[0]][0].name in ("follow", "subscribe")
    if action is Action.BYLINE and in_head:
        written = match["author"] or match["correspondent"]
        author = as_spelled(line, written.strip(" .،,"))
        if not _is_name(author):
            return False
        page.author = page.author or author
        return True
    if action is Action.CAPTION:
        page.captions.append(_original(line, match["caption"]))
        return True
    if action is Action.SECTION:
        below = next((i for i in range(index + 1, len(page.lines)) if page.lines[i].strip()), index)
        return in_head and below > index and below not in page.sentences
    return (
        action is Action.LINE
        or (action is Action.HEAD and in_head)
        or (action is Action.EDGE and (in_head or foot))
        or (action is Action.FOOT and foot)
    )


def _is_name(author: str) -> bool:
    """Whether words are a name as far as their capitals say: "By the river" is none."""
    return not author.isascii() or author.istitle() or author.isupper()


def _cut_groups(page: _Page) -> None:
    """Cut buttons' captions that stand together, beside other noise or below the prose."""
    groups = {i for i, (rule, _) in page.marks.items() if rule.action is Action.GROUP}
    if not groups:
        return
    filled = [i for i, line in enumerate(page.lines) if line.strip()]
    for place, index in enumerate(filled):
        if index not in groups:
            continue
        beside = filled[max(place - 1, 0) : place] + filled[place + 1 : place + 2]
        foot = bool(page.prose) and index > page.prose[-1]
        if foot or any(i in page.gone or i in groups for i in beside):
            page.cut([index], page.marks[index][0].name)


_STRANGER = re.compile(r"[\u0621-\u06d2][^۔؟?!:]{38,158}[^۔؟.?!:…\s\"'”’)]")
_LONG_WORD = re.compile(r"\w{4,}")
_MIN_WORDS = 5
_PARAGRAPH = 100


def _cut_strangers(page: _Page) -> None:
    """Cut headlines of other articles that stand, as links do, between paragraphs of this one.

    In Urdu only, and only where not one of five long words is used anywhere else in the text: of 9,000
    Urdu articles two had such lines, both of other articles; an English one has points that are told so.
    """
    lines = page.lines
    paragraphs = [i for i, line in enumerate(lines) if len(line) >= _PARAGRAPH]
    if len(paragraphs) < 3:
        return
    candidates = [
        i
        for i in range(paragraphs[0] + 1, paragraphs[-1])
        if i not in page.gone
        and _STRANGER.fullmatch(lines[i].strip())
        and not lines[i - 1].strip()
        and not lines[i + 1].strip()
    ]
    if not candidates:
        return
    used = Counter(word for line in lines for word in _LONG_WORD.findall(fold_line(line)))
    for index in candidates:
        words = Counter(_LONG_WORD.findall(fold_line(lines[index])))
        if len(words) >= _MIN_WORDS and all(used[word] == count for word, count in words.items()):
            page.cut([index], "other-headline")


def _original(line: str, folded: str) -> str:
    """Return the end of a line as it is spelled there, not as it was folded; an address is no name."""
    if folded.startswith(("http", "www.")):
        return ""
    start = len(line.rstrip())
    while start and len(fold_line(line[start - 1 :])) <= len(folded):
        start -= 1
    return line[start:].strip(" *_|:：")


def _join(page: _Page) -> str:
    """Put together what stays; where lines went, one paragraph break stays and not two."""
    kept: list[str] = []
    hole = False
    for index, line in enumerate(page.lines):
        if index in page.gone:
            hole = True
        elif line.strip() or not (hole and (not kept or not kept[-1].strip())):
            kept.append(line)
            hole = hole and not line.strip()
    return "\n".join(kept).strip()
